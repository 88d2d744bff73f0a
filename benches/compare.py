"""Called by compare.sh: runs commands in alternating pairs and prints a Markdown table."""

import os
import shutil
import statistics
import subprocess
import sys
import time

RUNS = int(os.environ["RUNS"])
DIR, SIZE, OURS, QUARTER, OWN, SUPPORT = (
    os.environ[name] for name in ("DIR", "SIZE", "OURS", "QUARTER", "OWN", "SUPPORT"))
EXTRACT = r"AADSTS(\d+):[^\r\n]*?\s+Trace ID: ([0-9a-f-]{36})\s+Correlation ID: ([0-9a-f-]{36})"
MAWK = r"""
function flush() { if (code != "") n[code]++; code = "" }
/^[0-9x][0-9x][0-9x][0-9x]-[0-9x][0-9x]-[0-9x][0-9x] / { flush(); bad = / (ERROR|WARN) / }
bad && code == "" && match($0, /AADSTS[0-9]+/) { code = substr($0, RSTART, RLENGTH) }
END { flush(); for (c in n) print n[c], c }
"""


def once(command):
    """Returns wall time in seconds and peak private memory in MiB."""
    # A file, because grep stops at the first match if its output is /dev/null.
    with open(f"{DIR}/out", "wb") as out:
        start = time.monotonic()
        process = subprocess.Popen(["bash", "-c", "exec " + command if " | " not in command else command],
                                   stdout=out, stderr=subprocess.DEVNULL)
    private = 0
    status = f"/proc/{process.pid}/status"
    while process.poll() is None:
        try:
            with open(status) as lines:
                private = max([private] + [int(line.split()[1]) for line in lines if line.startswith("RssAnon")])
        except OSError:
            pass
        time.sleep(0.002)
    wall = time.monotonic() - start
    return wall, private / 1024


def pair(ours, theirs):
    for command in (ours, theirs):
        once(command)
    rows = [(once(ours), once(theirs)) for _ in range(RUNS)]
    middle = statistics.median
    return (middle(a[0] for a, _ in rows), middle(b[0] for _, b in rows), middle(a[0] / b[0] for a, b in rows),
            max(a[1] for a, _ in rows), max(b[1] for _, b in rows))


def version(tool):
    text = subprocess.run([tool, "--version"], capture_output=True, text=True, check=False).stdout
    return text.splitlines()[0] if text else tool


def main():
    rates = ("0.0001", "0.01", "0.2")
    jobs = []
    for rate in rates:
        log = f"{DIR}/{SIZE}-{rate}.log"
        scan, jsonl = f"{OURS} scan {log}", f"{OURS} scan --format jsonl {log}"
        jobs += [
            (rate, "summary", scan, "rg", f"rg -c AADSTS {log}", log),
            (rate, "summary", scan, "grep", f"grep -c AADSTS {log}", log),
            (rate, "summary", scan, "mawk", f"mawk '{MAWK}' {log}", log),
            (rate, "summary", scan, "agrind", f"agrind -f {log} '\"AADSTS\" | parse \"AADSTS*:\" as code | count by code'", log),
            (rate, "jsonl", jsonl, "rg", f"rg -U -o -r '$1 $2 $3' '{EXTRACT}' {log}", log),
        ]
        if rate == "0.01":
            jobs.append((rate, "summary", scan, "lnav", f"lnav -n -c ';SELECT count(*) FROM generic_log' {log}", log))
    for rate in rates:
        log = f"{DIR}/{SIZE}-{rate}.log"
        scan, jsonl = f"{OURS} scan {log}", f"{OURS} scan --format jsonl {log}"
        # Ours with ours: what a second thread gives, and what the search costs without AVX-512.
        jobs += [
            (rate, "summary, 2 threads", f"{scan} --threads 2", "oauthsift", f"{scan} --threads 1", log),
            (rate, "jsonl, 2 threads", f"{jsonl} --threads 2", "oauthsift", f"{jsonl} --threads 1", log),
            (rate, "summary, AVX2", f"env OAUTHSIFT_SEARCH=avx2 {scan}", "oauthsift", scan, log),
            (rate, "summary, no vectors", f"env OAUTHSIFT_SEARCH=scalar {scan}", "oauthsift", scan, log),
        ]
    own = f"{OURS} scan {OWN}"
    jobs += [
        ("0.2", "summary, an application each", own, "rg", f"rg -c AADSTS {OWN}", OWN),
        ("0.2", "summary, an application each, 2 threads", f"{own} --threads 2", "oauthsift", f"{own} --threads 1", OWN),
        ("0.2", "jsonl, an application each", f"{own} --format jsonl", "oauthsift", own, OWN),
    ]
    support = f"{SUPPORT}/Jira_support.zip"
    if os.path.exists(support):
        jobs.append(("0.01", "summary of a support zip", f"{OURS} scan {support}", "rg",
                     f"unzip -p {support} | rg -c AADSTS", f"{DIR}/{SIZE}-0.01.log"))
    for packed in (f"{QUARTER}.log.gz", f"{QUARTER}/Jira_support.zip"):
        if os.path.exists(packed):
            unpack = "zcat" if packed.endswith(".gz") else "unzip -p"
            jobs.append(("0.01", f"summary of .{packed.rsplit('.', 1)[1]}", f"{OURS} scan {packed}", "rg",
                         f"{unpack} {packed} | rg -c AADSTS", f"{QUARTER}.log"))
    print(f"{version('rg') if shutil.which('rg') else ''}; {os.cpu_count()} processors; {RUNS} pairs\n", file=sys.stderr)
    print("| failures | ours | compared with | ours s | theirs s | ratio | ours GB/s | ours MiB | theirs MiB |")
    print("|---|---|---|---|---|---|---|---|---|")
    missing = set()
    for rate, what, ours, tool, theirs, log in jobs:
        if tool != "oauthsift" and not shutil.which(tool):
            missing.add(tool)
            continue
        a, b, ratio, mine, other = pair(ours, theirs)
        speed = os.path.getsize(log) / a / 1e9
        shown = theirs.replace(DIR + "/", "").split(" '")[0] if tool in ("mawk", "agrind") else theirs.replace(DIR + "/", "")
        shown = shown.replace(OURS, "oauthsift").replace(EXTRACT, "…").replace("|", "\\|")
        print(f"| {rate} | {what} | `{shown}` | {a:.3f} | {b:.3f} | **{ratio:.2f}** | {speed:.1f} | {mine:.0f} | {other:.0f} |", flush=True)
    if missing:
        print(f"\nNot installed: {', '.join(sorted(missing))}.")
    print("\nCorrectness (number of failures with a code, compared with what was generated):\n")
    print("| failures | generated | ours | `rg -c AADSTS` |\n|---|---|---|---|")
    for rate in rates:
        log = f"{DIR}/{SIZE}-{rate}.log"
        count = lambda command: int(subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False).stdout or 0)
        truth = count(f"grep -c '\"code\":[0-9]' {log}.truth")
        mine = count(f"{OURS} scan --format jsonl {log} | grep -c '\"code\":[0-9]'")
        other = count(f"rg -c AADSTS {log}") if shutil.which("rg") else 0
        print(f"| {rate} | {truth} | {mine} | {other} |")


if __name__ == "__main__":
    main()
