"use strict";
// Runs the WebAssembly module. The page sends the compiled module once, then files and requests; each request gets a
// reply. While a request runs, nothing is received: to cancel it, the page ends the worker.
{
  // Files are read in blocks, of which the latest stay in memory; of a small input all, so that it is not read again for
  // another format.
  const KEPT_BYTES = 64 << 20;
  const KEPT_BYTES_OF_LARGE_INPUT = 12 << 20;
  const MAX_BLOCK_BYTES = 4 << 20;
  const MIN_BLOCK_BYTES = 256 << 10;
  const PROGRESS_MS = 100;
  const STORE_PART_BYTES = 4 << 20;

  const reader = new FileReaderSync();
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  let exports, files = [], maxBlockBytes = MAX_BLOCK_BYTES, keptBytes = KEPT_BYTES, failure = new Uint8Array(), lastProgress = 0;
  let reply, panic, stores;

  /** The latest blocks of some blobs, the one that was used last at the end. */
  class BlockCache {
    #blocks = [];
    #bytes = 0;

    /** A block that holds the byte of a blob at an offset. */
    get(name, blob, offset) {
      const has = (block) => block.name === name && block.start <= offset && offset < block.end;
      let at = this.#blocks.findLastIndex(has);
      let block = this.#blocks[at];
      if (block) {
        this.#blocks.splice(at, 1);
      } else {
        // What is read on from the end of a block is read in larger and larger ones.
        const before = this.#blocks.find((one) => one.name === name && one.end === offset);
        const length = before ? Math.min(maxBlockBytes, 2 * (before.end - before.start)) : MIN_BLOCK_BYTES;
        this.#free(length);
        const bytes = new Uint8Array(reader.readAsArrayBuffer(blob.slice(offset, offset + length)));
        block = { name, start: offset, end: offset + bytes.length, bytes };
        this.#bytes += bytes.length;
      }
      this.#blocks.push(block);
      return block;
    }

    #free(length) {
      while (this.#bytes + length > keptBytes && this.#blocks.length > 0) this.#bytes -= this.#blocks.shift().bytes.length;
    }

    clear() {
      this.#blocks = [];
      this.#bytes = 0;
    }
  }
  const cache = new BlockCache();

  const bytesAt = (pointer, length) => new Uint8Array(exports.memory.buffer, pointer, length);
  const textAt = (pointer, length) => decoder.decode(bytesAt(pointer, length));

  function readBlob(name, blob, offset, pointer, length) {
    try {
      if (offset >= blob.size) return 0;
      const { start, bytes } = cache.get(name, blob, offset);
      const part = bytes.subarray(offset - start, offset - start + length);
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
        // The logs of nodes are read in turns: there is a block for each.
        const total = files.reduce((sum, { size }) => sum + size, 0);
        keptBytes = total > KEPT_BYTES ? KEPT_BYTES_OF_LARGE_INPUT : KEPT_BYTES;
        maxBlockBytes = MAX_BLOCK_BYTES;
        while (maxBlockBytes > MIN_BLOCK_BYTES && maxBlockBytes * (files.length + 1) > keptBytes) maxBlockBytes /= 2;
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
