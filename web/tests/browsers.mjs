// Real browsers with the built page, and the command line to compare with.

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import puppeteer from "puppeteer-core";

const here = dirname(fileURLToPath(import.meta.url));
export const repository = resolve(here, "../..");
export const builtPage = process.env.PAGE ?? join(here, "../dist/oauthsift.html");
/** 2026-01-01: the time at which all reports are made. */
export const NOW_SECONDS = 1767225600;

const EXECUTABLES = {
  chrome: process.env.CHROMIUM ?? "/usr/bin/chromium",
  firefox: process.env.FIREFOX ?? "/usr/bin/firefox-esr",
};

/** The browsers to test with. In CI both must be there. */
export const browsers = Object.keys(EXECUTABLES).filter((name) => {
  if (existsSync(EXECUTABLES[name])) return true;
  if (process.env.CI === "true") throw new Error(EXECUTABLES[name] + " is missing");
  console.log("skipped: tests in " + name + ", which is not at " + EXECUTABLES[name]);
  return false;
});

/** A folder that is removed at the end. */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), "oauthsift-page-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function launch(name, options = {}) {
  return puppeteer.launch({
    browser: name,
    executablePath: EXECUTABLES[name],
    headless: true,
    args: name === "chrome" ? ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"] : [],
    protocolTimeout: 300_000,
    ...options,
  });
}

/** The built page in a new tab, with what it requests, logs and saves. */
export async function open(browser, { url = pathToFileURL(builtPage).href, realTime = false } = {}) {
  const tab = await browser.newPage();
  const requests = [], errors = [];
  tab.on("request", (request) => requests.push(request.url()));
  tab.on("pageerror", (error) => errors.push(String(error)));
  tab.on("console", (message) => {
    if (["error", "warn", "warning"].includes(message.type())) errors.push(message.text());
  });
  await tab.evaluateOnNewDocument((now) => {
    if (now) Date.now = () => now;
    // What is saved stays in the page.
    globalThis.savedFiles = [];
    const click = HTMLAnchorElement.prototype.click;
    HTMLAnchorElement.prototype.click = function () {
      if (!this.download) return click.call(this);
      // The address is a name of the blob, which outlives it.
      globalThis.savedFiles.push({ name: this.download, blob: globalThis.blobs.get(this.href) });
    };
    globalThis.blobs = new Map();
    const create = URL.createObjectURL;
    URL.createObjectURL = (blob) => {
      const address = create(blob);
      globalThis.blobs.set(address, blob);
      return address;
    };
  }, realTime ? 0 : NOW_SECONDS * 1000);
  await tab.goto(url);
  await tab.waitForFunction(() => performance.getEntriesByName("ready").length > 0, { timeout: 60_000 });
  return { tab, requests, errors };
}

/** Chooses files; of a folder, its path. */
export async function choose(tab, paths, { folder = false, timeout = 60_000 } = {}) {
  const input = await tab.$(folder ? "#folder" : "#files");
  await input.uploadFile(...paths);
  await finished(tab, timeout);
}

/** Waits for the end of what runs. Returns the status line. */
export async function finished(tab, timeout = 60_000) {
  await tab.waitForFunction(() => {
    const status = document.getElementById("status").textContent;
    return document.getElementById("running").hidden && !status.endsWith("…")
      && (status !== "" || !document.getElementById("problems").hidden);
  }, { timeout, polling: 20 });
  return statusOf(tab);
}

export const statusOf = (tab) => tab.$eval("#status", (status) => status.textContent);
export const problemsOf = (tab) => tab.$$eval("#problems li", (items) => items.map((item) => item.textContent));

/** Saves the report and returns the bytes of the file. */
export async function save(tab, kind, timeout = 60_000) {
  const before = await tab.evaluate(() => savedFiles.length);
  await tab.$eval(`button[data-save=${kind}]`, (button) => button.click());
  await tab.waitForFunction((before) => savedFiles.length > before, { timeout, polling: 20 }, before);
  await finished(tab, timeout);
  const data = await tab.evaluate(async () => {
    const { blob } = savedFiles.at(-1);
    const reader = new FileReader();
    await new Promise((done) => { reader.onload = done; reader.readAsDataURL(blob); });
    return reader.result;
  });
  return Buffer.from(data.slice(data.indexOf(",") + 1), "base64");
}

/** Removes what was given. */
export async function clear(tab) {
  await tab.evaluate(() => { inputs.clear(); return read(); });
}

/** Runs the command line; a report is expected whatever the exit code. */
export function commandLine(args, cwd, environment = { SOURCE_DATE_EPOCH: String(NOW_SECONDS) }) {
  const program = process.env.OAUTHSIFT ?? join(repository, "target/debug/oauthsift");
  try {
    return execFileSync(program, args, { cwd, env: { ...process.env, ...environment }, maxBuffer: 1 << 30, stdio: ["ignore", "pipe", "ignore"] });
  } catch (error) {
    if ([1, 2].includes(error.status) && error.stdout !== undefined) return error.stdout;
    throw error;
  }
}

/** Serves the built page on the loopback interface, and counts requests. */
export async function serve() {
  const requests = [];
  const server = createServer((request, response) => {
    requests.push(request.url);
    response.setHeader("content-type", "text/html");
    response.end(request.url === "/oauthsift.html" ? readFileSync(builtPage) : "");
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return { url: `http://127.0.0.1:${server.address().port}/oauthsift.html`, requests, close: () => server.close() };
}

export const sizeOf = (path) => statSync(path).size;
