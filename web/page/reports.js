// The report of the logs and that of the settings: shown in frames, and saved.

const HTML = "text/html", JSON_TYPE = "application/json", MARKDOWN = "text/markdown";
/** What the buttons save: `request` is a format of a scan, `checks` one of the check of settings. */
const SAVED = {
  "html": { request: "html", name: "oauthsift-report.html", type: HTML },
  "json": { request: "json", name: "oauthsift-report.json", type: JSON_TYPE },
  "csv": { request: "csv", name: "oauthsift-report.csv", type: "text/csv" },
  "markdown": { request: "markdown", name: "oauthsift-report.md", type: MARKDOWN },
  "jira": { request: "jira", name: "oauthsift-report.jira", type: "text/plain" },
  "ticket": { name: "oauthsift-ticket.zip", type: "application/zip" },
  "checks-html": { checks: "html", name: "oauthsift-doctor.html", type: HTML },
  "checks-json": { checks: "json", name: "oauthsift-doctor.json", type: JSON_TYPE },
  "checks-markdown": { checks: "markdown", name: "oauthsift-doctor.md", type: MARKDOWN },
};

/** What is shown: the page of the report, the check of the settings in every format, addresses of frames. */
let shown = { report: null, checks: null, urls: [] };

function hideReports() {
  shown.urls.forEach((url) => URL.revokeObjectURL(url));
  shown = { report: null, checks: null, urls: [] };
  for (const id of ["report", "checks-report"]) by(id).removeAttribute("src");
  by("result").hidden = by("checks").hidden = true;
  document.body.classList.remove("reported");
}

function showIn(frame, blob) {
  const url = URL.createObjectURL(blob);
  shown.urls.push(url);
  by(frame).src = url;
}

/** Shows the report of a scan and that of the check of settings; either may be missing. */
function showReports(report, checks) {
  hideReports();
  if (report) {
    shown.report = new Blob([report], { type: HTML });
    showIn("report", shown.report);
    by("result").hidden = false;
  }
  if (checks) {
    shown.checks = checks;
    showIn("checks-report", new Blob([checks.html], { type: HTML }));
    by("checks-headline").textContent = checks.headline;
    by("checks-details").open = !report;
    by("checks").hidden = false;
  }
  document.body.classList.toggle("reported", Boolean(report || checks));
  if (report) by("result-title").focus();
  else if (checks) by("checks-title").focus();
}

/** Saves a file: the browser asks where, or puts it into its folder for downloads. */
function download(blob, name) {
  const url = URL.createObjectURL(blob);
  const link = make("a", { href: url, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

async function save(kind) {
  const { request, checks, name, type } = SAVED[kind];
  const present = checks ? new Blob([shown.checks[checks]], { type }) : kind === "html" ? shown.report : null;
  if (present) {
    download(present, name);
    say("Saved " + name);
    return;
  }
  const wanted = kind === "ticket" ? { do: "ticket", checks: shown.checks?.json ?? null } : { do: "scan", format: request };
  const result = await run("Writing " + name, wanted);
  if (!result) return;
  const { reply, output } = result;
  download(new Blob([output], { type }), name);
  if (kind !== "ticket") {
    say("Saved " + name + ", " + size(output.size));
    return;
  }
  const problems = problemsOf(reply);
  if (reply.leaked_lines > 0) {
    const places = reply.leaks.map(({ source, line, kind }) => "Check before sending: " + source + ", line " + line + ": " + kind);
    showProblems([...places, ...problems]);
    say("Saved " + name + ": " + count(reply.leaked_lines, "line") + " may hold a secret or a person");
  } else {
    showProblems(problems);
    say("Saved " + name + ": nothing found that looks like a secret or a person; review it anyway before sending");
  }
}
