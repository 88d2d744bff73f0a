// What was given to read: files, folders, pasted text.

/** Folders are searched so deep; the library has the same limit. */
const MAX_FOLDER_DEPTH = 12;

/** The inputs in the order in which they were given. */
class Inputs {
  /** Each has a name, and either a file or, of a folder, files with names. */
  list = [];
  #files = null;

  add(input) {
    const same = this.list.findIndex((one) => one.name === input.name && !one.file === !input.file);
    if (same >= 0) this.list[same] = input;
    else this.list.push(input);
    this.#files = null;
  }

  remove(index) {
    this.list.splice(index, 1);
    this.#files = null;
  }

  clear() {
    this.list = [];
    this.#files = null;
  }

  /** All files, numbered by their order; the same array until something is added or removed. */
  files() {
    this.#files ??= this.list.flatMap((input) => (input.file ? [input.file] : input.files.map(({ file }) => file)));
    return this.#files;
  }

  /** The inputs as a request names them. */
  described() {
    let number = 0;
    const describe = (name, file) => ({ name, file: number++, size: file.size });
    return this.list.map(({ name, file, files }) => (file
      ? describe(name, file)
      : { folder: name, files: files.map((one) => describe(one.name, one.file)) }));
  }

  addFiles(files) {
    for (const file of files) this.add({ name: file.name, file });
  }

  /** Files of an `<input webkitdirectory>`. */
  addFolder(files) {
    const folders = new Map();
    for (const file of files) {
      const path = file.webkitRelativePath || file.name;
      const folder = path.split("/")[0];
      if (!folders.has(folder)) folders.set(folder, []);
      folders.get(folder).push({ name: path, file });
    }
    folders.forEach((list, name) => this.add({ name, files: list }));
  }

  addText(text) {
    this.add({ name: "pasted text", file: new File([text], "pasted text") });
  }

  /** What was dropped. Returns what cannot be read. */
  async addDropped(transfer) {
    // The items are gone after the first pause.
    const items = [...transfer.items].filter((item) => item.kind === "file");
    const given = items.map((item) => ({
      // In a page from disk, Chromium lists folders by handles only; Firefox has no handles of what is dropped.
      handle: item.getAsFileSystemHandle?.().catch(() => null),
      entry: item.webkitGetAsEntry?.(),
      file: item.getAsFile(),
    }));
    const text = items.length === 0 ? transfer.getData("text/plain") : "";
    const problems = [];
    for (const { handle, entry, file } of given) {
      const folder = await handle;
      if (folder?.kind === "directory") {
        this.add({ name: folder.name, files: await filesOf(folder, listHandle, folder.name, 0, problems) });
      } else if (entry?.isDirectory) {
        this.add({ name: entry.name, files: await filesOf(entry, listEntry, entry.name, 0, problems) });
      } else if (file) {
        this.add({ name: file.name, file });
      }
    }
    if (text.trim()) this.addText(text);
    return problems;
  }
}

/** What is in a folder: names, and each a folder or a function that opens the file. */
async function listHandle(folder) {
  const list = [];
  for await (const [name, handle] of folder.entries()) {
    list.push({ name, folder: handle.kind === "directory" ? handle : null, open: () => handle.getFile() });
  }
  return list;
}

async function listEntry(folder) {
  const reader = folder.createReader();
  const list = [];
  for (;;) {
    const entries = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (entries.length === 0) return list;
    list.push(...entries.map((entry) => ({
      name: entry.name,
      folder: entry.isDirectory ? entry : null,
      open: () => new Promise((resolve, reject) => entry.file(resolve, reject)),
    })));
  }
}

/** All files of a dropped folder, with their paths. */
async function filesOf(folder, list, path, depth, problems) {
  const found = [];
  let entries = [];
  try {
    entries = await list(folder);
  } catch (error) {
    problems.push(path + ": the browser cannot list this folder (" + error.name + "): use the button for folders");
  }
  for (const entry of entries) {
    const name = path + "/" + entry.name;
    if (!entry.folder) {
      try {
        found.push({ name, file: await entry.open() });
      } catch (error) {
        problems.push(name + ": the browser cannot read it (" + error.name + ")");
      }
    } else if (depth < MAX_FOLDER_DEPTH) {
      found.push(...await filesOf(entry.folder, list, name, depth + 1, problems));
    }
  }
  return found;
}
