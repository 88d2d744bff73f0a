// Large logs in Chromium: time, and memory that does not grow with them.

import assert from "node:assert/strict";
import { closeSync, openSync, readFileSync, readdirSync, writeSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { browsers, choose, clear, commandLine, launch, open, repository, save, statusOf, temporaryFolder } from "./browsers.mjs";
import { memory } from "./memory.mjs";

const MIB = 1 << 20;
/** Memory in MiB that the page may need, whatever it reads. */
const MAX_PAGE_MIB = 300;
/** Bytes of ordinary lines for each set of failures. */
const ORDINARY_BYTES = 4 * MIB;

const folder = temporaryFolder();
const logs = (from, extension) => readdirSync(join(repository, from)).filter((name) => name.endsWith(extension))
  .map((name) => readFileSync(join(repository, from, name)));

/** A log of at least so many bytes: ordinary lines, and failures now and then. */
function writeLog(name, bytes) {
  const ordinary = Buffer.concat(logs("tests/ordinary-logs", ".log"));
  const repeated = Buffer.alloc(ORDINARY_BYTES - (ORDINARY_BYTES % ordinary.length), ordinary);
  const block = Buffer.concat([repeated, ...logs("sample-logs", ".log")]);
  const file = openSync(join(folder, name), "w");
  for (let written = 0; written < bytes; written += block.length) writeSync(file, block);
  closeSync(file);
  return join(folder, name);
}

test("large logs take little memory, and give the report of the command line", { skip: !browsers.includes("chrome") }, async (context) => {
  const running = await launch("chrome");
  context.after(() => running.close());
  const { tab } = await open(running);
  for (const [name, bytes] of [["200-mib.log", 200 * MIB], ["2-gib.log", 2048 * MIB]]) {
    await clear(tab);
    const log = writeLog(name, bytes);
    let peak = 0;
    const watch = setInterval(() => { peak = Math.max(peak, memory().page); }, 100);
    const started = performance.now();
    await choose(tab, [log], { timeout: 300_000 });
    const seconds = (performance.now() - started) / 1000;
    clearInterval(watch);
    context.diagnostic(`${name}: ${seconds.toFixed(1)} s, ${(bytes / 1e9 / seconds).toFixed(2)} GB/s, ${peak.toFixed(0)} MiB`);
    assert.match(await statusOf(tab), /^[\d,]+ failures/);
    assert.ok(peak < MAX_PAGE_MIB, `${peak} MiB`);
    if (bytes < 1024 * MIB) {
      const expected = commandLine(["scan", "--quiet", "--format", "csv", name], folder);
      assert.ok((await save(tab, "csv", 300_000)).equals(expected), "the findings differ");
    }
  }
});
