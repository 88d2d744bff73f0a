"""The program ``python -m oauthsift.spark``, as a user runs it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, List

import oauthsift
import pytest
from cluster import Cluster
from fleet_data import Fleet, add_scenarios, instance_of

PYTHON = Path(__file__).resolve().parents[1]


def run(*arguments: object) -> "subprocess.CompletedProcess[str]":
    return start(sys.executable, "-m", "oauthsift.spark", *arguments)


def start(*command: object) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable}
    words: List[str] = [*map(str, command)]
    return subprocess.run(
        words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True, timeout=900
    )


def test_the_program_writes_tables_and_a_fleet_report(small_fleet: Fleet, tmp_path: Path) -> None:
    folder = tmp_path / "zips"
    shutil.copytree(small_fleet.folder, folder)
    names = add_scenarios(folder)
    (tmp_path / "key").write_bytes(b"0123456789abcdef0123456789abcdef")
    report, output = tmp_path / "fleet.html", tmp_path / "tables"
    common = ["--master", "local[2]", "--input", folder, "--pseudonym-key", tmp_path / "key"]
    done = run(*common, "--output", output, "--report", report)
    assert done.returncode == 0, done.stderr
    assert f"{20 + len(names)} instances" in done.stdout
    data = json.loads(report.with_suffix(".json").read_text("utf-8"))
    assert (data["schema"], data["keyed"]) == ("oauthsift.fleet/1", True)
    expected = sum(
        len(oauthsift.scan(path, errors="keep").findings) for path in folder.iterdir()
    )
    assert data["summary"]["findings"] == expected
    lost = {row["instance"]: row for row in data["instances"]}["secret-expired-then-lost"]
    assert lost["token_invalid_since"].startswith("2026-01-19")
    page = report.read_text("utf-8")
    assert "secret-expired-then-lost" in page and "Not read, or not whole" in page
    # The next run compares with it: one instance has been repaired.
    gone = next(path for path in folder.iterdir() if instance_of(path) == "secret-expired-then-lost")
    gone.rename(tmp_path / "away")
    second = tmp_path / "second.html"
    done = run(*common, "--report", second, "--baseline", report.with_suffix(".json"))
    assert done.returncode == 0, done.stderr
    later: Any = json.loads(second.with_suffix(".json").read_text("utf-8"))
    assert later["summary"]["new"] == 0
    assert {incident["instance"] for incident in later["gone"]} == {"secret-expired-then-lost"}


def test_the_path_of_the_program_is_one_line_in_narrow_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    done = run("--program")
    assert done.returncode == 0 and Path(done.stdout.rstrip("\n")).is_file(), done.stdout


def test_spark_submit_runs_the_program_on_a_cluster(small_fleet: Fleet, tmp_path: Path) -> None:
    import pyspark

    submit = Path(pyspark.__file__).parent / "bin" / "spark-submit"
    program = run("--program").stdout.strip()
    report, output = tmp_path / "fleet.html", tmp_path / "tables"
    (tmp_path / "cluster").mkdir()
    cluster = Cluster(tmp_path / "cluster")
    try:
        cluster.add_worker()
        cluster.wait_for(1)
        common = [submit, "--master", cluster.url, "--conf", "spark.executor.memory=512m", program, "--report", report]
        done = start(*common, "--input", f"{small_fleet.folder}/*", "--output", output)
        assert done.returncode == 0, done.stderr
        assert f"tables: {output}" in done.stdout and "20 instances" in done.stdout
        missing = start(*common, "--input", tmp_path / "no-such-folder")
        # spark-submit prints both streams of the program to its own standard output.
        assert missing.returncode == 2 and "no-such-folder: cannot be listed" in missing.stdout
        assert "Traceback" not in missing.stdout
    finally:
        cluster.stop()
    data = json.loads(report.with_suffix(".json").read_text("utf-8"))
    expected = sum(len(oauthsift.scan(path, errors="keep").findings) for path in small_fleet.folder.iterdir())
    assert data["summary"]["findings"] == expected > 0
    assert "<!DOCTYPE html>" in report.read_text("utf-8")
    for table in ("findings", "incidents", "faults", "instances"):
        assert (output / table / "_SUCCESS").exists() and list((output / table).glob("*.parquet"))


def test_wrong_arguments_end_with_status_2_and_a_reason(tmp_path: Path) -> None:
    for arguments, reason in [
        (["--input", tmp_path], "--output or --report"),
        (["--input", tmp_path, "--report", tmp_path / "r.html", "--baseline", tmp_path / "no.json"], "no.json"),
        (["--input", tmp_path, "--report", tmp_path / "r.json"], "html"),
        (["--input", tmp_path, "--output", "o", "--pseudonym-key", tmp_path / "no.key"], "no.key"),
        (["--input", tmp_path, "--stream"], "--output"),
    ]:
        done = run(*arguments)
        assert done.returncode == 2 and reason in done.stderr, done.stderr
        assert "Traceback" not in done.stderr


def test_the_program_names_its_file_for_spark_submit() -> None:
    assert Path(run("--program").stdout.strip()).name == "__main__.py"
