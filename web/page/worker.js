"use strict";
// Runs the WebAssembly module. The page sends the compiled module once, then files and requests; each request gets a
// reply. While a request runs, nothing is received: to cancel it, the page ends the worker.
{
  // Files are read in blocks, of which the latest stay in memory: a small input is not read again for another format.
  const KEPT_BYTES = 64 << 20;
  const MAX_BLOCK_BYTES = 8 << 20;
  const MIN_BLOCK_BYTES = 256 << 10;
  const PROGRESS_MS = 100;
  const STORE_PART_BYTES = 4 << 20;

  const reader = new FileReaderSync();
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  let exports, files = [], blockBytes = MAX_BLOCK_BYTES, failure = new Uint8Array(), lastProgress = 0;
  let reply, panic, stores;

  /** The latest blocks of some blobs. */
  class BlockCache {
    #blocks = new Map();

    /** The block of a blob with this index. */
    get(name, blob, index) {
      const key = name + ":" + index;
      let block = this.#blocks.get(key);
      this.#blocks.delete(key);
      if (!block) {
        while ((this.#blocks.size + 1) * blockBytes > KEPT_BYTES && this.#blocks.size > 0) {
          this.#blocks.delete(this.#blocks.keys().next().value);
        }
        block = new Uint8Array(reader.readAsArrayBuffer(blob.slice(index * blockBytes, (index + 1) * blockBytes)));
      }
      this.#blocks.set(key, block);
      return block;
    }

    clear() {
      this.#blocks.clear();
    }
  }
  const cache = new BlockCache();

  const bytesAt = (pointer, length) => new Uint8Array(exports.memory.buffer, pointer, length);
  const textAt = (pointer, length) => decoder.decode(bytesAt(pointer, length));

  function readBlob(name, blob, offset, pointer, length) {
    try {
      if (offset >= blob.size) return 0;
      const block = cache.get(name, blob, Math.floor(offset / blockBytes));
      const from = offset % blockBytes;
      const part = block.subarray(from, from + length);
      bytesAt(pointer, part.length).set(part);
      return part.length;
    } catch (error) {
      const missing = error.name === "NotFoundError";
      failure = encoder.encode(missing
        ? "the browser no longer finds it: choose it again"
        : "the browser cannot read it (" + error.name + "): it was changed, moved or locked after it was chosen; choose it again");
      return missing ? -2 : -1;
    }
  }

  /** What a request writes, outside of the module's memory: the browser may keep it on disk. */
  class Store {
    #parts = [];
    #chunks = [];
    #chunkBytes = 0;
    #whole = null;

    append(bytes) {
      this.#chunks.push(bytes);
      this.#chunkBytes += bytes.length;
      if (this.#chunkBytes >= STORE_PART_BYTES) this.#flush();
    }

    #flush() {
      if (this.#chunks.length > 0) this.#parts.push(new Blob(this.#chunks));
      this.#chunks = [];
      this.#chunkBytes = 0;
      this.#whole = null;
    }

    blob() {
      if (this.#chunks.length > 0 || !this.#whole) {
        this.#flush();
        this.#whole = new Blob(this.#parts);
      }
      return this.#whole;
    }
  }

  const host = {
    read: (file, offset, pointer, length) => readBlob(String(file), files[file], offset, pointer, length),
    failure_len: () => failure.length,
    failure: (pointer) => bytesAt(pointer, failure.length).set(failure),
    append: (store, pointer, length) => stores[store].append(bytesAt(pointer, length).slice()),
    read_store: (store, offset, pointer, length) => readBlob("store" + store, stores[store].blob(), offset, pointer, length),
    progress: (read, total, pointer, length) => {
      const now = performance.now();
      if (now - lastProgress < PROGRESS_MS) return;
      lastProgress = now;
      postMessage({ progress: { read, total, name: textAt(pointer, length) } });
    },
    reply: (pointer, length) => { reply = JSON.parse(textAt(pointer, length)); },
    panicked: (pointer, length) => { panic = textAt(pointer, length); },
  };

  /** What the module imports. A dependency (wasm-bindgen, for random numbers) leaves imports that nothing calls. */
  function importsOf(module) {
    const imports = { host };
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
      imports[from] ??= {};
      imports[from][name] ??= () => { throw new Error(name + " is not available"); };
    }
    return imports;
  }

  function run(request) {
    reply = null;
    stores = [new Store(), new Store()];
    const bytes = encoder.encode(JSON.stringify(request));
    const pointer = exports.reserve(bytes.length);
    bytesAt(pointer, bytes.length).set(bytes);
    exports.run(pointer, bytes.length);
    return { reply, output: stores[0].blob() };
  }

  async function receive(data) {
    try {
      if (data.module) {
        exports = (await WebAssembly.instantiate(data.module, importsOf(data.module))).exports;
      }
      if (data.files) {
        files = data.files;
        cache.clear();
        blockBytes = MAX_BLOCK_BYTES;
        while (blockBytes > MIN_BLOCK_BYTES && blockBytes * 2 * files.length > KEPT_BYTES) blockBytes /= 2;
      }
      if (data.request) {
        postMessage({ done: data.id, ...run(data.request) });
      }
    } catch (error) {
      postMessage({ crashed: panic || String(error) });
    }
  }

  // One message after the other: a request may arrive before the module is there.
  let received = Promise.resolve();
  onmessage = ({ data }) => { received = received.then(() => receive(data)); };
}
