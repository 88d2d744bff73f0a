"""A real cluster on loopback: a master and two workers as processes, 300 instances."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

import oauthsift
import oauthsift.spark
import pytest
from cluster import Cluster
from fleet_data import Fleet
from oauthsift.fleet import fault_rows, incident_rows, instance_row

KEY = bytes(range(16, 48))
TIME = "2026-02-01T00:00:00+00:00"
Rows = List[Dict[str, Any]]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    cluster = Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        cluster.add_worker()
        cluster.add_worker()
        cluster.wait_for(2)
        yield cluster
    finally:
        cluster.stop()


@pytest.fixture(scope="module")
def spark(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    import os
    import sys

    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    from pyspark.sql import SparkSession

    spark = (
        SparkSession.builder.master(cluster.url)
        .appName("oauthsift-tests")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.memory", "512m")
        .config("spark.executor.memory", "512m")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.sql.sources.parallelPartitionDiscovery.parallelism", "8")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("warehouse")))
        # A slow task is run a second time beside itself: the result must be the same.
        .config("spark.speculation", "true")
        .config("spark.speculation.interval", "50ms")
        .config("spark.speculation.quantile", "0.2")
        .config("spark.speculation.multiplier", "1.1")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    try:
        yield spark
    finally:
        spark.stop()


@pytest.fixture(scope="module")
def expected(fleet_of_300: Fleet) -> Dict[str, Rows]:
    """The rows of a single machine, instance by instance."""
    import pyarrow

    rows: Dict[str, Rows] = {"findings": [], "incidents": [], "faults": [], "instances": []}
    for name, path in fleet_of_300.paths().items():
        report = oauthsift.scan(path, pseudonym_key=KEY, generated_at=TIME, errors="keep")
        table = pyarrow.table(report)
        micros = table["time_utc"].cast(pyarrow.int64())
        table = table.set_column(table.column_names.index("time_utc"), "time_utc", micros)
        rows["findings"] += [{"instance": name, **row} for row in table.to_pylist()]
        rows["incidents"] += incident_rows(name, report)
        rows["faults"] += fault_rows(name, report)
        rows["instances"].append(instance_row(name, report))
    return {table: ordered(content) for table, content in rows.items()}


def ordered(rows: Rows) -> Rows:
    def key(row: Dict[str, Any]) -> Tuple[str, ...]:
        offset = row.get("offset")
        return (row["instance"], str(row.get("source")), str(row.get("id")), f"{-1 if offset is None else offset:012}")

    return sorted(rows, key=key)


def collected(tables: oauthsift.spark.Tables) -> Dict[str, Rows]:
    from pyspark.sql import functions as F

    frames = {
        "findings": tables.findings.withColumn("time_utc", F.unix_micros("time_utc")),
        "incidents": tables.incidents,
        "faults": tables.faults,
        "instances": tables.instances,
    }
    return {name: ordered([row.asDict() for row in frame.collect()]) for name, frame in frames.items()}


def assert_same(actual: Dict[str, Rows], expected: Dict[str, Rows]) -> None:
    for table, rows in expected.items():
        for one, other in zip(actual[table], rows):
            assert one == other, (table, one["instance"])
        assert len(actual[table]) == len(rows), table


def scan(spark: Any, fleet: Fleet, **options: Any) -> oauthsift.spark.Tables:
    options = {"pseudonym_key": KEY, "generated_at": TIME, **options}
    return oauthsift.spark.scan(spark, str(fleet.folder), **options)


def test_the_cluster_finds_what_a_single_machine_finds(
    spark: Any, fleet_of_300: Fleet, expected: Dict[str, Rows]
) -> None:
    assert len(expected["instances"]) == 300 and len(expected["findings"]) > 1000
    tables = scan(spark, fleet_of_300).persist()
    actual = collected(tables)
    tables.unpersist()
    assert_same(actual, expected)
    truth = {name: count for name, count in fleet_of_300.failures.items() if count}
    found = {row["instance"]: row["findings"] for row in actual["instances"] if row["findings"]}
    assert {name: count for name, count in found.items() if name in truth} == truth
    # A damaged zip is a row, not the end of the job.
    assert {row["instance"] for row in actual["faults"] if row["kind"] != "truncated-id"} == set(fleet_of_300.damaged)


@pytest.mark.parametrize("partitions", [1, 300])
def test_any_partitioning_gives_the_same(
    spark: Any, fleet_of_300: Fleet, expected: Dict[str, Rows], partitions: int
) -> None:
    tables = scan(spark, fleet_of_300, partitions=partitions).persist()
    assert tables.instances.rdd.getNumPartitions() == partitions
    actual = collected(tables)
    tables.unpersist()
    assert_same(actual, expected)


def test_a_worker_that_is_killed_changes_nothing(
    spark: Any, cluster: Cluster, fleet_of_300: Fleet, expected: Dict[str, Rows], tmp_path: Path
) -> None:
    context = spark.sparkContext
    output = str(tmp_path / "tables")
    killed: List[Any] = []

    def kill_in_the_middle() -> None:
        status = context.statusTracker()
        while not stop.is_set():
            for stage in status.getActiveStageIds():
                info = status.getStageInfo(stage)
                if info is not None and info.numTasks == 150 and info.numCompletedTasks >= 30:
                    cluster.kill(cluster.workers[0])
                    killed.append((info.numCompletedTasks, info.numTasks))
                    return
            time.sleep(0.01)

    stop = threading.Event()
    watcher = threading.Thread(target=kill_in_the_middle)
    watcher.start()
    try:
        scan(spark, fleet_of_300, partitions=150).write(output)
    finally:
        stop.set()
        watcher.join()
    assert killed and killed[0][0] < killed[0][1], "the worker was not killed in the middle"
    cluster.wait_for(1)
    read = {name: spark.read.parquet(f"{output}/{name}") for name in expected}
    from pyspark.sql import functions as F

    read["findings"] = read["findings"].withColumn("time_utc", F.unix_micros("time_utc"))
    assert_same({name: ordered([row.asDict() for row in frame.collect()]) for name, frame in read.items()}, expected)
    cluster.add_worker()
    cluster.wait_for(2)


def test_writing_twice_leaves_no_doubles(spark: Any, small_fleet: Fleet, tmp_path: Path) -> None:
    output = str(tmp_path / "tables")
    tables = scan(spark, small_fleet).persist()
    for _ in range(2):
        tables.write(output)
    counts = {name: spark.read.parquet(f"{output}/{name}").count() for name in ("findings", "incidents", "instances")}
    assert counts["instances"] == 20
    assert counts["findings"] == tables.findings.count() and counts["incidents"] == tables.incidents.count()
    tables.unpersist()


@pytest.mark.parametrize("is_kept", [False, True])
def test_all_tables_and_the_report_need_one_scan(spark: Any, small_fleet: Fleet, tmp_path: Path, is_kept: bool) -> None:
    opened = tmp_path / "opened"

    def count_and_open(uri: str) -> Any:
        with opened.open("a") as file:
            file.write(f"{uri}\n")
        return open(uri.partition(":")[2], "rb")

    tables = scan(spark, small_fleet, open_file=count_and_open, partitions=1)
    if is_kept:
        tables.persist()
    scans = []
    for use in (lambda: tables.write(str(tmp_path / "out")), tables.fleet):
        use()
        scans.append(opened.read_text().splitlines())
    assert len(scans[0]) == len(set(scans[0])) > 20
    # What the caller has not asked to keep is removed after each use; what he has asked to keep stays.
    assert len(scans[1]) == len(scans[0]) * (1 if is_kept else 2)
    assert tables.is_kept == is_kept
    tables.unpersist()


def test_the_listing_leaves_the_settings_of_the_session_alone(spark: Any, small_fleet: Fleet) -> None:
    names = {
        "spark.sql.sources.parallelPartitionDiscovery.parallelism": "8",
        "spark.sql.files.minPartitionNum": None,
        "spark.sql.files.maxPartitionBytes": None,
    }
    assert {name: spark.conf.get(name, None) for name in names} == names
    oauthsift.spark.scan(spark, str(small_fleet.folder))
    with pytest.raises(oauthsift.OauthsiftError):
        oauthsift.spark.scan(spark, "/no/such/folder")
    assert {name: spark.conf.get(name, None) for name in names} == names


@pytest.mark.parametrize("format", ["csv", "json"])
def test_csv_and_json_hold_every_row(spark: Any, small_fleet: Fleet, tmp_path: Path, format: str) -> None:
    output = str(tmp_path / format)
    tables = scan(spark, small_fleet).persist()
    tables.write(output, format)
    reader = spark.read.option("header", True).option("multiLine", format == "csv").option("escape", '"')
    assert reader.format(format).load(f"{output}/findings").count() == tables.findings.count()
    tables.unpersist()


def test_no_content_is_read_by_the_listing(spark: Any, small_fleet: Fleet) -> None:
    from oauthsift.spark._tables import chosen

    frame = spark.read.format("binaryFile").option("recursiveFileLookup", "true").load(str(small_fleet.folder))
    plan = chosen(frame, None)._jdf.queryExecution().executedPlan().toString()
    assert "length" in plan and "content" not in plan


def test_a_path_that_does_not_exist_is_a_fault_if_others_do(spark: Any, small_fleet: Fleet) -> None:
    paths = [str(small_fleet.folder), "/no/such/folder"]
    tables = oauthsift.spark.scan(spark, paths, pseudonym_key=KEY, generated_at=TIME)
    faults = [row for row in tables.faults.collect() if row["kind"] == "not-found"]
    assert [row["source"] for row in faults] == ["/no/such/folder"]
    assert tables.instances.count() == 20
    with pytest.raises(oauthsift.OauthsiftError, match="/no/such/folder: cannot be listed: .*PATH_NOT_FOUND"):
        oauthsift.spark.scan(spark, "/no/such/folder")


def test_an_instance_is_named_by_a_pattern_or_a_column(spark: Any, small_fleet: Fleet) -> None:
    from pyspark.sql import functions as F

    by_pattern = oauthsift.spark.instances(spark, str(small_fleet.folder), instance=r"jira-(\d\d)\d\d")
    assert [row["instance"] for row in by_pattern.collect()] == ["00"]
    column = F.regexp_extract("path", r"jira-(\d+)", 1)
    by_column = oauthsift.spark.instances(spark, str(small_fleet.folder), instance=column)
    assert sorted(row["instance"] for row in by_column.collect()) == [f"{i:04}" for i in range(20)]


def test_a_wrong_option_ends_before_anything_is_scanned(spark: Any, small_fleet: Fleet) -> None:
    with pytest.raises(ValueError, match="since"):
        oauthsift.spark.findings(spark, str(small_fleet.folder), since="yesterday")


def test_a_person_is_the_same_everywhere_and_nobody_is_readable(spark: Any, tmp_path: Path) -> None:
    line = (
        "2026-01-05 20:34:03,014+0000 http-nio-8080-exec-3 ERROR {} 1x1x1 1i8mi5a "
        "/rest/oauth2-client/latest/config/flow/1 [c.a.o.c.X] The error message is: AADSTS7000215: Invalid secret.\n"
    )
    for instance, users in {"a": ["hannah.voss", "peter.lang"], "b": ["peter.lang"], "c": ["hannah.voss"]}.items():
        (tmp_path / instance).mkdir()
        (tmp_path / instance / "atlassian-jira.log").write_text("".join(map(line.format, users)))
    frame = oauthsift.spark.findings(spark, str(tmp_path), pseudonym_key=KEY)
    rows = [(row["instance"], row["user"], row["excerpt"]) for row in frame.orderBy("instance", "line").collect()]
    hannah, peter = rows[0][1], rows[1][1]
    assert [row[:2] for row in rows] == [("a", hannah), ("a", peter), ("b", peter), ("c", hannah)]
    assert hannah != peter and not any("hannah" in str(row) or "peter" in str(row) for row in rows)


def test_a_stream_scans_each_zip_once_over_restarts(spark: Any, small_fleet: Fleet, tmp_path: Path) -> None:
    landing, output = tmp_path / "landing", str(tmp_path / "out")
    landing.mkdir()
    files = sorted(path for path in small_fleet.folder.iterdir() if path.is_file())
    while len(files) < 20:
        files += files[: 20 - len(files)]
    batches = [files[:7], files[7:14], files[14:]]
    dropped = 0
    for batch in batches:
        for file in batch:
            whole = landing / f".{dropped:02}"
            whole.write_bytes(file.read_bytes())
            whole.rename(landing / f"drop-{dropped:02}{''.join(file.suffixes)}")
            dropped += 1
        # Started again each time, as after a restart; the last time with nothing new.
        for _ in range(2 if dropped == 20 else 1):
            query = oauthsift.spark.stream(spark, str(landing), output, available_now=True, max_files=4, pseudonym_key=KEY)
            query.awaitTermination(120)
            assert query.exception() is None and not query.isActive
    rows = spark.read.parquet(f"{output}/instances").collect()
    assert sorted(row["instance"] for row in rows) == [f"drop-{i:02}" for i in range(20)]
    expected = sum(len(oauthsift.scan(file, errors="keep").findings) for file in files)
    assert spark.read.parquet(f"{output}/findings").count() == expected > 0


def test_a_batch_of_a_stream_that_is_run_again_leaves_no_doubles(
    spark: Any, small_fleet: Fleet, tmp_path: Path
) -> None:
    landing, output = tmp_path / "landing", tmp_path / "out"
    landing.mkdir()
    file = next(path for path in sorted(small_fleet.folder.iterdir()) if path.is_file() and "0000" not in path.name)
    (landing / "one.zip").write_bytes(file.read_bytes())

    def run() -> List[Tuple[Any, ...]]:
        oauthsift.spark.stream(spark, str(landing), str(output), available_now=True).awaitTermination(120)
        return sorted(map(tuple, spark.read.parquet(f"{output}/instances").collect()))

    first = run()
    # As after a crash between the tables and the note that the batch is done.
    for note in (output / "_checkpoint" / "commits").iterdir():
        note.unlink()
    assert run() == first and len(first) == 1


def test_findings_do_not_pass_through_the_driver(spark: Any, tmp_path: Path) -> None:
    import resource

    from fleet_data import generator, write_log

    program = generator()
    logs = tmp_path / "logs"
    for i in range(12):
        (logs / f"i{i}").mkdir(parents=True)
        write_log(program, i, 2_000_000, logs / f"i{i}" / "atlassian-jira.log", 0.99)
    heap = spark.sparkContext._jvm.java.lang.Runtime.getRuntime()

    def used() -> int:
        spark.sparkContext._jvm.java.lang.System.gc()
        return int(heap.totalMemory() - heap.freeMemory())

    oauthsift.spark.scan(spark, str(logs / "i0")).write(str(tmp_path / "warm"))
    before, peak = used(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    oauthsift.spark.scan(spark, str(logs)).write(str(tmp_path / "out"))
    written = spark.read.parquet(str(tmp_path / "out" / "findings")).count()
    assert written > 10_000
    assert used() - before < 16 << 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak < 16 << 10
