// The page in real browsers, from disk and from a server.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";

import {
  browsers, builtPage, choose, clear, commandLine, finished, launch, open, problemsOf, save, serve, sizeOf, statusOf,
  temporaryFolder,
} from "./browsers.mjs";
import { testDoctorReports } from "./doctor-reports.mjs";
import { prepare, prepareSettings } from "./inputs.mjs";
import { testSettings } from "./settings.mjs";

const folder = temporaryFolder();
const inputs = prepare(folder);
const settings = prepareSettings(folder);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const path = (name) => join(folder, name);

/** Fails with the first place that differs. */
function assertSameText(found, expected, what) {
  if (found.equals(expected)) return;
  let at = 0;
  while (found[at] === expected[at]) at++;
  const around = (bytes) => bytes.subarray(Math.max(0, at - 100), at + 100).toString();
  assert.fail(`${what} differs at byte ${at}:\n${around(found)}\ninstead of\n${around(expected)}`);
}

/** The frame of the report. */
async function reportOf(tab) {
  return (await tab.waitForSelector("#report")).contentFrame();
}

/** Gives an input as a user would. Firefox's driver chooses no folders: there, its files get the paths of one. */
async function give(tab, browser, { files, folder: name }) {
  if (files) return choose(tab, files.map(path));
  if (browser === "chrome") return choose(tab, [path(name)], { folder: true });
  const found = readdirSync(path(name), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  await tab.evaluate(() => {
    // The files are kept, to be added as a folder.
    inputs.addFiles = (files) => { globalThis.chosenFiles = files; };
  });
  await (await tab.$("#files")).uploadFile(...found);
  await tab.waitForFunction(() => globalThis.chosenFiles);
  await tab.evaluate((paths) => {
    chosenFiles.forEach((file, i) => Object.defineProperty(file, "webkitRelativePath", { value: paths[i] }));
    delete inputs.addFiles;
    inputs.addFolder(chosenFiles);
    delete globalThis.chosenFiles;
    return read();
  }, found.map((one) => one.slice(folder.length + 1)));
  return finished(tab);
}

test("the page is one small file without addresses to load from", () => {
  const page = readFileSync(builtPage, "utf8");
  assert.ok(sizeOf(builtPage) < 1_500_000, `${sizeOf(builtPage)} bytes`);
  assert.match(page, /content="default-src 'none'; script-src 'sha256-/);
  assert.doesNotMatch(page, /\b(?:src|href)=["'](?:https?:)?\/\//);
  assert.doesNotMatch(page, /unsafe-inline|'unsafe-eval'/);
});

for (const browser of browsers) {
  describe(browser, () => {
    let running;
    before(async () => { running = await launch(browser); });
    after(() => running.close());

    test("the JSON report has the bytes of the command line's, for every input", async () => {
      const { tab, errors } = await open(running);
      for (const input of inputs) {
        await give(tab, browser, input);
        const expected = commandLine(["scan", "--quiet", "--format", "json", ...(input.files ?? [input.folder])], folder);
        const found = await save(tab, "json");
        assertSameText(found, expected, input.name);
        await clear(tab);
      }
      assert.deepEqual(errors, []);
      await tab.close();
    });

    test("every format has the bytes of the command line's", async () => {
      const { tab } = await open(running);
      await give(tab, browser, { files: ["mail-stopped.log", "jira-support.zip"] });
      for (const [kind, format] of [["html", "html"], ["csv", "csv"], ["markdown", "markdown"], ["jira", "jira"]]) {
        const expected = commandLine(["scan", "--quiet", "--format", format, "mail-stopped.log", "jira-support.zip"], folder);
        assertSameText(await save(tab, kind), expected, kind);
      }
      for (const files of [["both-nodes.tar.gz"], ["mail-stopped.log", "jira-support.zip"]]) {
        await clear(tab);
        await give(tab, browser, { files });
        commandLine(["ticket", "--quiet", "--force", "--output", `${browser}.zip`, ...files], folder, {});
        assert.ok((await save(tab, "ticket")).equals(readFileSync(path(`${browser}.zip`))), `the ticket of ${files} differs`);
      }
      assert.match(await statusOf(tab), /nothing found that looks like a secret or a person/);
      await tab.close();
    });

    testSettings(() => running, folder, settings, { name: browser, assertSameText, axe });
    testDoctorReports(() => running, folder);

    test("filters and redaction are those of the command line", async () => {
      const { tab } = await open(running);
      await give(tab, browser, { files: ["mail-stopped.log"] });
      const cases = [
        [{ since: "2026-01-19T00:00" }, ["--since", "2026-01-19 00:00"]],
        [{ until: "2026-01-13T00:00:00" }, ["--until", "2026-01-13 00:00:00"]],
        [{ "min-severity": "critical", redaction: "secrets" }, ["--severity", "critical", "--no-redact"]],
        [{ pattern: "entra-client-secret-expired", redaction: "strict" }, ["--pattern", "entra-client-secret-expired", "--redact", "strict"]],
      ];
      for (const [fields, args] of cases) {
        await tab.evaluate((fields) => {
          for (const [id, value] of Object.entries(fields)) document.getElementById(id).value = value;
          document.getElementById("filters").requestSubmit();
        }, fields);
        await finished(tab);
        const expected = commandLine(["scan", "--quiet", "--format", "json", ...args, "mail-stopped.log"], folder);
        assertSameText(await save(tab, "json"), expected, args.join(" "));
        await tab.evaluate(() => document.getElementById("filters").reset());
        await tab.evaluate(() => new Promise((done) => setTimeout(done)));
        await finished(tab);
      }
      await tab.close();
    });

    test("a small input is not read again for another format", async () => {
      const { tab } = await open(running);
      await give(tab, browser, { files: ["mail-stopped.log"] });
      // A file that is gone can no longer be read.
      writeFileSync(path("changing.log"), readFileSync(path("mail-stopped.log")));
      await clear(tab);
      await choose(tab, [path("changing.log")]);
      const first = await save(tab, "json");
      writeFileSync(path("changing.log"), "something else");
      assert.ok((await save(tab, "json")).equals(first));
      await tab.close();
    });

    test("a file that was changed after it was chosen is reported", async () => {
      const { tab } = await open(running);
      await choose(tab, [path("network.log")]);
      await clear(tab);
      writeFileSync(path("changing.log"), readFileSync(path("mail-stopped.log")));
      await tab.evaluate(() => { globalThis.realRead = read; read = () => {}; });
      await (await tab.$("#files")).uploadFile(path("changing.log"));
      await tab.waitForFunction(() => inputs.list.length === 1);
      writeFileSync(path("changing.log"), "something else");
      await tab.evaluate(() => { read = realRead; return read(); });
      await finished(tab);
      assert.match((await problemsOf(tab)).join("\n"), /changing\.log.*choose it again/);
      await tab.close();
    });

    test("pasted text is read, and a failed input is named", async () => {
      const { tab } = await open(running);
      await tab.click("#paste");
      await tab.type("#excerpt", "AADSTS7000222: The provided client secret keys for app '00000000-0000-0000-0000-000000000001' are expired.");
      await tab.click("#paste-form button");
      assert.match(await finished(tab), /^1 failure, 1 incident/);
      await clear(tab);
      await choose(tab, [path("picture.png")]);
      assert.match((await problemsOf(tab)).join("\n"), /^Error: picture\.png/);
      await tab.close();
    });

    test("a file that was damaged on its way says so", async () => {
      const page = readFileSync(builtPage, "utf8");
      const from = page.indexOf('id="module"') + 100_000;
      for (const [name, damaged] of [["cut", page.slice(0, from) + page.slice(page.indexOf("</script>", from))],
        ["changed", page.slice(0, from) + page.slice(from + 1000)]]) {
        writeFileSync(path(`${name}.html`), damaged);
        const { tab } = await open(running, { url: pathToFileURL(path(`${name}.html`)).href });
        assert.match((await problemsOf(tab)).join("\n"), /^Error: (the module in this file is damaged|.*(WebAssembly|wasm))/, name);
        await tab.close();
      }
    });

    test("codes, words and unknown texts are looked up", async () => {
      const { tab } = await open(running);
      const ask = async (text) => {
        await tab.$eval("#query", (field, text) => {
          field.value = text;
          field.form.requestSubmit();
          document.getElementById("found").textContent = "";
        }, text);
        await tab.waitForFunction(() => document.getElementById("found").textContent !== "", { polling: 20 });
        return tab.$eval("#found", (found) => found.textContent);
      };
      assert.match(await ask("AADSTS7000222"), /[Cc]lient secret has expired/);
      const steps = await tab.$$eval("#answers ol li", (steps) => steps.map((step) => step.textContent));
      const topics = JSON.parse(commandLine(["explain", "AADSTS7000222", "--format", "json"], folder));
      assert.deepEqual(steps, topics[0].steps.map((step) => step.replaceAll("`", "")));
      assert.match(await ask("certificate not trusted"), /certificate/i);
      assert.ok((await tab.$$("#answers .others button")).length > 0);
      assert.match(await ask("entra-client-secret-expird"), /Unknown/);
      assert.ok((await tab.$$eval("#answers .others button", (buttons) => buttons.map((one) => one.textContent))).length > 0);
      await tab.close();
    });

    test("it works from a server, makes no request, and has no errors", async () => {
      const server = await serve();
      const { tab, requests, errors } = await open(running, { url: server.url });
      // Nothing can be reached from now on; the page does not notice.
      if (browser === "chrome") await tab.setOfflineMode(true);
      await choose(tab, [path("mail-stopped.log")]);
      await save(tab, "ticket");
      await tab.$eval("#query", (field) => { field.value = "7000222"; field.form.requestSubmit(); });
      await tab.waitForFunction(() => document.getElementById("found").textContent !== "");
      const elsewhere = requests.filter((url) => !url.startsWith("blob:") && url !== server.url && !url.startsWith("data:"));
      assert.deepEqual(elsewhere.filter((url) => !url.endsWith("/favicon.ico")), []);
      assert.deepEqual(server.requests.filter((url) => url !== "/favicon.ico"), ["/oauthsift.html"]);
      assert.deepEqual(errors.filter((error) => !error.includes("favicon")), []);
      // A script could not send anything either.
      const sent = await tab.evaluate((url) => fetch(url).then(() => "sent", () => "refused"), server.url);
      assert.equal(sent, "refused");
      await tab.close();
      server.close();
    });

    test("hostile names and texts are shown as text", async () => {
      const { tab, errors } = await open(running);
      const name = "<img src=x onerror=alert(1)>\u202e.log";
      const text = "2026-01-05 20:34:03,014+0000 main ERROR [c.a.o.X] AADSTS7000222: </script><script>parent.ran = 1</script>"
        + "<img src=x onerror=\"parent.ran=1\"> `code` \u0007 keys are expired.\n";
      writeFileSync(path(name), text);
      await choose(tab, [path(name)]);
      assert.match(await statusOf(tab), /^1 failure/);
      assert.equal(await tab.evaluate(() => globalThis.ran), undefined);
      const report = await reportOf(tab);
      assert.equal(await report.evaluate(() => globalThis.ran ?? document.images.length), 0);
      // The report cannot reach the page.
      assert.equal(await report.evaluate(() => { try { return typeof parent.document; } catch { return "refused"; } }), "refused");
      assert.deepEqual(errors, []);
      await tab.close();
    });

    test("the report works in its frame", async () => {
      const { tab, errors } = await open(running);
      await choose(tab, [path("mail-stopped.log"), path("network.log")]);
      const report = await reportOf(tab);
      await report.waitForSelector("#rows > tr");
      await report.type("#search", "7000222");
      await report.waitForFunction(() => document.getElementById("count").textContent.includes("match"));
      const colour = await report.evaluate(() => getComputedStyle(document.querySelector(".brand")).display);
      assert.equal(colour, "flex", "the report has its style");
      assert.deepEqual(errors, []);
      await tab.close();
    });

    test("a reading is cancelled at once, and another one works", async () => {
      const { tab } = await open(running);
      const log = path("long.log");
      writeFileSync(log, readFileSync(path("network.log")).toString().repeat(50_000));
      await (await tab.$("#files")).uploadFile(log);
      await tab.waitForFunction(() => !document.getElementById("running").hidden, { polling: 5 });
      await tab.$eval("#cancel", (button) => button.click());
      assert.match(await statusOf(tab), /^Cancelled/);
      assert.ok(await tab.$eval("#running", (running) => running.hidden));
      await clear(tab);
      await choose(tab, [path("network.log")]);
      assert.match(await statusOf(tab), /failure/);
      await tab.close();
    });

    test("everything can be done with the keyboard, and axe finds nothing", async () => {
      const { tab } = await open(running);
      const check = async (target) => {
        await target.evaluate(axe);
        const { violations } = await target.evaluate(() => axe.run(document, { iframes: false }));
        return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
      };
      assert.deepEqual(await check(tab), []);
      const reached = [];
      await tab.evaluate(() => document.body.focus());
      for (let i = 0; i < 8; i++) {
        await tab.keyboard.press("Tab");
        reached.push(await tab.evaluate(() => document.activeElement.id || document.activeElement.className || document.activeElement.hash));
      }
      assert.deepEqual(reached.slice(0, 6), ["skip", "#private", "choose-files", "choose-folder", "paste", "query"]);
      await choose(tab, [path("mail-stopped.log"), path("picture.png")]);
      assert.equal(await tab.evaluate(() => document.activeElement.id), "result-title");
      await tab.$eval("#options", (options) => { options.open = true; });
      await tab.$eval("#query", (field) => { field.value = "secret expired"; field.form.requestSubmit(); });
      await tab.waitForFunction(() => document.querySelectorAll("#answers .others li").length > 0);
      assert.deepEqual(await check(tab), []);
      await tab.close();
    });

    if (browser === "chrome") {
      test("files and folders are dropped", async () => {
        const { tab } = await open(running);
        const session = await tab.createCDPSession();
        const drop = async (names) => {
          const data = { items: [], files: names.map(path), dragOperationsMask: 1 };
          for (const type of ["dragEnter", "dragOver", "drop"]) {
            await session.send("Input.dispatchDragEvent", { type, x: 300, y: 300, data });
          }
          await tab.waitForFunction(() => inputs.list.length > 0);
          await finished(tab);
        };
        const name = "secret-expired-then-lost";
        await drop([name, "node2.zip"]);
        const order = await tab.evaluate(() => inputs.list.map(({ name }) => name));
        assert.deepEqual([...order].sort(), ["node2.zip", name]);
        assertSameText(await save(tab, "json"), commandLine(["scan", "--quiet", "--format", "json", ...order], folder), "dropped");
        assert.ok(await tab.$eval("#dropping", (dropping) => dropping.hidden));
        await tab.close();
      });

      test("it fits into every width in both schemes", async () => {
        const { tab } = await open(running);
        for (const width of [320, 390, 820, 1400, 2560]) {
          for (const scheme of ["light", "dark"]) {
            await clear(tab);
            await tab.setViewport({ width, height: 900 });
            await tab.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
            const shoot = async (what) => {
              const fits = await tab.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
              assert.ok(fits, `${what} at ${width}`);
              const to = process.env.SCREENSHOTS;
              if (!to) return;
              mkdirSync(to, { recursive: true });
              await tab.screenshot({ path: join(to, `${what}-${width}-${scheme}.png`), fullPage: true });
            };
            await shoot("start");
            await choose(tab, [path("mail-stopped.log"), path("network.log"), path("picture.png")]);
            await (await reportOf(tab)).waitForSelector("#rows > tr");
            await shoot("report");
            await clear(tab);
            await choose(tab, [path("settings.toml"), path("setenv.sh")]);
            // In this frame no script runs, so nothing signals when it is shown.
            if (process.env.SCREENSHOTS) await new Promise((shown) => setTimeout(shown, 500));
            await shoot("settings");
            await choose(tab, [path("mail-stopped.log")]);
            await (await reportOf(tab)).waitForSelector("#rows > tr");
            await shoot("both");
          }
        }
        await tab.close();
      });

      test("a file is really saved", async () => {
        const { tab } = await open(running);
        const session = await tab.createCDPSession();
        const downloads = path("downloads");
        mkdirSync(downloads);
        await session.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: downloads, eventsEnabled: true });
        await choose(tab, [path("mail-stopped.log")]);
        const ended = new Promise((done) => session.on("Browser.downloadProgress", ({ state }) => state === "completed" && done()));
        await tab.evaluate(() => {
          const frame = document.createElement("iframe");
          document.body.append(frame);
          HTMLAnchorElement.prototype.click = frame.contentWindow.HTMLElement.prototype.click;
        });
        await tab.$eval("button[data-save=csv]", (button) => button.click());
        await ended;
        assert.ok(readFileSync(join(downloads, "oauthsift-report.csv"), "utf8").startsWith("pattern,"));
        await tab.close();
      });
    }
  });
}
