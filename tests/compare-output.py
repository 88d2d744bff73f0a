#!/usr/bin/env python3
"""Shows that two builds give the same output: JSON, JSON lines, CSV and exit codes, byte for byte.

    tests/compare-output.py [--ignore-texts] OLD-BINARY NEW-BINARY [PATH…]

Without PATH it takes the sample logs, the scenarios and the corpus. With --ignore-texts the
sentences that are meant for a person (causes, steps, statements, fault messages) are left out of
the comparison; keys, ids, codes, counts, times and everything read from the log are not.
"""

import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
TEXTS = {"title", "cause", "steps", "references", "headline", "text", "because", "message_of_fault", "fix"}


def without_texts(value):
    if isinstance(value, dict):
        if "kind" in value and "offset" in value and "message" in value:
            value = {key: item for key, item in value.items() if key != "message"}
        return {key: without_texts(item) for key, item in value.items() if key not in TEXTS and key != "fault"}
    if isinstance(value, list):
        return [without_texts(item) for item in value]
    return value


def run(binary, form, path, ignore_texts):
    environment = dict(os.environ, SOURCE_DATE_EPOCH="1767600000", TZ="UTC")
    done = subprocess.run([binary, "scan", "--format", form, str(path)], capture_output=True, env=environment)
    output = done.stdout
    if ignore_texts and form == "csv":
        output = b""
    elif ignore_texts:
        lines = [output] if form == "json" else output.splitlines()
        output = "\n".join(json.dumps(without_texts(json.loads(line))) for line in lines if line).encode()
    return done.returncode, output


def main():
    arguments = sys.argv[1:]
    ignore_texts = "--ignore-texts" in arguments
    old, new, *paths = [argument for argument in arguments if argument != "--ignore-texts"]
    if not paths:
        paths = sorted((ROOT / "sample-logs").iterdir())
        paths += sorted(path for path in (ROOT / "tests/scenarios").iterdir() if path.is_dir())
        paths += sorted(path for path in (ROOT / "tests/corpus").rglob("*") if path.is_file())
    different = 0
    for path in paths:
        for form in ("json", "jsonl", "csv"):
            if run(old, form, path, ignore_texts) != run(new, form, path, ignore_texts):
                different += 1
                print(f"different: {form} of {path}")
    print(f"{len(paths)} inputs, 3 formats, {different} different")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
