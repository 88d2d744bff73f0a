"use strict";
// Runs the WebAssembly module. The page sends the compiled module once, then files and requests; each request gets a
// reply. While a request runs, nothing is received: to cancel it, the page ends the worker.
{
  // Files are read in blocks, of which the latest stay in memory; of a small input all, so that it is not read again for
  // another format. Where the module can wait for a promise (JSPI), what is read on from the end of a block comes from a
  // stream: half of the processor time that reading slices takes, and no garbage. Elsewhere it comes in larger slices.
  const KEPT_BYTES = 64 << 20;
  const KEPT_BYTES_OF_LARGE_INPUT = 12 << 20;
  const MAX_BLOCK_BYTES = 4 << 20;
  const MIN_BLOCK_BYTES = 256 << 10;
  const STREAM_BLOCK_BYTES = 1 << 20;
  const MAX_STREAMS = 16;
  const canWait = typeof WebAssembly.Suspending === "function" && typeof WebAssembly.promising === "function";
  const PROGRESS_MS = 100;
  const STORE_PART_BYTES = 4 << 20;

  const reader = new FileReaderSync();
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  let exports, files = [], failure = new Uint8Array(), lastProgress = 0;
  let maxBlockBytes = MAX_BLOCK_BYTES, streamBlockBytes = STREAM_BLOCK_BYTES, keptBytes = KEPT_BYTES;
  let reply, panic, stores, requests = 0;

  /** The bytes of a blob from an offset on, one block after the other. */
  class Stream {
    #reader;

    constructor(blob, offset) {
      this.offset = offset;
      this.#reader = blob.slice(offset).stream().getReader({ mode: "byob" });
    }

    /** The next block, in a buffer that nothing else uses; shorter at the end. */
    async next(buffer) {
      let bytes = new Uint8Array(buffer), length = 0;
      while (length < bytes.buffer.byteLength) {
        const { done, value } = await this.#reader.read(bytes.subarray(length));
        if (!value) break;
        // The buffer has moved.
        bytes = new Uint8Array(value.buffer);
        length += value.length;
        if (done) break;
      }
      this.offset += length;
      return bytes.subarray(0, length);
    }

    close() {
      this.#reader.cancel().catch(() => {});
    }
  }

  /** The latest blocks of some blobs, the one that was used last at the end. */
  class BlockCache {
    #blocks = [];
    #bytes = 0;
    /** The buffer of a block that was dropped: used again, so that streams make no garbage. */
    #spare = null;
    /** By the name of the blob, the one that was used last at the end. */
    #streams = new Map();

    /** A block that holds the byte of a blob at an offset, or a promise of it. */
    get(name, blob, offset) {
      const has = (block) => block.name === name && block.start <= offset && offset < block.end;
      const at = this.#blocks.findLastIndex(has);
      if (at >= 0) {
        const [block] = this.#blocks.splice(at, 1);
        this.#blocks.push(block);
        return block;
      }
      const before = this.#blocks.find((one) => one.name === name && one.end === offset);
      const continues = before || this.#streams.get(name)?.offset === offset;
      if (continues && canWait) {
        this.#free(streamBlockBytes);
        const buffer = this.#spare ?? new ArrayBuffer(streamBlockBytes);
        this.#spare = null;
        return this.#stream(name, blob, offset).next(buffer).then((bytes) => this.#keep(name, offset, bytes));
      }
      // What is read on from the end of a block is read in larger and larger ones.
      const length = before ? Math.min(maxBlockBytes, 2 * (before.end - before.start)) : MIN_BLOCK_BYTES;
      this.#free(length);
      return this.#keep(name, offset, new Uint8Array(reader.readAsArrayBuffer(blob.slice(offset, offset + length))));
    }

    #keep(name, start, bytes) {
      this.#free(bytes.length);
      const block = { name, start, end: start + bytes.length, bytes };
      this.#bytes += bytes.length;
      this.#blocks.push(block);
      return block;
    }

    #stream(name, blob, offset) {
      let stream = this.#streams.get(name);
      this.#streams.delete(name);
      if (stream?.offset !== offset) {
        stream?.close();
        stream = new Stream(blob, offset);
      }
      this.#streams.set(name, stream);
      if (this.#streams.size > MAX_STREAMS) {
        const [[oldest, unused]] = this.#streams;
        unused.close();
        this.#streams.delete(oldest);
      }
      return stream;
    }

    #free(length) {
      while (this.#bytes + length > keptBytes && this.#blocks.length > 0) {
        const { bytes } = this.#blocks.shift();
        this.#bytes -= bytes.length;
        if (bytes.buffer.byteLength === streamBlockBytes) this.#spare = bytes.buffer;
      }
    }

    /** Closes the streams; the blocks stay. */
    rest() {
      this.#streams.forEach((stream) => stream.close());
      this.#streams.clear();
    }

    clear() {
      this.rest();
      this.#blocks = [];
      this.#bytes = 0;
      this.#spare = null;
    }
  }
  const cache = new BlockCache();

  const bytesAt = (pointer, length) => new Uint8Array(exports.memory.buffer, pointer, length);
  const textAt = (pointer, length) => decoder.decode(bytesAt(pointer, length));

  /** Copies bytes of a blob to the module. Returns how many, or a number below 0, or a promise of that. */
  function readBlob(name, blob, offset, pointer, length) {
    const copy = ({ start, bytes }) => {
      const part = bytes.subarray(offset - start, offset - start + length);
      bytesAt(pointer, part.length).set(part);
      return part.length;
    };
    try {
      if (offset >= blob.size) return 0;
      const block = cache.get(name, blob, offset);
      return block instanceof Promise ? block.then(copy).catch(failed) : copy(block);
    } catch (error) {
      return failed(error);
    }
  }

  function failed(error) {
    const missing = error.name === "NotFoundError";
    failure = encoder.encode(missing
      ? "the browser no longer finds it: choose it again"
      : "the browser cannot read it (" + error.name + "): it was changed, moved or locked after it was chosen; choose it again");
    return missing ? -2 : -1;
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

  const waiting = (read) => (canWait ? new WebAssembly.Suspending(read) : read);
  const host = {
    read: waiting((file, offset, pointer, length) => readBlob(String(file), files[file], offset, pointer, length)),
    failure_len: () => failure.length,
    failure: (pointer) => bytesAt(pointer, failure.length).set(failure),
    append: (store, pointer, length) => (stores[store] ??= new Store()).append(bytesAt(pointer, length).slice()),
    read_store: waiting((store, offset, pointer, length) =>
      readBlob(`store ${store} of ${requests}`, stores[store].blob(), offset, pointer, length)),
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

  async function run(request) {
    reply = null;
    requests++;
    stores = [new Store(), new Store()];
    const bytes = encoder.encode(JSON.stringify(request));
    const pointer = exports.reserve(bytes.length);
    bytesAt(pointer, bytes.length).set(bytes);
    await (canWait ? WebAssembly.promising(exports.run) : exports.run)(pointer, bytes.length);
    cache.rest();
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
        streamBlockBytes = Math.min(STREAM_BLOCK_BYTES, maxBlockBytes);
      }
      if (data.request) {
        const result = await run(data.request);
        postMessage({ done: data.id, ...result, isKept: keptBytes === KEPT_BYTES });
      }
    } catch (error) {
      postMessage({ crashed: panic || String(error) });
    }
  }

  // One message after the other: a request may arrive before the module is there.
  let received = Promise.resolve();
  onmessage = ({ data }) => { received = received.then(() => receive(data)); };
}
