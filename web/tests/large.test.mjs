// Large logs and archives: time, and memory that does not grow with them. With LARGE=full a log of 2 GiB and a zip of
// 1 GiB; otherwise, as in CI, sizes that take a minute, each larger than the memory that is allowed or adding more to it
// than is allowed.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { closeSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";

import {
  browsers, choose, clear, commandLine, launch, open, repository, save, sizeOf, statusOf, temporaryFolder,
} from "./browsers.mjs";
import { memory } from "./memory.mjs";

const MIB = 1 << 20;
const IS_FULL = process.env.LARGE === "full";
/** Sizes in MiB: of logs, of which the first is compared with the command line; of a zip; of each of two zips in an archive. */
const SIZES = IS_FULL ? { logs: [200, 2048], zip: 1024, held: 110 } : { logs: [32, 384], zip: 176, held: 48 };
/** Memory in MiB that the page may need, whatever it reads. */
const MAX_PAGE_MIB = IS_FULL ? { log: 300, archive: 300 } : { log: 200, archive: 250 };
/** Until then the report is shown, and what showing it took is free. */
const SHOWN_AFTER_MS = 2000;
/** Bytes of ordinary lines for each set of failures. */
const ORDINARY_BYTES = 4 * MIB;

const folder = temporaryFolder();
const logs = (from, extension) => readdirSync(join(repository, from)).filter((name) => name.endsWith(extension))
  .map((name) => readFileSync(join(repository, from, name)));

/** Ordinary lines, then failures. */
function blockOf(ordinary) {
  const repeated = Buffer.alloc(ORDINARY_BYTES - (ORDINARY_BYTES % ordinary.length), ordinary);
  return Buffer.concat([repeated, ...logs("sample-logs", ".log")]);
}

/** A log of at least so many bytes: ordinary lines, and failures now and then. */
function writeLog(name, bytes, block = blockOf(Buffer.concat(logs("tests/ordinary-logs", ".log")))) {
  const file = openSync(join(folder, name), "w");
  for (let written = 0; written < bytes; written += block.length) writeSync(file, block);
  closeSync(file);
  return join(folder, name);
}

/** Ordinary lines that compress to half of their size or less: there is something in each line that is in no other. */
function linesThatDiffer() {
  const line = (_, second) => `2026-01-05 09:${String(second).padStart(2, "0")}:00,000+0000 Caesium-1-2 INFO [c.a.j.index.Segments] `
    + `Segment ${randomBytes(40).toString("hex")} was written\n`;
  let text = "";
  while (text.length < ORDINARY_BYTES / 2) text += Array.from({ length: 60 }, line).join("");
  return Buffer.from(text);
}

/** A zip of at least so many bytes with a rotated log of which all files differ. */
function writeZip(name, bytes, block) {
  const files = 8;
  const logBytes = bytes * 1.05 * (block.length / deflateRawSync(block, { level: 1 }).length) / files;
  const names = Array.from({ length: files }, (_, number) => "atlassian-jira.log" + (number === 0 ? "" : "." + number));
  names.forEach((log, number) => writeLog(log, logBytes + number * block.length, block));
  execFileSync("zip", ["-q1", name, ...names], { cwd: folder });
  const blocks = names.reduce((sum, log) => sum + sizeOf(join(folder, log)) / block.length, 0);
  names.forEach((log) => rmSync(join(folder, log)));
  return { zip: join(folder, name), blocks };
}

/** Reads a file, and checks the memory that this takes: less than `max` MiB. */
async function read(context, tab, path, max) {
  await clear(tab);
  let peak = 0;
  const watch = setInterval(() => { peak = Math.max(peak, memory().page); }, 100);
  const started = performance.now();
  await choose(tab, [path], { timeout: 600_000 });
  const seconds = (performance.now() - started) / 1000;
  await new Promise((shown) => setTimeout(shown, SHOWN_AFTER_MS));
  clearInterval(watch);
  context.diagnostic(`${path.slice(folder.length + 1)}: ${seconds.toFixed(1)} s, ${(sizeOf(path) / 1e9 / seconds).toFixed(2)} GB/s, ${peak.toFixed(0)} MiB`);
  assert.ok(peak < max, `${peak} MiB`);
}

for (const browser of browsers) {
  test(`large logs take little memory in ${browser}, and give the report of the command line`, async (context) => {
    const running = await launch(browser);
    context.after(() => running.close());
    const { tab } = await open(running);
    const nameOf = (mebibytes) => `${mebibytes}-mib.log`;
    for (const mebibytes of SIZES.logs) {
      await read(context, tab, writeLog(nameOf(mebibytes), mebibytes * MIB), MAX_PAGE_MIB.log);
      assert.match(await statusOf(tab), /^[\d,]+ failures/);
    }
    // At the end: how this process gets a file out of the page takes memory of its own.
    const [name] = SIZES.logs.map(nameOf);
    await clear(tab);
    await choose(tab, [join(folder, name)], { timeout: 600_000 });
    const expected = commandLine(["scan", "--quiet", "--format", "csv", name], folder);
    assert.ok((await save(tab, "csv", 300_000)).equals(expected), "the findings differ");
    SIZES.logs.forEach((mebibytes) => rmSync(join(folder, nameOf(mebibytes))));
  });
}

test("a large zip takes little memory, and all failures in it are found", { skip: !browsers.includes("chrome") }, async (context) => {
  const block = blockOf(linesThatDiffer());
  writeFileSync(join(folder, "block.log"), block);
  const { summary } = JSON.parse(commandLine(["scan", "--quiet", "--format", "json", "block.log"], folder));
  const { zip, blocks } = writeZip("large.zip", SIZES.zip * MIB, block);
  assert.ok(sizeOf(zip) >= SIZES.zip * MIB, `${sizeOf(zip)} bytes`);
  const running = await launch("chrome");
  context.after(() => running.close());
  const { tab } = await open(running);
  await read(context, tab, zip, MAX_PAGE_MIB.archive);
  const failures = (blocks * summary.findings).toLocaleString("en-US");
  assert.ok((await statusOf(tab)).startsWith(`${failures} failures, `), `${await statusOf(tab)} instead of ${failures} failures`);
  assert.deepEqual(await tab.$$eval("#problems li", (items) => items.map((item) => item.textContent)), []);
});

test("zips in a compressed archive are kept outside of the page's memory", { skip: !browsers.includes("chrome") }, async (context) => {
  const block = blockOf(linesThatDiffer());
  const nodes = [1, 2].map((number) => writeZip(`node${number}.zip`, (SIZES.held + number) * MIB, block).zip.slice(folder.length + 1));
  execFileSync("tar", ["-cf", "nodes.tar.gz", "--use-compress-program=gzip -1", ...nodes], { cwd: folder });
  const running = await launch("chrome");
  context.after(() => running.close());
  const { tab } = await open(running);
  await read(context, tab, join(folder, "nodes.tar.gz"), MAX_PAGE_MIB.archive);
  assert.match(await statusOf(tab), /^[\d,]+ failures/);
});
