"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const by = (id) => document.getElementById(id);
  document.querySelectorAll("button[data-incident]").forEach((button) => { button.hidden = false; });

  // Closed incidents are printed too.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    closed.forEach((details) => { details.open = true; });
  });
  addEventListener("afterprint", () => closed.forEach((details) => { details.open = false; }));
  const openTarget = () => {
    const target = /^#incident-\d+$/.test(location.hash) && by(location.hash.slice(1));
    if (target) target.querySelector("details").open = true;
  };
  addEventListener("hashchange", openTarget);
  openTarget();

  const table = by("table");
  if (!table) { performance.mark("ready"); return; }
  const SEVERITY_RANK = { critical: 3, error: 2, warning: 1, info: 0 };
  const PAGE_ROWS = 50;
  const instant = (time) => (time ? Date.parse(/(Z|[+-]\d\d:\d\d)$/.test(time) ? time : time + "Z") : NaN);
  // Columns: see data.rs.
  const { strings, incidents, findings } = data;
  const rows = findings.line.map((line, i) => {
    const { title, severity } = incidents[findings.incident[i]] || { title: "", severity: "info" };
    const text = (column) => strings[findings[column][i]];
    return {
      i, title, severity, line,
      incident: findings.incident[i] + 1,
      time: findings.time[i],
      at: instant(findings.time[i]),
      code: findings.code[i],
      source: text("source"),
      person: text("user"),
      mailbox: text("mailbox"),
      server: text("mail_server"),
      message: text("message"),
      trace: findings.trace_id[i],
      correlation: findings.correlation_id[i],
      record: text("record"),
    };
  });
  const affected = (row) => row.mailbox || row.server || row.person;
  const texts = new WeakMap();
  const searchText = (row) => {
    let text = texts.get(row);
    if (text === undefined) {
      text = [row.time, row.title, row.severity, row.code && "AADSTS" + row.code, row.source, row.line, row.person,
        row.mailbox, row.server, row.message, row.trace, row.correlation].join("\n").toLowerCase();
      texts.set(row, text);
    }
    return text;
  };
  const compare = {
    log: (a, b) => a.i - b.i,
    time: (a, b) => a.at - b.at,
    severity: (a, b) => SEVERITY_RANK[a.severity] - SEVERITY_RANK[b.severity],
    failure: (a, b) => (a.title < b.title ? -1 : a.title > b.title ? 1 : 0),
    code: (a, b) => (a.code || Infinity) - (b.code || Infinity) || 0,
    affected: (a, b) => (affected(a) < affected(b) ? -1 : affected(a) > affected(b) ? 1 : 0),
    place: (a, b) => (a.source < b.source ? -1 : a.source > b.source ? 1 : a.line - b.line),
  };
  let key = "log", down = false, page = 0, shown = rows;

  const make = (name, properties, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };
  const cell = (name, ...children) => {
    const td = make("td", { className: name }, ...children);
    td.setAttribute("role", "cell");
    return td;
  };
  const clock = (time) => {
    const [, day, hour, offset] = /^(\S+)T(\d\d:\d\d:\d\d)(?:\.\d+)?(.*)$/.exec(time || "") || ["", time || "", "", ""];
    return [make("span", { textContent: (day + " " + hour).trim() }), " ", make("small", { textContent: offset })];
  };
  const number = (n) => n.toLocaleString("en-US");

  function details(row) {
    const list = make("dl", {});
    const fact = (name, value) => {
      if (value) list.append(make("dt", { textContent: name }), make("dd", {}, make("code", { textContent: value })));
    };
    fact("Trace id", row.trace);
    fact("Correlation id", row.correlation);
    fact("Mailbox", row.mailbox);
    fact("Mail server", row.server);
    fact("User", row.person);
    fact("Location", row.source + ", line " + row.line);
    const record = row.record
      ? make("pre", { textContent: row.record, tabIndex: 0 })
      : make("p", { textContent: row.message + " (The JSON report has the complete record.)" });
    const td = cell("", list, record);
    td.colSpan = 6;
    const tr = make("tr", { className: "more" }, td);
    tr.setAttribute("role", "row");
    return tr;
  }

  function show(row) {
    const open = make("button", { type: "button", className: "open", textContent: row.title });
    open.setAttribute("aria-expanded", "false");
    const badge = make("span", { className: "badge " + row.severity, textContent: row.severity });
    const tr = make("tr", {},
      cell("time", ...clock(row.time)),
      cell("severity", badge),
      cell("failure", open, make("div", { className: "message", textContent: row.message })),
      cell("code", row.code ? String(row.code) : ""),
      cell("affected", affected(row)),
      cell("place", make("code", { textContent: row.source.split("/").pop() + ":" + row.line, title: row.source })));
    tr.setAttribute("role", "row");
    open.addEventListener("click", () => {
      const after = tr.nextElementSibling;
      if (after && after.classList.contains("more")) {
        after.remove();
        open.setAttribute("aria-expanded", "false");
      } else {
        tr.after(details(row));
        open.setAttribute("aria-expanded", "true");
      }
    });
    return tr;
  }

  function draw() {
    const pages = Math.max(1, Math.ceil(shown.length / PAGE_ROWS));
    page = Math.min(page, pages - 1);
    by("rows").replaceChildren(...shown.slice(page * PAGE_ROWS, (page + 1) * PAGE_ROWS).map(show));
    by("page").textContent = "Page " + (page + 1) + " of " + number(pages);
    by("before").disabled = page === 0;
    by("after").disabled = page === pages - 1;
    by("pages").hidden = pages === 1;
    const all = shown.length === rows.length;
    by("count").textContent = all
      ? number(rows.length) + (rows.length === 1 ? " finding" : " findings")
      : number(shown.length) + " of " + number(rows.length) + " findings match";
    table.querySelectorAll("th").forEach((th) => {
      th.setAttribute("aria-sort", th.dataset.key === key ? (down ? "descending" : "ascending") : "none");
    });
    by("sort").value = key;
  }

  function applyFilter() {
    const words = by("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const severity = by("severity").value;
    const incident = Number(by("incident").value);
    shown = rows.filter((row) =>
      (!severity || row.severity === severity) && (!incident || row.incident === incident) &&
      words.every((word) => searchText(row).includes(word)));
    // Rows without a time, code or name come last in both directions.
    const absent = { time: (r) => Number.isNaN(r.at), code: (r) => !r.code, affected: (r) => !affected(r) }[key];
    const direction = down ? -1 : 1;
    shown.sort((a, b) => {
      if (absent && absent(a) !== absent(b)) return absent(a) ? 1 : -1;
      return direction * (compare[key](a, b) || 0) || a.i - b.i;
    });
    page = 0;
    draw();
  }

  let waiting;
  by("search").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(applyFilter, 80);
  });
  by("filter").addEventListener("submit", (event) => event.preventDefault());
  by("filter").addEventListener("reset", () => setTimeout(() => { key = "log"; down = false; applyFilter(); }));
  by("severity").addEventListener("change", applyFilter);
  by("incident").addEventListener("change", applyFilter);
  by("sort").addEventListener("change", () => { key = by("sort").value; down = false; applyFilter(); });
  table.querySelector("thead").addEventListener("click", (event) => {
    const th = event.target.closest("th");
    if (!th) return;
    down = th.dataset.key === key && !down;
    key = th.dataset.key;
    applyFilter();
  });
  const turnTo = (to) => { page = to; draw(); by("findings").focus({ preventScroll: true }); by("findings").scrollIntoView(); };
  by("before").addEventListener("click", () => turnTo(page - 1));
  by("after").addEventListener("click", () => turnTo(page + 1));
  document.querySelectorAll("button[data-incident]").forEach((button) => button.addEventListener("click", () => {
    by("filter").reset();
    setTimeout(() => {
      by("incident").value = button.dataset.incident;
      applyFilter();
      by("findings").focus({ preventScroll: true });
      by("findings").scrollIntoView();
    });
  }));

  by("filter").hidden = false;
  table.hidden = false;
  draw();
  performance.mark("ready");
})();
