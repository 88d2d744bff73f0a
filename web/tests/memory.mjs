// Memory of the browsers that this process has started, on Linux.

import { readdirSync, readFileSync } from "node:fs";

/** Processes that started from this one. */
function descendants(root) {
  const parents = new Map();
  for (const pid of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      parents.set(Number(pid), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
    } catch { /* It has ended. */ }
  }
  const within = (pid) => pid === root || (parents.has(pid) && within(parents.get(pid)));
  return [...parents.keys()].filter((pid) => pid !== root && within(pid));
}

/** Memory in MiB of the largest process that holds a page, and of all processes. */
export function memory() {
  let page = 0, all = 0;
  for (const pid of descendants(process.pid)) {
    try {
      const pss = Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))[1]) / 1024;
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      all += pss;
      if (/--type=renderer|-contentproc/.test(command)) page = Math.max(page, pss);
    } catch { /* It has ended. */ }
  }
  return { page, all };
}

/** Seconds of processor time that the processes have used. */
export function processorSeconds() {
  let ticks = 0;
  for (const pid of descendants(process.pid)) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      ticks += Number(fields[11]) + Number(fields[12]);
    } catch { /* It has ended. */ }
  }
  return ticks / 100;
}
