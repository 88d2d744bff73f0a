// The page: what was given is read, its report shown and saved.

const by = (id) => document.getElementById(id);
const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB"];
/** Names that are listed of what was chosen. */
const MAX_NAMES = 8;
/** Problems that are listed. */
const MAX_PROBLEMS = 8;
/** Pause after the last key before a text is looked up. */
const TYPING_MS = 200;
/** Time between two announcements of the progress to screen readers. */
const ANNOUNCE_MS = 10_000;

const inputs = new Inputs();
const reading = new Engine();
const looking = new Engine();
/** Problems of the browser with what was chosen last. */
let unreadable = [];

function size(bytes) {
  let unit = 0, value = bytes;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return (unit === 0 ? value.toLocaleString("en-US") : value.toFixed(1)) + " " + UNITS[unit];
}

function count(number, noun) {
  return number.toLocaleString("en-US") + " " + noun + (number === 1 ? "" : "s");
}

function seconds(time) {
  if (time < 90) return Math.max(1, Math.round(time)) + " s";
  return Math.round(time / 60) + " min";
}

function say(text) {
  by("status").textContent = text;
}

/** Lists problems. Each has a text, and `note` if nothing is missing because of it. */
function showProblems(problems) {
  const box = by("problems");
  box.hidden = problems.length === 0;
  const lines = problems.slice(0, MAX_PROBLEMS).map((text) => make("li", { textContent: text }));
  if (problems.length > MAX_PROBLEMS) {
    lines.push(make("li", { textContent: "and " + count(problems.length - MAX_PROBLEMS, "more line") + "; the report lists them" }));
  }
  box.replaceChildren(make("ul", {}, ...lines));
}

/** What the command line prints besides the report. */
function problemsOf({ faults, problems, duplicates }) {
  const fault = ({ source, offset, message, failure }) => (failure ? "Error: " : "Note: ") + source
    + (offset === null ? "" : ", byte " + offset.toLocaleString("en-US")) + ": " + message;
  const duplicate = ({ source, of }) => "Note: " + source + " is identical to " + of + ": read once";
  return [...[...unreadable, ...problems].map((text) => "Error: " + text), ...faults.map(fault), ...duplicates.map(duplicate)];
}

function showChosen() {
  const item = (input, index) => {
    const bytes = input.file ? input.file.size : input.files.reduce((sum, { file }) => sum + file.size, 0);
    const what = input.file ? size(bytes) : count(input.files.length, "file") + ", " + size(bytes);
    const remove = make("button", { type: "button", textContent: "Remove" });
    remove.setAttribute("aria-label", "Remove " + input.name);
    remove.addEventListener("click", () => {
      inputs.remove(index);
      by("choose-files").focus();
      read();
    });
    return make("li", {}, make("code", { textContent: input.name }), make("span", { textContent: what }), remove);
  };
  const items = inputs.list.slice(0, MAX_NAMES).map(item);
  if (inputs.list.length > MAX_NAMES) {
    items.push(make("li", {}, make("span", { textContent: "and " + (inputs.list.length - MAX_NAMES) + " more" })));
  }
  if (inputs.list.length > 1) {
    const clear = make("button", { type: "button", textContent: "Remove all" });
    clear.addEventListener("click", () => {
      inputs.clear();
      by("choose-files").focus();
      read();
    });
    items.push(make("li", {}, clear));
  }
  by("chosen").replaceChildren(...items);
  by("chosen").hidden = by("options").hidden = inputs.list.length === 0;
}

/** Filters and redaction, as a request has them. */
function options() {
  const value = (id) => by(id).value || null;
  // Without seconds if they are zero.
  const time = (id) => value(id)?.replace(/T\d\d:\d\d$/, "$&:00") ?? null;
  const pattern = value("pattern");
  return {
    "now": Date.now(),
    "since": time("since"),
    "until": time("until"),
    "severity": value("min-severity"),
    "patterns": pattern ? [pattern] : [],
    "redaction": value("redaction"),
  };
}

/** Shows how far a request has come. */
function progressOf(task) {
  const started = performance.now();
  let announced = started;
  by("task").textContent = task;
  by("progress").removeAttribute("value");
  by("rate").textContent = "";
  return ({ read, total, name }) => {
    const now = performance.now();
    const rate = read / Math.max(1, now - started) * 1000;
    const parts = [total > 0 ? size(Math.min(read, total)) + " of " + size(total) : size(read), size(rate) + "/s"];
    if (total > read) parts.push("about " + seconds((total - read) / rate) + " left");
    if (name) parts.push(name);
    if (total > 0) by("progress").value = Math.min(1, read / total);
    by("rate").textContent = parts.join(" · ");
    if (now - announced > ANNOUNCE_MS && total > 0) {
      announced = now;
      say(Math.floor(Math.min(1, read / total) * 100) + " % read");
    }
  };
}

/** Runs a request of the reading engine, with progress. Returns its result, or null if it was cancelled or has failed. */
async function run(task, request) {
  const token = run.latest = Symbol(task);
  const running = by("running");
  running.hidden = false;
  document.body.classList.add("busy");
  say(task + " …");
  const onProgress = progressOf(task);
  await started;
  if (run.latest !== token) return null;
  // Another request that runs is about files or filters that are no longer wanted.
  reading.cancel();
  try {
    return await reading.request({ inputs: inputs.described(), options: options(), ...request }, inputs.files(), onProgress);
  } catch (error) {
    if (error && run.latest === token) {
      say("");
      showProblems(["Error: " + error.message]);
    }
    return null;
  } finally {
    if (run.latest === token) {
      running.hidden = true;
      document.body.classList.remove("busy");
    }
  }
}

/** Reads what was given, and shows its reports. */
async function read() {
  showChosen();
  showProblems(unreadable);
  hideReports();
  if (inputs.list.length === 0) {
    run.latest = null;
    reading.cancel();
    by("running").hidden = true;
    document.body.classList.remove("busy");
    say("");
    return;
  }
  const result = await run("Reading", { do: "scan", format: "html" });
  if (!result) return;
  const { reply, output } = result;
  showProblems(problemsOf(reply));
  // Filters are for logs.
  by("options").hidden = !reply.has_report;
  showReports(reply.has_report ? output : null, reply.checks);
  const parts = [];
  if (reply.has_report) {
    parts.push(count(reply.findings, "failure") + ", " + count(reply.incidents, "incident"));
    if (reply.excluded > 0) parts.push(count(reply.excluded, "failure") + " excluded by the filters");
  }
  if (reply.checks) parts.push((reply.has_report ? "settings: " : "Settings: ") + reply.checks.headline);
  if (reply.doctor_report) {
    parts.push((reply.has_report ? "" : "Give logs, too: ") + "a ticket will hold the report " + reply.doctor_report
      + (reply.checks ? ", not the check shown here" : ""));
  }
  say(parts.join("; "));
}

/** Looks up what was typed; the latest text wins. */
const lookUp = (() => {
  let wanted = "", running = false;
  const choose = (id) => {
    by("query").value = id;
    by("query").focus();
    ask(id);
  };
  async function ask(text) {
    wanted = text.trim();
    if (running) return;
    running = true;
    try {
      while (wanted) {
        const asked = wanted;
        const { reply } = await looking.request({ do: "look-up", text: asked });
        if (wanted === asked) {
          by("found").textContent = showAnswer(by("answers"), reply, choose);
          break;
        }
      }
      if (!wanted) {
        by("found").textContent = "";
        by("answers").replaceChildren();
      }
    } catch (error) {
      by("found").textContent = error ? error.message : "";
    } finally {
      running = false;
    }
  }
  return ask;
})();

async function addDropped(transfer) {
  unreadable = await inputs.addDropped(transfer);
  read();
}

function listen() {
  by("choose-files").addEventListener("click", () => by("files").click());
  by("choose-folder").addEventListener("click", () => by("folder").click());
  const chosen = (add) => ({ target }) => {
    if (target.files.length === 0) return;
    unreadable = [];
    add([...target.files]);
    target.value = "";
    read();
  };
  by("files").addEventListener("change", chosen((files) => inputs.addFiles(files)));
  by("folder").addEventListener("change", chosen((files) => inputs.addFolder(files)));
  by("paste").addEventListener("click", () => {
    const form = by("paste-form");
    form.hidden = !form.hidden;
    by("paste").setAttribute("aria-expanded", String(!form.hidden));
    if (!form.hidden) by("excerpt").focus();
  });
  by("paste-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = by("excerpt").value;
    if (!text.trim()) return;
    unreadable = [];
    inputs.addText(text);
    read();
  });
  addEventListener("paste", (event) => {
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName ?? "")) return;
    event.preventDefault();
    addDropped(event.clipboardData);
  });
  let depth = 0;
  const dragging = (on) => { by("dropping").hidden = !on; };
  addEventListener("dragenter", (event) => { event.preventDefault(); dragging(++depth > 0); });
  addEventListener("dragleave", () => dragging(--depth > 0));
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    depth = 0;
    dragging(false);
    addDropped(event.dataTransfer);
  });
  by("filters").addEventListener("submit", (event) => { event.preventDefault(); read(); });
  by("filters").addEventListener("reset", () => setTimeout(read));
  by("cancel").addEventListener("click", () => {
    run.latest = null;
    reading.cancel();
    by("running").hidden = true;
    document.body.classList.remove("busy");
    say("Cancelled. Nothing was kept of it.");
    by("choose-files").focus();
  });
  document.querySelectorAll("button[data-save]").forEach((button) =>
    button.addEventListener("click", () => save(button.dataset.save)));
  let typing;
  by("query").addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(() => lookUp(by("query").value), TYPING_MS);
  });
  by("look-up").addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(typing);
    lookUp(by("query").value);
  });
  const fromAddress = () => {
    const text = decodeURIComponent(location.hash.slice(1));
    if (!text || by(text)) return;
    by("query").value = text;
    lookUp(text);
  };
  addEventListener("hashchange", fromAddress);
  fromAddress();
}

/** Prepares the first scan. */
async function start() {
  const missing = missingInBrowser();
  if (missing) {
    by("unable").textContent = "This browser lacks " + missing
      + ". Use a newer one (Chrome or Edge 91, Firefox 89, Safari 16.4), or the program oauthsift.";
    by("unable").hidden = false;
    return;
  }
  listen();
  for (const id of ["choose-files", "choose-folder", "paste"]) by(id).disabled = false;
  try {
    const { reply } = await reading.request({ do: "start" }, inputs.files());
    by("version").textContent = "oauthsift " + reply.version + ": " + count(reply.patterns.length, "pattern") + ", "
      + count(reply.codes, "code");
    by("pattern").append(...reply.patterns.map(({ id, title }) => make("option", { value: id, textContent: title })));
  } catch (error) {
    showProblems(["Error: " + error.message]);
  }
  performance.mark("ready");
}

const started = start();
