// The logs and archives that the page and the command line read.

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { repository } from "./browsers.mjs";

const run = (folder, program, ...args) => execFileSync(program, args, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });

/** Prepares all inputs in a folder. Each has a name, and the names of files, or of a folder, in it. */
export function prepare(folder) {
  const samples = readdirSync(join(repository, "sample-logs")).filter((name) => name.endsWith(".log"));
  const scenarios = readdirSync(join(repository, "tests/scenarios"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  for (const name of samples) cpSync(join(repository, "sample-logs", name), join(folder, name));
  for (const name of scenarios) cpSync(join(repository, "tests/scenarios", name), join(folder, name), { recursive: true });
  cpSync(join(repository, "tests/realjava/logs.tar.xz"), join(folder, "logs.tar.xz"));

  // Archives of all kinds, also within each other.
  const [first, second] = ["secret-expired-then-lost", "grant-revoked-with-deadline"];
  run(folder, "zip", "-qr", "jira-support.zip", first);
  run(folder, "zip", "-qr0", "jira-stored.zip", second);
  run(folder, "zip", "-qr", "node1.zip", first);
  run(folder, "zip", "-qr", "node2.zip", second);
  run(folder, "zip", "-q", "both-nodes.zip", "node1.zip", "node2.zip");
  run(folder, "tar", "-cf", "jira-logs.tar", first);
  for (const [program, extension] of [["gzip", "gz"], ["bzip2", "bz2"], ["xz", "xz"], ["zstd", "zst"]]) {
    run(folder, "tar", "-cf", `jira-logs.tar.${extension}`, `--use-compress-program=${program}`, first, second);
  }
  writeFileSync(join(folder, "mail-stopped.log.gz"), gzipSync(readFileSync(join(folder, "mail-stopped.log"))));
  run(folder, "zstd", "-q", "network.log", "-o", "network.log.zst");
  run(folder, "bzip2", "-k", "lost-session.log");
  const archives = [
    "logs.tar.xz", "jira-support.zip", "jira-stored.zip", "both-nodes.zip", "jira-logs.tar", "jira-logs.tar.gz",
    "jira-logs.tar.bz2", "jira-logs.tar.xz", "jira-logs.tar.zst", "mail-stopped.log.gz", "network.log.zst", "lost-session.log.bz2",
  ];

  // What cannot be read, or only in part.
  const zip = readFileSync(join(folder, "jira-support.zip"));
  writeFileSync(join(folder, "truncated.zip"), zip.subarray(0, zip.length / 2));
  writeFileSync(join(folder, "truncated.log.gz"), gzipSync(readFileSync(join(folder, "network.log"))).subarray(0, 400));
  writeFileSync(join(folder, "empty.log"), "");
  writeFileSync(join(folder, "picture.png"), Buffer.from("89504e470d0a1a0a0000000d49484452", "hex"));
  writeFileSync(join(folder, "nothing.zip"), "PK\x05\x06" + "\0".repeat(18));
  const utf16 = Buffer.from("\ufeff" + readFileSync(join(folder, "mail-stopped.log"), "utf8"), "utf16le");
  writeFileSync(join(folder, "utf-16.log"), utf16);
  mkdirSync(join(folder, "no-logs"));
  writeFileSync(join(folder, "no-logs/notes.txt"), "AADSTS7000222");
  const faulty = ["truncated.zip", "truncated.log.gz", "empty.log", "picture.png", "nothing.zip", "utf-16.log"];

  return [
    ...samples.map((name) => ({ name, files: [name] })),
    ...archives.map((name) => ({ name, files: [name] })),
    ...faulty.map((name) => ({ name, files: [name] })),
    ...[...scenarios, "no-logs"].map((name) => ({ name, folder: name })),
    { name: "two zips", files: ["node1.zip", "node2.zip"] },
    { name: "all samples", files: samples },
    { name: "a copy", files: ["mail-stopped.log", "mail-stopped.log.gz"] },
  ];
}
