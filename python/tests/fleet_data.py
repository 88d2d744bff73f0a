"""Generated instances with truth: zips, folders, several nodes, rotated logs, and some that are damaged."""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import shutil
import subprocess
import tarfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, List, Tuple

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = ROOT / "tests" / "scenarios"


@dataclass
class Fleet:
    """Instances in a folder."""

    folder: Path
    #: The trace ids that the generator wrote, by instance; those of damaged instances are not known.
    truth: Dict[str, List[str]] = field(default_factory=dict)
    #: Failures that the generator wrote, by instance.
    failures: Dict[str, int] = field(default_factory=dict)
    damaged: List[str] = field(default_factory=list)

    def paths(self) -> Dict[str, str]:
        """The path of each instance."""
        return {instance_of(path): str(path) for path in sorted(self.folder.iterdir())}


def instance_of(path: Path) -> str:
    """The name of an instance."""
    return path.name if path.is_dir() else path.name.split(".")[0]


def generator() -> Path:
    """The program that writes logs, built if it is not there."""
    given = os.environ.get("OAUTHSIFT_GENERATE_LOG")
    if given:
        return Path(given)
    subprocess.run(["cargo", "build", "--locked", "--quiet", "--example", "generate_log"], cwd=ROOT, check=True)
    return ROOT / "target" / "debug" / "examples" / "generate_log"


def write_log(program: Path, seed: int, size: int, log: Path, rate: float = 0.02) -> List[Dict[str, object]]:
    """Writes a log; returns its failures."""
    truth = log.with_name(log.name + ".truth")
    options = ["--output", log, "--truth", truth, "--bytes", size, "--seed", seed, "--failures", rate]
    subprocess.run([str(program), *map(str, options)], check=True, stderr=subprocess.DEVNULL)
    failures = [json.loads(line) for line in truth.read_text().splitlines()]
    truth.unlink()
    return failures


def make_fleet(folder: Path, count: int, damaged: int, scratch: Path) -> Fleet:
    """Writes instances; the first ones are damaged."""
    folder.mkdir(parents=True)
    scratch.mkdir(parents=True)
    fleet = Fleet(folder)
    program = generator()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        written = list(pool.map(lambda number: _write(fleet.folder, scratch, program, number, damaged), range(count)))
    for name, failures, is_damaged in written:
        if is_damaged:
            fleet.damaged.append(name)
        else:
            fleet.truth[name] = sorted(str(failure["trace_id"]) for failure in failures if failure["trace_id"])
            fleet.failures[name] = len(failures)
    shutil.rmtree(scratch)
    return fleet


def _write(
    folder: Path, scratch: Path, program: Path, number: int, damaged: int
) -> Tuple[str, List[Dict[str, object]], bool]:
    name = f"jira-{number:04}"
    random_number = random.Random(number)
    # A few are much larger than the others.
    size = random_number.randrange(10_000, 60_000) * (20 if number % 50 == 17 else 1)
    nodes = ["node1", "node2"] if number % 3 else [""]
    logs: Dict[str, bytes] = {}
    failures: List[Dict[str, object]] = []
    for node_number, node in enumerate(nodes):
        log = scratch / f"{name}-{node or 'log'}"
        failures += write_log(program, 2 * number + node_number, size, log)
        text = log.read_bytes()
        log.unlink()
        # Rotation cuts anywhere, within records too.
        cut = random_number.randrange(len(text))
        prefix = f"{node}/application-logs/" if node else "application-logs/"
        logs[f"{prefix}atlassian-jira.log.1"] = text[:cut]
        logs[f"{prefix}atlassian-jira.log"] = text[cut:]
    if number < damaged:
        _write_damaged(folder, name, logs, number)
        return name, failures, True
    if number % 3 == 2:
        for path, content in logs.items():
            target = folder / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    else:
        (folder / f"{name}.zip").write_bytes(zip_of(logs))
    return name, failures, False


def zip_of(files: Dict[str, bytes]) -> bytes:
    """A zip with these files; the same bytes each time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 5, 20, 34, 2)), content, zipfile.ZIP_DEFLATED, 1)
    return out.getvalue()


def _write_damaged(folder: Path, name: str, logs: Dict[str, bytes], number: int) -> None:
    whole = zip_of(logs)
    middle = len(whole) // 2
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w:gz") as archive:
        for path, content in logs.items():
            entry = tarfile.TarInfo(path)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    forms = {
        0: ("zip", whole[:middle]),
        1: ("zip", whole[:middle] + bytes(byte ^ 0x5A for byte in whole[middle : middle + 200]) + whole[middle + 200 :]),
        2: ("zip", random.Random(number).randbytes(5000)),
        3: ("zip", whole[: len(whole) - 30]),
        4: ("tar.gz", tar.getvalue()[: len(tar.getvalue()) // 2]),
        5: ("zip", zip_of({"application-logs/atlassian-jira.log": bytes(64 << 20)})),
        6: ("zip", zip_of({"application-logs/atlassian-jira.log.1.gz": gzip.compress(b"x" * 9000)[:-20], **logs})),
        7: ("zip", b"PK\x03\x04" + b"\0" * 60),
        8: ("zip", zip_of({"readme.txt": b"no logs"})),
        9: ("zip", whole[:100]),
    }
    extension, content = forms[number % len(forms)]
    (folder / f"{name}.{extension}").write_bytes(content)


def add_scenarios(folder: Path) -> List[str]:
    """Adds instances with deadlines and lost tokens, from the scenarios of the project's tests."""
    names = []
    for scenario in sorted(SCENARIOS.iterdir()):
        if scenario.is_dir():
            names.append(scenario.name)
            shutil.copytree(scenario, folder / scenario.name, ignore=shutil.ignore_patterns("expected.json"))
    return names
