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
  run(folder, "tar", "-czf", "both-nodes.tar.gz", "node1.zip", "node2.zip");
  run(folder, "tar", "-cf", "jira-logs.tar", first);
  for (const [program, extension] of [["gzip", "gz"], ["bzip2", "bz2"], ["xz", "xz"], ["zstd", "zst"]]) {
    run(folder, "tar", "-cf", `jira-logs.tar.${extension}`, `--use-compress-program=${program}`, first, second);
  }
  writeFileSync(join(folder, "mail-stopped.log.gz"), gzipSync(readFileSync(join(folder, "mail-stopped.log"))));
  run(folder, "zstd", "-q", "network.log", "-o", "network.log.zst");
  run(folder, "bzip2", "-k", "lost-session.log");
  const archives = [
    "logs.tar.xz", "jira-support.zip", "jira-stored.zip", "both-nodes.zip", "both-nodes.tar.gz", "jira-logs.tar", "jira-logs.tar.gz",
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

/** A secret that is in every file with settings, and may be in nothing that is shown or saved. */
export const SECRET = "Xq38Q~planted.in-the_settings-0123456789ab";
const INTEGRATION = "6f1c2b9e-1f7a-4a53-9c61-0d2f4a7b8c11";
const MICROSOFT = "https://login.microsoftonline.com/common/oauth2/v2.0";

/** Writes settings in all forms. Each has a name, files, those of them that are logs, and whether settings are in it. */
export function prepareSettings(folder) {
  const write = (name, text) => writeFileSync(join(folder, name), text);
  write("settings.toml", `[jira]
version = "9.12.4"
base_url = "https://jira.example.com"

[[integration]]
name = "Mail"
type = "Microsoft"
client_id = "00000000-0000-0000-0000-000000000001"
client_secret = "${SECRET}"
authorization_endpoint = "${MICROSOFT}/authorize"
token_endpoint = "${MICROSOFT}/token"
scopes = ["https://outlook.office.com/IMAP.AccessAsUser.All"]
`);
  write("settings.json", JSON.stringify({ integration: [{
    name: "Mail", type: "Microsoft", client_secret: SECRET, description: SECRET,
    authorization_endpoint: `${MICROSOFT}/authorize?client_secret=${SECRET}`, token_endpoint: `${MICROSOFT}/token`,
  }] }));
  write("rows.csv", "ID,NAME,DESCRIPTION,TYPE,CLIENT_ID,CLIENT_SECRET,AUTHORIZATION_ENDPOINT,TOKEN_ENDPOINT,SCOPES\n"
    + `${INTEGRATION},"Row ${SECRET}",${SECRET},MICROSOFT,${SECRET},${SECRET},${MICROSOFT}/authorize,${MICROSOFT}/token,${SECRET}\n`);
  const columns = ["id", "name", "type", "client_secret", "authorization_endpoint", "token_endpoint"];
  const cells = [INTEGRATION, "Mail", "MICROSOFT", SECRET, `${MICROSOFT}/authorize`, `${MICROSOFT}/token`];
  const widths = cells.map((cell, i) => Math.max(cell.length, columns[i].length));
  const psqlLine = (line) => " " + line.map((cell, i) => cell.padEnd(widths[i])).join(" | ") + "\n";
  write("psql.txt", psqlLine(columns) + widths.map((width) => "-".repeat(width + 2)).join("+") + "\n" + psqlLine(cells) + "(1 row)\n\n");
  write("setenv.sh", `JVM_SUPPORT_RECOMMENDED_ARGS="-Dhttps.proxyHost=proxy.example.com -Dhttps.proxyPort=3128 -Dhttps.proxyPassword=${SECRET}"\n`);
  const row = (table, columns, cells) => `  <data tableName="${table}">\n`
    + columns.map((name) => `    <column name="${name}"/>\n`).join("")
    + `    <row>${cells.map((cell) => `<string>${cell}</string>`).join("")}</row>\n  </data>\n`;
  write("activeobjects.xml", '<?xml version="1.0" encoding="UTF-8"?>\n<backup xmlns="http://www.atlassian.com/ao">\n'
    + row("AO_723324_CLIENT_CONFIG", columns.map((name) => name.toUpperCase()), cells) + "</backup>\n");
  run(folder, "zip", "-q", "backup.zip", "activeobjects.xml");
  mkdirSync(join(folder, "bin"));
  cpSync(join(folder, "setenv.sh"), join(folder, "bin/setenv.sh"));
  cpSync(join(folder, "mail-stopped.log"), join(folder, "bin/atlassian-jira.log"));
  run(folder, "zip", "-q", "Jira_support.zip", "bin/setenv.sh", "bin/atlassian-jira.log");
  run(folder, "zip", "-q", "Jira_settings.zip", "bin/setenv.sh");
  cpSync(join(folder, "mail-stopped.log"), join(folder, "excerpt.txt"));
  write("notes.txt", "The meeting is on Monday.\n");
  write("broken.toml", `[[integration]]\nclient_secret = "${SECRET}\n`);
  return [
    ...["settings.toml", "settings.json", "rows.csv", "psql.txt", "setenv.sh", "activeobjects.xml", "backup.zip", "Jira_settings.zip", "broken.toml"]
      .map((name) => ({ name, files: [name], settings: [name], logs: [] })),
    { name: "all settings", files: ["settings.toml", "rows.csv", "setenv.sh"], settings: ["settings.toml", "rows.csv", "setenv.sh"], logs: [] },
    { name: "settings and notes", files: ["settings.toml", "notes.txt"], settings: ["settings.toml"], logs: [], problem: /^Error: notes\.txt: holds no settings/ },
    { name: "settings and a log", files: ["settings.toml", "mail-stopped.log"], settings: ["settings.toml"], logs: ["mail-stopped.log"] },
    { name: "rows and a log", files: ["network.log", "rows.csv", "setenv.sh"], settings: ["rows.csv", "setenv.sh"], logs: ["network.log"] },
    { name: "settings and an excerpt", files: ["settings.toml", "excerpt.txt"], settings: ["settings.toml"], logs: ["excerpt.txt"] },
    { name: "support zip", files: ["Jira_support.zip"], settings: ["Jira_support.zip"], logs: ["Jira_support.zip"] },
    { name: "settings and a packed log", files: ["mail-stopped.log.gz", "settings.json"], settings: ["settings.json"], logs: ["mail-stopped.log.gz"] },
    { name: "backup and a support zip", files: ["backup.zip", "jira-support.zip"], settings: ["backup.zip"], logs: ["jira-support.zip"] },
  ];
}
