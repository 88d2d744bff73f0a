// Measures the page: node speed.mjs [--browser chrome|firefox] [--save KIND] FILE…
//
// Prints the time until the page is ready, and for each file time, rate and peak memory of all processes of the browser
// that hold pages (proportional share).

import { choose, clear, launch, open, save, sizeOf, statusOf } from "./browsers.mjs";
import { memory, processorSeconds } from "./memory.mjs";

const args = process.argv.slice(2);
const option = (name, otherwise) => {
  const at = args.indexOf(name);
  return at < 0 ? otherwise : args.splice(at, 2)[1];
};
const name = option("--browser", "chrome");
const kind = option("--save", null);
const rounds = Number(option("--rounds", "3"));
const browser = await launch(name);

const { tab } = await open(browser, { realTime: true });
const ready = await tab.evaluate(() => performance.getEntriesByName("ready")[0].startTime);
console.log(`${name}: first opening, ready after ${ready.toFixed(0)} ms`);
const times = [];
for (let i = 0; i < 5; i++) {
  const again = await open(browser, { realTime: true });
  times.push(await again.tab.evaluate(() => performance.getEntriesByName("ready")[0].startTime));
  await again.tab.close();
}
console.log(`${name}: later openings, ready after ${times.map((time) => time.toFixed(0)).join(", ")} ms`);
const idle = memory();
console.log(`${name}: memory of the idle page ${idle.page.toFixed(0)} MiB, of all processes ${idle.all.toFixed(0)} MiB`);
for (const path of args) {
  for (let round = 0; round < rounds; round++) {
    let peak = { page: 0, all: 0 };
    const watch = setInterval(() => {
      const now = memory();
      peak = { page: Math.max(peak.page, now.page), all: Math.max(peak.all, now.all) };
    }, 200);
    await clear(tab);
    const [started, processor] = [performance.now(), processorSeconds()];
    await choose(tab, [path], { timeout: 600_000 });
    const took = (performance.now() - started) / 1000;
    const used = processorSeconds() - processor;
    let saved = "";
    if (kind) {
      const from = performance.now();
      const bytes = await save(tab, kind, 600_000);
      saved = `; ${kind} of ${(bytes.length / 1e6).toFixed(1)} MB in ${((performance.now() - from) / 1000).toFixed(2)} s`;
    }
    clearInterval(watch);
    const rate = sizeOf(path) / 1e9 / took;
    console.log(`${name}: ${path}: ${took.toFixed(2)} s, ${rate.toFixed(2)} GB/s, ${used.toFixed(2)} s of processor time; `
      + `page ${peak.page.toFixed(0)} MiB, all processes ${peak.all.toFixed(0)} MiB; ${await statusOf(tab)}${saved}`);
  }
}
await browser.close();
