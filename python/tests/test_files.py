"""Which file belongs to which instance, and what the fleet report says of it. Needs no Spark."""

from __future__ import annotations

import io
import json
import random
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Dict, List

import oauthsift
import pytest
from fleet_data import SCENARIOS
from oauthsift import fleet
from oauthsift.spark._files import File, InstanceRule, base_of, pack
from oauthsift.spark._task import RemoteFile, scan_units


@pytest.mark.parametrize(
    ("base", "uri", "instance", "is_read"),
    [
        ("s3a://support/zips/*/", "s3a://support/zips/acme/jira-support.zip", "acme", True),
        ("s3a://support/zips/*/", "s3a://support/zips/acme/backup.zip", "acme", False),
        ("s3a://support/zips", "s3a://support/zips/acme.zip", "acme", True),
        ("/data/zips", "file:/data/zips/acme.tar.gz", "acme", True),
        ("/data/zips", "hdfs://nn:8020/data/zips/a/node1/atlassian-jira.log.1", "a", True),
        ("/data/zips", "hdfs://nn:8020/data/zips/a/node1/gc.log", "a", False),
        ("/data/acme", "file:/data/acme/atlassian-jira.log", "acme", True),
        ("/data/acme.zip", "file:/data/acme.zip", "acme", True),
        ("/data/acme/other.txt", "file:/data/acme/other.txt", "acme", True),
        ("abfss://c@a.dfs.core.windows.net/in/{x,y}/*", "abfss://c@a.dfs.core.windows.net/in/x/b.zip", "x", False),
        ("zips", "file:/home/me/zips/acme/atlassian-jira.log", "acme", True),
        ("/data/a b", "file:/data/a b/é [1].zip", "é [1]", True),
    ],
)
def test_the_instance_is_the_folder_or_the_archive_below_the_path(
    base: str, uri: str, instance: str, is_read: bool
) -> None:
    rule = InstanceRule([base_of(base)])
    assert (rule.instance_of(uri), rule.is_read(uri)) == (instance, is_read)


def test_a_pattern_names_the_instance_and_what_it_does_not_match_has_none() -> None:
    rule = InstanceRule(["/zips"], r"/([a-z]+)_node\d+\.zip$")
    names = [rule.instance_of(f"file:/zips/{name}") for name in ("acme_node1.zip", "acme_node2.zip", "other.zip")]
    assert names == ["acme", "acme", None]


def test_tasks_have_about_the_same_size_and_every_instance_is_in_one() -> None:
    numbers = random.Random(1)
    instances = {f"i{i}": [File(f"f{i}", int(numbers.paretovariate(1.2) * 100_000))] for i in range(500)}
    packed = pack(instances, 16)
    assert sorted(unit.instance for task in packed for unit in task) == sorted(instances)
    loads = [sum(instances[unit.instance][0].length + (1 << 20) for unit in task) for task in packed]
    assert loads == sorted(loads, reverse=True)
    largest = max(file.length for files in instances.values() for file in files)
    assert loads[0] <= max(sum(loads) / 16 * 1.1, largest + (1 << 20))
    assert pack(instances, 16) == pack(dict(reversed(list(instances.items()))), 16)


def test_a_remote_file_is_opened_late_and_read_with_few_requests(samples: Path) -> None:
    content = (samples / "mail-stopped.log").read_bytes()
    requests: List[str] = []

    class Object(io.BytesIO):
        def read(self, size: Any = -1) -> bytes:
            requests.append("read")
            return super().read(size)

    def open_file(uri: str) -> Any:
        requests.append("open")
        if uri.endswith("denied.log"):
            raise PermissionError("403")
        return Object(content)

    remote = RemoteFile("store://x/atlassian-jira.log", open_file)
    assert not requests
    assert len(oauthsift.scan(("a.log", remote)).findings) == 3
    assert requests.count("open") == 1 and requests.count("read") <= 3
    units = [{"instance": "acme", "files": ["store://x/denied.log", "store://x/atlassian-jira.log"]}]
    batches = list(scan_units(iter(units), {}, open_file))
    rows = [row for batch in batches for row in batch.to_pylist()]
    faults = [row["fault_row"] for row in rows if row["kind"] == "fault"]
    assert [(fault["source"], fault["kind"]) for fault in faults] == [("store://x/denied.log", "permission-denied")]
    assert sum(row["kind"] == "finding" for row in rows) == 3


def scenario_report(names: List[str], **options: Any) -> Dict[str, Any]:
    instances, incidents, trend = [], [], []
    for name in names:
        report = oauthsift.scan(SCENARIOS / name, errors="keep", generated_at="2026-01-13T00:00:00+00:00")
        instances.append(fleet.instance_row(name, report))
        incidents += fleet.incident_rows(name, report)
        trend += fleet.trend_rows(name, report.findings)
    options.setdefault("generated_at", "2026-01-13T00:00:00+00:00")
    return fleet.build(instances, incidents, [], trend, **options)


def names_of_scenarios() -> List[str]:
    return sorted(path.name for path in SCENARIOS.iterdir() if path.is_dir())


def test_a_fault_of_a_store_names_no_credentials() -> None:
    def refuse(uri: str) -> Any:
        raise OSError(f"403 for {uri} and {uri}")

    units = [{"instance": "acme", "files": ["s3a://user:p@ss@support/acme.zip"]}]
    batches = scan_units(iter(units), {}, refuse)
    rows = [row["fault_row"] for batch in batches for row in batch.to_pylist() if row["kind"] == "fault"]
    assert [row["source"] for row in rows] == ["s3a://support/acme.zip"]
    assert "403 for s3a://support/acme.zip and s3a://support/acme.zip" in rows[0]["message"]


def test_the_next_deadline_is_first_and_lost_tokens_follow() -> None:
    report = scenario_report(names_of_scenarios())
    rows = {row["instance"]: row for row in report["instances"]}
    lost = rows["secret-expired-then-lost"]
    assert (lost["urgency"], lost["token_invalid_since"][:10]) == ("token-invalid", "2026-01-19")
    deadlines = [row for row in report["instances"] if row["urgency"] == "deadline"]
    assert deadlines and report["instances"][: len(deadlines)] == deadlines
    times = [row["deadline"] for row in deadlines]
    assert times == sorted(times)
    granted = rows["grant-revoked-with-deadline"]
    assert granted["urgency"] == "deadline" and granted["deadline"] > "2026-01-13"
    later = scenario_report(names_of_scenarios(), generated_at="2027-01-01T00:00:00+00:00")
    assert later["summary"]["deadline"] == 0
    assert {row["instance"] for row in later["instances"] if row["deadline_passed"]} >= {"grant-revoked-with-deadline"}


def test_causes_are_counted_by_instances_and_weeks_by_failures() -> None:
    report = scenario_report(names_of_scenarios())
    counts = [cause["instances"] for cause in report["causes"]]
    assert counts == sorted(counts, reverse=True) and counts[0] >= 2
    # A consequence is no cause.
    roots = {incident["pattern"] for incident in report["incidents"] if incident["caused_by"] is None}
    assert {cause["pattern"] for cause in report["causes"]} == roots
    lost = [row for row in report["incidents"] if row["instance"] == "secret-expired-then-lost"]
    assert [row["caused_by"] for row in lost] == [None, "incident-1"]
    assert sum(week["findings"] for week in report["trend"]) <= report["summary"]["findings"]
    assert "2026-01-12" in [week["week"] for week in report["trend"]]


def test_a_baseline_shows_what_is_new_and_what_is_gone() -> None:
    names = names_of_scenarios()
    older = json.loads(json.dumps(scenario_report(names[:-2])))
    newer = scenario_report(names[1:], baseline=older)
    new = {incident["instance"] for incident in newer["incidents"] if incident["new"]}
    assert new and new <= set(names[-2:])
    assert {incident["instance"] for incident in newer["gone"]} == {names[0]}
    same = scenario_report(names, baseline=json.loads(json.dumps(scenario_report(names))))
    assert (same["summary"]["new"], same["summary"]["gone"]) == (0, 0)
    with pytest.raises(ValueError, match="key"):
        scenario_report(names, baseline=older, keyed=True)
    with pytest.raises(ValueError, match="format"):
        scenario_report(names, baseline={"schema": "oauthsift.report/1"})


class Tags(HTMLParser):
    """Checks that tags are closed, and collects attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.open: List[str] = []
        self.attributes: List[Any] = []
        self.text: List[str] = []

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        self.attributes += [(tag, *attribute) for attribute in attributes]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_the_page_loads_nothing_runs_nothing_and_escapes_names() -> None:
    evil = "<script>alert(1)</script>\"'&"
    report = scenario_report(names_of_scenarios(), baseline=scenario_report([]))
    for row in [*report["instances"], *report["incidents"]]:
        row["instance"] = evil
    report["faults"] = [{"instance": evil, "source": evil, "offset": 3, "kind": "damaged", "message": evil}]
    page = fleet.page(report)
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    assert "default-src 'none'" in page
    names = {tag for tag, *_ in tags.attributes} | set(tags.open)
    assert not names & {"script", "img", "link", "iframe"}
    assert not any(name in ("src", "href") or name.startswith("on") for _, name, _ in tags.attributes)
    assert evil in "".join(tags.text) and "<script" not in page


def test_a_page_of_nothing_says_so() -> None:
    page = fleet.page(fleet.build([], [], []))
    assert "0 Jira instances" in page and "No failures." in page
