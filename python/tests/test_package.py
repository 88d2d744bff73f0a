"""The package without any engine."""

from __future__ import annotations

import doctest
import importlib
import io
import json
import os
import pkgutil
import subprocess
import sys
from pathlib import Path
from typing import Any, List

import oauthsift
import pytest
from fleet_data import Fleet, generator, write_log, zip_of
from logs import FAILURE, ORDINARY

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "docs" / "report.schema.json").read_text("utf-8"))


def cli() -> Path:
    """The program, built if it is not there."""
    given = os.environ.get("OAUTHSIFT_BIN")
    if given:
        return Path(given)
    subprocess.run(["cargo", "build", "--locked", "--quiet"], cwd=ROOT, check=True)
    return ROOT / "target" / "debug" / "oauthsift"


@pytest.mark.parametrize("format", ["json", "csv", "markdown", "jira", "html"])
def test_a_report_is_the_one_of_the_program(samples: Path, format: str) -> None:
    path = str(samples / "mail-stopped.log")
    command = [str(cli()), "scan", path, "--format", format]
    expected = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.decode()
    report = oauthsift.scan(path)
    made = str(getattr(report, f"to_{format}")())
    assert made == expected


def test_paths_bytes_and_files_give_the_same_findings(samples: Path) -> None:
    path = samples / "mail-stopped.log"
    content = path.read_bytes()
    expected = [finding.offset for finding in oauthsift.scan(path).findings]
    assert len(expected) == 3
    assert [finding.offset for finding in oauthsift.scan(content).findings] == expected
    assert [finding.offset for finding in oauthsift.scan(io.BytesIO(content)).findings] == expected
    assert [finding.offset for finding in oauthsift.scan([("node1/atlassian-jira.log", content)]).findings] == expected
    with path.open("rb") as file:
        report = oauthsift.scan(file)
    assert report.findings[0].source == str(path)
    zipped = io.BytesIO(zip_of({"log/atlassian-jira.log": content}))
    in_zip = oauthsift.scan(("support.zip", zipped)).findings
    assert [finding.offset for finding in in_zip] == expected
    assert in_zip[0].source == "support.zip!/log/atlassian-jira.log"


def test_a_file_object_is_read_in_blocks_whatever_its_size() -> None:
    content = ORDINARY * 50_000 + FAILURE + ORDINARY * 50_000
    finding = oauthsift.scan(io.BytesIO(content)).findings[0]
    assert (finding.offset, finding.line) == (len(ORDINARY) * 50_000, 50_001)
    zipped = zip_of({"atlassian-jira.log": content})
    assert oauthsift.scan(("a.zip", io.BytesIO(zipped))).findings[0].offset == finding.offset


def test_a_fault_is_an_exception_with_path_and_byte(samples: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "support.zip"
    whole = zip_of({"atlassian-jira.log": FAILURE * 5000})
    damaged.write_bytes(whole[: len(whole) - 40])
    with pytest.raises(oauthsift.InputError) as caught:
        oauthsift.scan([samples / "mail-stopped.log", damaged])
    error = caught.value
    assert (error.kind, error.path.startswith(str(damaged))) == ("damaged", True)
    assert error.path in str(error)
    # The rest was read.
    assert error.report.summary.findings >= 3
    kept = oauthsift.scan([samples / "mail-stopped.log", damaged], errors="keep")
    assert kept.faults == list(error.report.faults)
    with pytest.raises(oauthsift.InputError, match="no such file") as missing:
        oauthsift.scan(tmp_path / "no.log")
    assert missing.value.kind == "not-found"
    # A record beyond the limit has a byte.
    long = ORDINARY + b"2026-01-05 20:34:03,014+0000 main ERROR [x] " + b"a" * (2 << 20) + b"\n" + FAILURE
    with pytest.raises(oauthsift.InputError, match=f": byte {len(ORDINARY)}: ") as truncated:
        list(oauthsift.iter_findings(long))
    assert truncated.value.offset == len(ORDINARY)
    assert truncated.value.report.summary.findings == 1


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"since": "yesterday"}, "since: .*not a time"),
        ({"severity": "fatal"}, "severity: .fatal. is not"),
        ({"pattern": ["entra-client-secret-expird"]}, "did you mean entra-client-secret-expired"),
        ({"redact": "little"}, "redact"),
        ({"pseudonym_key": b"short"}, "5 bytes"),
        ({"errors": "ignore"}, "errors"),
        ({"patterns": ["no/such/folder"]}, "no/such/folder"),
    ],
)
def test_a_wrong_option_is_refused_with_its_name(options: Any, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        oauthsift.scan(FAILURE, **options)


def test_what_is_no_source_is_refused() -> None:
    with pytest.raises(TypeError, match="not int"):
        oauthsift.scan(5)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="not float"):
        oauthsift.scan([1.5])  # type: ignore[list-item]
    with pytest.raises(TypeError, match="lists"):
        oauthsift.scan(FAILURE, pattern="entra-client-secret-invalid")


def test_an_error_of_a_file_object_is_a_fault_of_that_input() -> None:
    class Broken(io.BytesIO):
        def read(self, size: Any = -1) -> bytes:
            raise PermissionError("the store refused")

    report = oauthsift.scan([("a.log", Broken(FAILURE)), ("b.log", FAILURE)], errors="keep")
    assert [finding.source for finding in report.findings] == ["b.log"]
    assert [(fault.source, fault.kind) for fault in report.faults] == [("a.log", "permission-denied")]


def test_people_are_pseudonyms_unless_asked_otherwise_and_one_key_gives_one_name() -> None:
    log = FAILURE.replace(b" admin ", b" hannah.voss ")
    assert [finding.user for finding in oauthsift.scan(log).findings] == ["user-1"]
    assert oauthsift.scan(log, redact=False).findings[0].user == "hannah.voss"
    key = bytes(range(32))
    keyed = [oauthsift.scan(data, pseudonym_key=key).findings[0].user for data in (log, ORDINARY + log)]
    assert keyed[0] == keyed[1] and keyed[0] not in (None, "user-1", "hannah.voss")
    report = oauthsift.scan(log, pseudonym_key=key)
    assert report.redaction.keyed and "hannah.voss" not in report.to_json() + report.to_html() + str(report)


def test_the_columns_are_those_of_the_report() -> None:
    import pyarrow

    names = pyarrow.schema(oauthsift.findings_schema()).names
    assert sorted(names) == sorted([*SCHEMA["$defs"]["Finding"]["properties"], "time_utc"])
    finding = oauthsift.scan(FAILURE).findings[0]
    data = json.loads(finding.to_json())
    assert data.pop("type") == "finding"
    assert {name: getattr(finding, name) for name in names if name != "time_utc"} == data


@pytest.mark.parametrize(
    "name",
    ["Incident", "Diagnosis", "Statement", "Action", "Fault", "InputSummary", "Summary", "Subject", "SupportIds"],
)
def test_the_parts_of_a_report_have_all_keys(name: str) -> None:
    fields = getattr(oauthsift, name).__dataclass_fields__
    assert sorted(fields) == sorted(SCHEMA["$defs"][name]["properties"])


def test_the_stubs_declare_what_the_compiled_part_has() -> None:
    import ast

    from oauthsift import _native

    tree = ast.parse((Path(oauthsift.__file__).parent / "_native.pyi").read_text("utf-8"))
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            declared = {item.name for item in node.body if isinstance(item, ast.FunctionDef)}
            there = {name for name in vars(getattr(_native, node.name)) if not name.startswith("__")}
            assert there == {name for name in declared if not name.startswith("__")}, node.name
    declared = {node.name for node in tree.body if isinstance(node, (ast.ClassDef, ast.FunctionDef))}
    assert declared == {name for name in dir(_native) if not name.startswith("__")}


def test_arrow_gives_the_findings_to_pyarrow_polars_duckdb_and_pandas(samples: Path) -> None:
    import duckdb
    import polars
    import pyarrow

    path = samples / "mail-stopped.log"
    expected = oauthsift.scan(path).findings
    reader = oauthsift.findings_arrow(path, batch_rows=2)
    batches = list(pyarrow.RecordBatchReader.from_stream(reader))
    assert [batch.num_rows for batch in batches] == [2, 1]
    table = pyarrow.Table.from_batches(batches)
    for column in table.column_names:
        if column != "time_utc":
            assert table[column].to_pylist() == [getattr(finding, column) for finding in expected], column
    assert reader.report is not None and reader.report.summary.findings == 3
    with pytest.raises(ValueError, match="read already"):
        pyarrow.RecordBatchReader.from_stream(reader)
    assert pyarrow.table(oauthsift.scan(path)) == table
    frame = polars.DataFrame(oauthsift.findings_arrow(path))
    assert frame["line"].to_list() == [finding.line for finding in expected]
    arrow = pyarrow.RecordBatchReader.from_stream(oauthsift.findings_arrow(path))
    rows = duckdb.from_arrow(arrow).aggregate("pattern, count(*) as n", "pattern").order("n desc").fetchall()
    assert rows == [("entra-client-secret-expired", 2), ("jira-token-unrecoverable", 1)]
    times = table.to_pandas()["time_utc"]
    assert str(times.iloc[0]) == "2026-01-12 05:00:01.388000+00:00"


def test_a_time_without_offset_is_no_instant() -> None:
    import pyarrow

    local = FAILURE.replace(b",014+0000", b",014")
    row = pyarrow.table(oauthsift.scan(local)).to_pylist()[0]
    assert (row["timestamp"], row["time_utc"]) == ("2026-01-05T20:34:03.014", None)


def test_parquet_keeps_the_schema(samples: Path, tmp_path: Path) -> None:
    import pyarrow
    import pyarrow.parquet

    table = pyarrow.table(oauthsift.scan(samples / "mail-stopped.log"))
    pyarrow.parquet.write_table(table, tmp_path / "findings.parquet")
    read = pyarrow.parquet.read_table(tmp_path / "findings.parquet")
    assert read == table and read.schema.names == pyarrow.schema(oauthsift.findings_schema()).names


def test_an_arrow_stream_with_a_fault_ends_with_an_error(tmp_path: Path) -> None:
    import pyarrow

    sources: List[Any] = [("a.log", FAILURE), tmp_path / "no.log"]
    with pytest.raises(OSError, match="no such file"):
        pyarrow.RecordBatchReader.from_stream(oauthsift.findings_arrow(sources)).read_all()
    reader = oauthsift.findings_arrow(sources, errors="keep")
    assert pyarrow.RecordBatchReader.from_stream(reader).read_all().num_rows == 1
    assert reader.report is not None and [fault.kind for fault in reader.report.faults] == ["not-found"]


def test_generated_logs_have_exactly_their_failures(tmp_path: Path) -> None:
    log = tmp_path / "atlassian-jira.log"
    failures = write_log(generator(), 5, 2_000_000, log)
    findings = oauthsift.scan(log).findings
    assert [finding.offset for finding in findings] == [failure["offset"] for failure in failures]
    assert [finding.trace_id for finding in findings] == [failure["trace_id"] for failure in failures]


def test_every_instance_of_a_fleet_has_its_failures(fleet_of_300: Fleet) -> None:
    # What the tests of Spark compare with is right itself.
    paths = fleet_of_300.paths()
    assert (len(paths), len(fleet_of_300.damaged)) == (300, 10)
    for name, expected in fleet_of_300.truth.items():
        findings = oauthsift.scan(paths[name]).findings
        assert sorted(finding.trace_id for finding in findings if finding.trace_id) == expected, name
        assert len(findings) == fleet_of_300.failures[name], name
    for name in fleet_of_300.damaged:
        faults = oauthsift.scan(paths[name], errors="keep").faults
        assert any(fault.is_failure for fault in faults), name


def test_explain_finds_codes_ids_and_messages() -> None:
    assert oauthsift.explain("7000222")[0].pattern == "entra-client-secret-expired"
    assert oauthsift.explain("entra-client-secret-expired")[0].steps
    assert oauthsift.explain("AADSTS7000222: The provided client secret keys are expired.")[0].references[0].url
    with pytest.raises(LookupError, match="unknown"):
        oauthsift.explain("no such thing")


def test_the_examples_in_the_documentation_are_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT / "python")
    tried = 0
    for module in pkgutil.walk_packages(oauthsift.__path__, "oauthsift."):
        if not module.name.endswith(("__main__", "_native")):
            result = doctest.testmod(importlib.import_module(module.name))
            assert result.failed == 0, module.name
            tried += result.attempted
    result = doctest.testmod(oauthsift)
    assert result.failed == 0 and tried + result.attempted > 20


def test_types_are_strict() -> None:
    command = [sys.executable, "-m", "mypy", "--config-file", "pyproject.toml"]
    done = subprocess.run(command, cwd=ROOT / "python", stdout=subprocess.PIPE, universal_newlines=True)
    assert done.returncode == 0, done.stdout
