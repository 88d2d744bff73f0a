#!/usr/bin/env python3
"""Writes the seeds of all fuzz targets to fuzz/corpus/, from the sample logs, the test data and the catalogue.

Run it again after the test data has changed; what the fuzzer has found stays. Needs nothing but Python.
The last bytes of an input choose sizes: see the properties in tests/support/properties/ and src/fuzzing.rs.
"""

import bz2
import gzip
import hashlib
import io
import json
import lzma
import pathlib
import re
import tarfile
import tomllib
import zipfile

FUZZ = pathlib.Path(__file__).resolve().parent
ROOT = FUZZ.parent
MAX_LOG_BYTES = 3000


def put(target: str, seed: bytes) -> None:
    folder = FUZZ / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / hashlib.sha1(seed).hexdigest()).write_bytes(seed)


def logs() -> list[bytes]:
    """The start of every log, and the logs of the corpus and of the catalogue's samples."""
    found = []
    for folder in ["sample-logs", "tests/scenarios", "tests/ordinary-logs", "tests/realjava"]:
        for path in sorted((ROOT / folder).rglob("*.log")):
            found.append(path.read_bytes()[:MAX_LOG_BYTES])
    for path in sorted((ROOT / "tests/corpus").glob("*.toml")):
        for case in tomllib.loads(path.read_text()).get("case", []):
            if isinstance(case.get("log"), str):
                found.append(case["log"].encode()[:MAX_LOG_BYTES])
    for path in sorted((ROOT / "patterns").glob("*.toml")):
        for entry in tomllib.loads(path.read_text()).get("pattern", []):
            for sample in entry.get("sample", [])[:1]:
                found.append(sample["log"].encode()[:MAX_LOG_BYTES])
    return found


def prefixed(log: bytes, prefix: bytes) -> bytes:
    return b"".join(prefix + line for line in log.splitlines(keepends=True))


def docker(log: bytes) -> bytes:
    lines = log.decode("utf-8", "replace").splitlines(keepends=True)
    return b"".join(json.dumps({"log": line, "stream": "stdout"}).encode() + b"\n" for line in lines)


PREFIXES = [
    b"> ",
    b"12:",
    b"2026-01-05T19:34:03.123456789Z stdout F ",
    b"<11>1 2026-01-05T20:34:03.1Z jira01 jira 7 - - ",
    b"Jan  5 20:34:03 jira01 jira[7]: ",
    b"jira-1  | ",
    b"[pod/jira-0/jira] ",
]


def tar(entries: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in entries.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def packed(entries: dict[str, bytes], method: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return out.getvalue()


def zst(content: bytes) -> bytes:
    """One frame with one raw block, after a skippable frame (RFC 8878, sections 3.1.1 and 3.1.2)."""
    content = content[:255]
    block = (1 | len(content) << 3).to_bytes(3, "little")
    return b"\x50\x2a\x4d\x18\x02\0\0\0ab" + b"\x28\xb5\x2f\xfd\x20" + bytes([len(content)]) + block + content


def text_seeds() -> None:
    for i, log in enumerate(logs()):
        sizes = bytes([i % 251, i * 7 % 251, i * 13 % 251, i % 5])
        wrapped = prefixed(log[:1500], PREFIXES[i % len(PREFIXES)])
        in_json = docker(log[:800])
        text = [log, wrapped, in_json][i % 3]
        for target in ["record_start", "chunks", "header", "envelope", "redaction"]:
            put(target, text + sizes)
        # These run slowly: with few seeds the fuzzer soon begins to look for others.
        if i % 8 == 0:
            for target in ["scan", "follow_log", "ticket_check"]:
                put(target, text + sizes)


def archive_seeds() -> None:
    some = [log[:1200] for log in logs() if len(log) > 300][:40:5]
    for i, log in enumerate(some):
        gz = gzip.compress(log, mtime=0)
        entries = {"node1/atlassian-jira.log": log, "node2/atlassian-jira.log.1.gz": gz, "x/" + "y" * 120 + ".log": log}
        zips = [packed(entries, method) for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)]
        whole = [gz, gz + gz[:40] + gz, bz2.compress(log), lzma.compress(log), zst(log), *zips]
        whole += [packed({"node1.zip": zips[1]}, zipfile.ZIP_DEFLATED), tar(entries), gzip.compress(tar(entries), mtime=0)]
        for archive in whole:
            put("archives", archive + bytes(4))
            put("ticket_check", archive)
        for packing in range(16):
            put("archives", log + bytes([packing, i * 31 % 256, i * 57 % 256, i * 5 % 256]))


def catalogue_seeds() -> None:
    for path in sorted((ROOT / "patterns").glob("*.toml")):
        head, *entries = re.split(r"(?m)^(?=\[\[pattern\]\])", path.read_text())
        for entry in entries[:4]:
            put("catalogue", (head + entry).encode())
    for folder in ["bad-patterns", "own-patterns"]:
        for path in sorted((ROOT / "tests" / folder).glob("*.toml")):
            put("catalogue", path.read_bytes())


def report_seeds() -> None:
    def incident(pattern: str, tenant: str, day: int) -> dict:
        seen = f"2026-01-{day:02}T20:34:03.014+01:00"
        subject = {"app_id": None, "tenant": tenant, "mailbox": "mailbox-1@…", "integration": "user-2"}
        return {"pattern": pattern, "code": 7000215, "title": "Title", "severity": "critical", "count": day,
                "first_seen": seen, "last_seen": seen, "subject": subject}

    def report(*incidents: dict) -> bytes:
        inputs = [{"first_timestamp": "2026-01-01T00:00:00.000", "last_timestamp": "2026-01-09T00:00:00.000"}]
        return json.dumps({"schema": "oauthsift.report/1", "generated_at": "2026-01-09T00:00:00Z", "inputs": inputs,
                           "summary": {"findings": len(incidents)}, "incidents": incidents}).encode()

    old = report(incident("entra-client-secret-invalid", "contoso", 3), incident("net-unknown-host", "mailbox-12@…", 4))
    new = report(incident("entra-client-secret-invalid", "contoso", 8), incident("jira-flow-generic", "fabrikam", 7))
    for seed in [old, new, old + b"\0" + new, report() + b"\0" + old, b"{}", b"\xef\xbb\xbf" + old]:
        put("report", seed)


def follow_seeds() -> None:
    put("follow_state", (FUZZ / "seeds/state.json").read_bytes())
    for seed in range(64):
        put("follow_model", b"".join(hashlib.sha256(bytes([seed, part])).digest() for part in range(1 + seed // 8)))


text_seeds()
archive_seeds()
catalogue_seeds()
report_seeds()
follow_seeds()
for folder in sorted((FUZZ / "corpus").iterdir()):
    print(f"{folder.name}: {len(list(folder.iterdir()))}")
