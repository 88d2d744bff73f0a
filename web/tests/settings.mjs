// Settings among what is given: the same checks as on the command line, and no secret.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

import { choose, clear, commandLine, finished, open, problemsOf, save, statusOf } from "./browsers.mjs";
import { SECRET } from "./inputs.mjs";

const CHECKS = [["checks-json", "json"], ["checks-markdown", "markdown"], ["checks-html", "html"]];
const REPORTS = [["json", "json"], ["html", "html"], ["markdown", "markdown"], ["csv", "csv"]];

/** Tests in a browser, with inputs in a folder. `browser()` is the one that runs. */
export function testSettings(browser, folder, cases, { name: program, assertSameText, axe }) {
  const path = (name) => join(folder, name);
  const hidden = (tab, id) => tab.$eval("#" + id, (element) => element.hidden);

  test("settings are checked as on the command line, alone and with logs, and no secret is shown", async () => {
    const { tab, errors } = await open(browser());
    for (const { name, files, settings, logs, problem } of cases) {
      await choose(tab, files.map(path));
      assert.equal(await hidden(tab, "checks"), false, name + ": checks");
      assert.equal(await hidden(tab, "result"), logs.length === 0, name + ": report");
      for (const [kind, format] of CHECKS) {
        const found = await save(tab, kind);
        assertSameText(found, commandLine(["doctor", "--quiet", "--format", format, ...files], folder), `${name}: ${kind}`);
        assert.ok(!found.includes(SECRET), `${name}: ${kind} holds the secret`);
      }
      for (const [kind, format] of logs.length > 0 ? REPORTS : []) {
        const found = await save(tab, kind);
        const args = settings.flatMap((file) => ["--settings", file]);
        assertSameText(found, commandLine(["scan", "--quiet", "--format", format, ...args, ...logs], folder), `${name}: ${kind}`);
        assert.ok(!found.includes(SECRET), `${name}: ${kind} holds the secret`);
      }
      const problems = (await problemsOf(tab)).join("\n");
      if (problem) assert.match(problems, problem, name);
      else if (name !== "broken.toml") assert.equal(problems, "", name);
      const page = await tab.evaluate(() => document.documentElement.outerHTML);
      assert.ok(!page.includes(SECRET), `${name}: the page holds the secret`);
      await clear(tab);
    }
    assert.deepEqual(errors, []);
    await tab.close();
  });

  test("the ticket holds the check of the settings, as on the command line with --doctor", async () => {
    const { tab, errors } = await open(browser());
    for (const { name, files, settings, logs } of cases.filter(({ logs }) => logs.length > 0)) {
      await choose(tab, files.map(path));
      const found = await save(tab, "ticket");
      assert.match(await statusOf(tab), /^Saved oauthsift-ticket\.zip/, name);
      writeFileSync(path("doctor.json"), commandLine(["doctor", "--quiet", "--format", "json", ...files], folder));
      // A ticket has the time of its newest record.
      commandLine(["ticket", "--quiet", "--force", "--doctor", "doctor.json", "--output", "expected.zip", ...logs], folder, {});
      assert.ok(found.equals(readFileSync(path("expected.zip"))), `${name}: the ticket differs`);
      assert.ok(found.includes("doctor.json"), `${name}: no check of ${settings}`);
      await clear(tab);
    }
    assert.deepEqual(errors, []);
    await tab.close();
  });

  test("filters do not change what is said about the settings, in the ticket neither", async () => {
    const { tab } = await open(browser());
    const files = ["settings.toml", "mail-stopped.log"];
    await choose(tab, files.map(path));
    await tab.evaluate(() => {
      document.getElementById("until").value = "2026-01-13T00:00:00";
      document.getElementById("redaction").value = "strict";
      document.getElementById("filters").requestSubmit();
    });
    await finished(tab);
    assertSameText(await save(tab, "checks-json"), commandLine(["doctor", "--quiet", "--format", "json", ...files], folder), "checks");
    const args = ["--until", "2026-01-13 00:00:00", "--redact", "strict", "--settings", ...files];
    assertSameText(await save(tab, "json"), commandLine(["scan", "--quiet", "--format", "json", ...args], folder), "report");
    const ticket = (...args) => {
      commandLine(["ticket", "--quiet", "--force", "--output", "expected.zip", ...args, "mail-stopped.log"], folder, {});
      return readFileSync(path("expected.zip"));
    };
    writeFileSync(path("doctor.json"), commandLine(["doctor", "--quiet", "--format", "json", ...files], folder));
    const filtered = await save(tab, "ticket");
    assert.ok(filtered.equals(ticket("--doctor", "doctor.json", "--until", "2026-01-13 00:00:00")), "filtered");
    // What the next tickets hold does not come from this one.
    await tab.evaluate(() => document.getElementById("filters").reset());
    await tab.evaluate(() => new Promise((done) => setTimeout(done)));
    await finished(tab);
    assert.ok((await save(tab, "ticket")).equals(ticket("--doctor", "doctor.json")), "not filtered");
    await clear(tab);
    await choose(tab, [path("mail-stopped.log")]);
    assert.ok((await save(tab, "ticket")).equals(ticket()), "without settings");
    await tab.close();
  });

  test("what is neither settings nor a log, and what is broken, is named in the words of the command line", async () => {
    const { tab } = await open(browser());
    await choose(tab, [path("notes.txt")]);
    const problems = (await problemsOf(tab)).join("\n");
    assert.match(problems, /notes\.txt: holds no settings: neither a template/);
    assert.match(problems, /notes\.txt, byte 0: no log records recognised/);
    assert.equal(await hidden(tab, "checks"), true);
    await clear(tab);
    await choose(tab, [path("broken.toml"), path("mail-stopped.log")]);
    assert.deepEqual(await problemsOf(tab), ["Error: broken.toml: line 2: is not TOML: write `key = \"value\"`, and compare with `oauthsift doctor --template`"]);
    assert.equal(await hidden(tab, "checks"), true);
    assertSameText(await save(tab, "json"), commandLine(["scan", "--quiet", "--format", "json", "mail-stopped.log"], folder), "report");
    await tab.close();
  });

  test("settings are pasted, their report is opened with the keyboard, and axe finds nothing", async () => {
    const { tab, errors } = await open(browser());
    await tab.click("#paste");
    await tab.type("#excerpt", "[[integration]]\nname = \"Mail\"\ntoken_endpoint = \"https://login.microsoftonline.com/common/oauth2/token\"\n");
    await tab.click("#paste-form button");
    assert.match(await finished(tab), /^Settings: \d+ problems?/);
    assert.equal(await tab.evaluate(() => document.activeElement.id), "checks-title");
    assert.equal(await hidden(tab, "options"), true, "filters are for logs");
    await choose(tab, [path("mail-stopped.log")]);
    assert.match(await statusOf(tab), /^\d+ failures, .*; settings: \d+ problems?/);
    assert.equal(await tab.$eval("#checks-details", (details) => details.open), false);
    await tab.focus("#checks-details summary");
    await tab.keyboard.press("Enter");
    assert.equal(await tab.$eval("#checks-details", (details) => details.open), true);
    const axeFinds = async () => {
      await tab.evaluate(axe);
      const { violations } = await tab.evaluate(() => axe.run(document, { iframes: false }));
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
    };
    assert.deepEqual(await axeFinds(), []);
    // A refused style of the frame would be an error. In the frame no script runs, so its page is looked at by itself.
    assert.deepEqual(errors, []);
    writeFileSync(path("doctor.html"), await save(tab, "checks-html"));
    await tab.goto(pathToFileURL(path("doctor.html")).href);
    // Firefox's driver sets no scheme.
    for (const scheme of program === "chrome" ? ["light", "dark"] : [null]) {
      if (scheme) await tab.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      assert.deepEqual(await axeFinds(), [], scheme);
    }
    for (const width of program === "chrome" ? [320, 700, 820, 1280] : []) {
      await tab.setViewport({ width, height: 900 });
      assert.ok(await tab.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `it fits into ${width}`);
      const broken = await tab.$$eval("td code", (ids) => ids.filter((id) => id.getClientRects().length > 1).map((id) => id.textContent));
      assert.deepEqual(broken, [], `ids at ${width}`);
      assert.deepEqual(await axeFinds(), [], `axe at ${width}`);
    }
    await tab.close();
  });
}
