// The WebAssembly module, and the workers that run it.

/** Unpacks and compiles the module in this page. */
async function compileModule() {
  // First the page is shown.
  await new Promise((resolve) => setTimeout(resolve));
  const [decoder, module] = ["decoder", "module"].map((id) => document.getElementById(id));
  const [code, packed] = [decoder, module].map(({ textContent }) => decodeText(textContent));
  return WebAssembly.compile(await unpack(code, packed, Number(module.dataset.size)));
}

/** What this browser lacks; null if it has everything. */
function missingInBrowser() {
  if (typeof WebAssembly !== "object") return "WebAssembly";
  // A function that returns a vector.
  const vector = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11];
  if (!WebAssembly.validate(new Uint8Array(vector))) return "vector instructions in WebAssembly (SIMD)";
  if (typeof Worker !== "function") return "Worker";
  return null;
}

const trusted = window.trustedTypes
  ? trustedTypes.createPolicy("oauthsift", { createScriptURL: (url) => url })
  : { createScriptURL: (url) => url };

/** So much may stay in the memory of a worker that gets other files. A new one takes as long as reading some more. */
const MAX_GARBAGE_BYTES = 8 << 20;

/** A worker with the module: one request at a time. */
class Engine {
  static #script = null;
  static #module = null;
  #worker = null;
  #files = null;
  #id = 0;
  #pending = null;
  #loaded = null;

  /** The compiled module, shared by all workers. */
  static module() {
    Engine.#module ??= compileModule();
    return Engine.#module;
  }

  #start() {
    if (this.#worker) return;
    Engine.#script ??= URL.createObjectURL(
      new Blob([document.getElementById("worker").textContent], { type: "text/javascript" }));
    this.#worker = new Worker(trusted.createScriptURL(Engine.#script));
    this.#worker.onmessage = ({ data }) => this.#receive(data);
    this.#worker.onerror = (event) => this.#receive({ crashed: event.message || "the worker could not be started" });
    this.#loaded = Engine.module().then((module) => this.#worker?.postMessage({ module }));
  }

  #receive(data) {
    const pending = this.#pending;
    if (!pending) return;
    if (data.progress) {
      pending.onProgress?.(data.progress);
    } else if (data.crashed) {
      this.stop();
      const memory = /memory|unreachable|out of bounds/i.test(data.crashed);
      pending.reject(new Error("The program failed: " + data.crashed
        + (memory ? ". If memory was short, close other tabs or read fewer files at a time." : ".")));
    } else if (data.done === pending.id) {
      this.#pending = null;
      // Nothing is kept of a large input, and the report needs memory, too.
      if (!data.isKept) this.stop();
      if (data.reply?.error) pending.reject(new Error(data.reply.error));
      else pending.resolve({ reply: data.reply, output: data.output });
    }
  }

  get busy() {
    return this.#pending !== null;
  }

  /** Carries out a request. `files` are those that it names by number. */
  request(request, files = [], onProgress = null) {
    if (this.#pending) return Promise.reject(new Error("A request is running."));
    return new Promise((resolve, reject) => {
      const pending = { id: ++this.#id, resolve, reject, onProgress };
      this.#pending = pending;
      // What is kept of other files is freed with their worker; without that, when the browser finds it necessary.
      const kept = this.#files?.reduce((sum, { size }) => sum + size, 0);
      if (this.#files !== files && kept > MAX_GARBAGE_BYTES) this.#end();
      this.#start();
      this.#loaded.then(() => {
        if (this.#pending !== pending) return;
        const message = { id: pending.id, request };
        if (this.#files !== files) message.files = files;
        this.#files = files;
        this.#worker.postMessage(message);
      }, (error) => {
        this.stop();
        reject(error);
      });
    });
  }

  /** Ends the request that is running; its promise is rejected with `null`. */
  cancel() {
    const pending = this.#pending;
    if (!pending) return;
    this.stop();
    pending.reject(null);
  }

  stop() {
    this.#end();
    this.#pending = null;
  }

  #end() {
    this.#worker?.terminate();
    this.#worker = null;
    this.#files = null;
  }
}
