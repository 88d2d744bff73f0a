// Reports of the doctor that were written elsewhere, for the ticket: as on the command line with --doctor.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { choose, clear, commandLine, open, problemsOf, save, statusOf } from "./browsers.mjs";
import { SECRET } from "./inputs.mjs";

const HOSTILE = "</script><script>parent.ran = 1</script><img src=x onerror=\"parent.ran=1\">\u202e \u0007";
const HOSTILE_NAME = "<img src=x onerror=alert(1)>\u202e.json";

/** Tests in a browser, with the inputs of settings in a folder. `browser()` is the one that runs. */
export function testDoctorReports(browser, folder) {
  const path = (name) => join(folder, name);
  const hidden = (tab, id) => tab.$eval("#" + id, (element) => element.hidden);
  const ticketOf = (...args) => {
    // A ticket has the time of its newest record.
    commandLine(["ticket", "--quiet", "--force", "--output", "expected.zip", ...args], folder, {});
    return readFileSync(path("expected.zip"));
  };

  /** Writes a report in several forms, and what is none. */
  function prepareReports() {
    const text = commandLine(["doctor", "--quiet", "--format", "json", "settings.toml", "setenv.sh"], folder).toString();
    const report = JSON.parse(text);
    writeFileSync(path("from-server.json"), text);
    writeFileSync(path("utf-16.json"), Buffer.from("\ufeff" + text, "utf16le"));
    writeFileSync(path("reversed.json"), JSON.stringify(Object.fromEntries(Object.entries(report).reverse())));
    const check = { ...report.checks[0], title: HOSTILE, fact: HOSTILE + " client_secret=" + SECRET, id: "client_secret=" + SECRET };
    const source = { name: HOSTILE, format: { ["client_secret=" + SECRET]: SECRET }, notes: ["client_secret=" + SECRET] };
    writeFileSync(path(HOSTILE_NAME), JSON.stringify({ ...report, checks: [check], sources: [source] }));
    writeFileSync(path("half.json"), text.slice(0, text.length / 2));
    writeFileSync(path("later.json"), text.replace("oauthsift.doctor/1", "oauthsift.doctor/2"));
    writeFileSync(path("of-a-log.json"), commandLine(["scan", "--quiet", "--format", "json", "mail-stopped.log"], folder));
  }

  test("a report of the doctor gets into the ticket, as on the command line with --doctor", async () => {
    prepareReports();
    const { tab, errors } = await open(browser());
    const packed = ["jira-support.zip", "network.log"], log = ["network.log"];
    const cases = [["from-server.json", packed], ["utf-16.json", log], ["reversed.json", log], [HOSTILE_NAME, log]];
    for (const [name, logs] of cases) {
      await choose(tab, [name, ...logs].map(path));
      assert.match(await statusOf(tab), /^\d+ failures?, .*; a ticket will hold the report .*\.json$/, name);
      assert.equal(await hidden(tab, "checks"), true, name);
      const found = await save(tab, "ticket");
      assert.ok(found.equals(ticketOf("--doctor", name, ...logs)), `${name} with ${logs}: the ticket differs`);
      assert.ok(found.includes("doctor.json"), name);
      assert.deepEqual(await problemsOf(tab), [], name);
      assert.equal(await tab.evaluate(() => globalThis.ran ?? document.images.length), 0, name);
      await clear(tab);
    }
    // The next ticket does not hold it.
    await choose(tab, log.map(path));
    assert.ok((await save(tab, "ticket")).equals(ticketOf(...log)), "without a report");
    assert.deepEqual(errors, []);
    await tab.close();
  });

  test("a report of the doctor alone asks for logs, and comes before settings that were given", async () => {
    const { tab } = await open(browser());
    await choose(tab, [path("from-server.json")]);
    assert.equal(await statusOf(tab), "Give logs, too: a ticket will hold the report from-server.json");
    assert.deepEqual([await hidden(tab, "checks"), await hidden(tab, "result")], [true, true]);
    await choose(tab, [path("settings.json"), path("network.log")]);
    assert.match(await statusOf(tab), /; settings: .*; a ticket will hold the report from-server\.json, not the check shown here$/);
    assert.ok((await save(tab, "ticket")).equals(ticketOf("--doctor", "from-server.json", "network.log")));
    await tab.close();
  });

  test("what is no report of the doctor, and a second one, is named in a line and not in the ticket", async () => {
    const { tab, errors } = await open(browser());
    for (const name of ["half.json", "later.json", "of-a-log.json"]) {
      const problem = `Error: ${name}: is not a JSON report with the schema oauthsift.doctor/1: `
        + "write one with `oauthsift doctor --format json --output FILE`";
      await choose(tab, [path(name)]);
      assert.deepEqual(await problemsOf(tab), [problem]);
      assert.deepEqual([await hidden(tab, "checks"), await hidden(tab, "result")], [true, true], name);
      await choose(tab, [path("network.log")]);
      assert.deepEqual(await problemsOf(tab), [problem]);
      assert.ok((await save(tab, "ticket")).equals(ticketOf("network.log")), name);
      assert.deepEqual(await problemsOf(tab), [problem], "the ticket is without it");
      await clear(tab);
    }
    await choose(tab, ["from-server.json", "reversed.json", "network.log"].map(path));
    assert.deepEqual(await problemsOf(tab), ["Error: reversed.json: a ticket holds one report of the doctor, here from-server.json"]);
    assert.ok((await save(tab, "ticket")).equals(ticketOf("--doctor", "from-server.json", "network.log")));
    assert.deepEqual(errors, []);
    await tab.close();
  });
}
