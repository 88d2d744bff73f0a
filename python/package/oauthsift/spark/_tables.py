"""A scan of many instances, and its tables."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterable, Iterator, List, Mapping, Optional, Sequence, Tuple, Union

from .. import _native, fleet
from .._errors import OauthsiftError
from .._scan import option_values
from ._files import File, InstanceRule, base_of, pack, shown, without_credentials
from ._schema import RESULT, TABLES, spark_schema
from ._task import OpenFile, scan_units

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

#: Bytes that a task is to read. Less costs more for starting tasks, more makes the last ones end apart.
TASK_BYTES = 64 << 20
#: Tasks for each core, if there are enough instances: they end at about the same time.
TASKS_PER_CORE = 3
#: Tasks for each core that list folders: few, as starting one takes as long as listing many folders.
LISTING_TASKS_PER_CORE = 4
#: Tables, by the kind of their rows.
TABLE_NAMES = {"findings": "finding", "incidents": "incident", "faults": "fault", "instances": "instance"}

Instance = Union[str, "Column", None]


@dataclass
class Fault:
    """A path that could not be listed, or a file without an instance."""

    instance: str
    source: str
    kind: str
    message: str


@dataclass
class Listing:
    """The files of each instance."""

    instances: Dict[str, List[File]] = field(default_factory=dict)
    faults: List[Fault] = field(default_factory=list)

    def add(self, rows: Iterable[Any], rule: InstanceRule) -> None:
        """Adds rows with ``path`` and ``length``, and ``instance`` if the caller has chosen it."""
        for row in rows:
            if not rule.is_read(row["path"]):
                continue
            chosen = row["instance"] if "instance" in row else rule.instance_of(row["path"])
            if not chosen:
                message = "this path has no instance: the rule for instances does not match it"
                self.faults.append(Fault("", shown(row["path"]), "no-instance", message))
                continue
            self.instances.setdefault(chosen, []).append(File(row["path"], row["length"]))


class Tables:
    """The tables of a scan: data frames that are computed when they are used.

    Every data frame scans again when it is used, unless :meth:`persist` keeps the result; :meth:`write` and :meth:`fleet`
    need several, and scan once in any case. All have ``instance`` first.
    """

    def __init__(self, results: DataFrame, keyed: bool, generated_at: str) -> None:
        self._results = results
        self.keyed = keyed
        #: The time of the scan, the same for all tasks.
        self.generated_at = generated_at

    def _table(self, kind: str) -> DataFrame:
        rows = self._results.where(f"kind = '{kind}'")
        return rows.select("instance", *(f"{kind}_row.`{column.name}`" for column in TABLES[kind]))

    @property
    def findings(self) -> DataFrame:
        """One row for each finding."""
        return self._table("finding")

    @property
    def incidents(self) -> DataFrame:
        """One row for each incident: cause, deadline, steps."""
        return self._table("incident")

    @property
    def faults(self) -> DataFrame:
        """One row for each input that could not be read, or not whole."""
        return self._table("fault")

    @property
    def instances(self) -> DataFrame:
        """One row for each instance: what was read, how much was found."""
        return self._table("instance")

    @property
    def trend(self) -> DataFrame:
        """Findings by week, by the log's own date, and pattern."""
        from pyspark.sql import functions as F

        day = F.to_date(F.substring("timestamp", 1, 10))
        week = F.date_format(F.date_trunc("week", day), "yyyy-MM-dd")
        return self.findings.groupBy(week.alias("week"), "pattern").agg(F.count("*").alias("findings"))

    def persist(self) -> Tables:
        """Keeps the result on the disks of the workers, so that several tables need one scan."""
        from pyspark import StorageLevel

        self._results = self._results.persist(StorageLevel.DISK_ONLY)
        return self

    def unpersist(self) -> None:
        """Removes it again."""
        self._results.unpersist()

    @property
    def is_kept(self) -> bool:
        """True from :meth:`persist` to :meth:`unpersist`."""
        return bool(self._results.is_cached)

    @contextmanager
    def _scanned_once(self) -> Iterator[None]:
        """Keeps the result for as long as this is open; longer if the caller has said so."""
        if self.is_kept:
            yield
            return
        self.persist()
        try:
            yield
        finally:
            self.unpersist()

    def write(self, output: str, format: str = "parquet", partition: str = "") -> None:
        """Writes every table into a folder of its own; what an earlier run has written there is replaced."""
        with self._scanned_once():
            for name, kind in TABLE_NAMES.items():
                frame = self._table(kind)
                writer = (_flat(frame) if format == "csv" else frame).write.mode("overwrite").format(format)
                if format == "csv":
                    writer = writer.option("header", True).option("quoteAll", True).option("escape", '"')
                writer.save("/".join(part for part in (output.rstrip("/"), name, partition) if part))

    def fleet(self, baseline: Optional[Mapping[str, Any]] = None) -> Dict[str, Any]:
        """The fleet report. Brings instances, incidents and faults to the driver, but no findings."""
        with self._scanned_once():
            return fleet.build(
                _rows(self.instances),
                _rows(self.incidents.select(*fleet.INCIDENT_COLUMNS)),
                _rows(self.faults),
                _rows(self.trend),
                keyed=self.keyed,
                generated_at=self.generated_at,
                baseline=baseline,
            )


def _rows(frame: DataFrame) -> Iterator[Dict[str, Any]]:
    # In one job: toLocalIterator runs one for each partition, one after the other.
    return (row.asDict() for row in frame.collect())


def _flat(frame: DataFrame) -> DataFrame:
    """For CSV: lists as one text each, and no text that a spreadsheet takes for a formula."""
    from pyspark.sql import functions as F
    from pyspark.sql.types import ArrayType, StringType

    def column(of: Any) -> Column:
        value = F.concat_ws("; ", of.name) if isinstance(of.dataType, ArrayType) else F.col(of.name)
        if isinstance(of.dataType, (ArrayType, StringType)):
            value = F.regexp_replace(value, r"^(?=[\s\x00]*[=+\-@＝＋－＠])|^(?=[\t\r\n])", "'")
        return value.alias(of.name)

    return frame.select(*(column(of) for of in frame.schema))


def scan(
    spark: SparkSession,
    paths: Union[str, Sequence[str]],
    *,
    instance: Instance = None,
    partitions: Optional[int] = None,
    open_file: Optional[OpenFile] = None,
    generated_at: Optional[str] = None,
    threads: int = 1,
    **options: Any,
) -> Tables:
    """Scans the logs of many instances; one task reads all files of an instance.

    :param paths: files, folders and patterns of any file system that Spark reads.
    :param instance: which instance a file belongs to: a regular expression over its address, whose first group is the
        instance, or a column over ``path``. Default: the folder below the path, or the archive.
    :param partitions: the number of tasks. Default: by the bytes and the cores.
    :param open_file: opens an address on a worker, for stores that pyarrow does not know.
    :param generated_at: the time of the report, the same for every task. Default: now.
    :param threads: threads of a task; set ``spark.task.cpus`` to the same.
    :param options: ``since``, ``until``, ``pattern``, ``severity``, ``redact``, ``pseudonym_key`` and ``patterns`` of
        :func:`oauthsift.scan`. Folders of ``patterns`` must exist on the workers.
    """
    paths = [paths] if isinstance(paths, str) else list(paths)
    now = generated_at or _now()
    listing = list_files(spark, paths, instance)
    values = fixed_options(threads=threads, generated_at=now, **options)
    return Tables(
        scan_listing(spark, listing, values, partitions, open_file),
        keyed=values["pseudonym_key"] is not None,
        generated_at=now,
    )


def _now() -> str:
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    now = datetime.now(timezone.utc) if epoch is None else datetime.fromtimestamp(int(epoch), timezone.utc)
    return now.replace(microsecond=0).isoformat()


def fixed_options(**options: Any) -> Dict[str, Any]:
    """Options checked on the driver. Times before now become times, so that a task that runs later does the same."""
    values = option_values(**options)
    _native.Options(**values)
    for name in ("since", "until"):
        if values[name] is not None:
            values[name] = _native.fixed_time(values[name], name == "until")
    return values


def list_files(spark: SparkSession, paths: Sequence[str], instance: Instance) -> Listing:
    """Lists files with Spark's own file source, without reading any.

    A path that cannot be listed is a fault; an error if no other path has an instance.
    """
    listing = Listing()
    bases = [base_of(path) for path in paths]
    rule = InstanceRule(bases, instance if isinstance(instance, str) else None)
    problems: List[Tuple[Fault, Exception]] = []
    for path in dict.fromkeys(paths):
        try:
            with _in_few_tasks(spark):
                frame = spark.read.format("binaryFile").option("recursiveFileLookup", "true").load(path)
                rows = chosen(frame, instance).collect()
            listing.add(rows, rule)
        except Exception as error:
            # Spark's message begins with the reason; the rest is the plan.
            reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            if "PATH_NOT_FOUND" not in reason and not _is_access_error(error):
                raise
            kind = "not-found" if "PATH_NOT_FOUND" in reason else "permission-denied"
            problems.append((Fault("", shown(path), kind, f"cannot be listed: {without_credentials(reason)}"), error))
    listing.faults += [fault for fault, _ in problems]
    if problems and not listing.instances:
        fault, cause = problems[0]
        raise OauthsiftError(f"{fault.source}: {fault.message}") from cause
    _drop_doubles(listing)
    return listing


@contextmanager
def _in_few_tasks(spark: SparkSession) -> Iterator[None]:
    """Within this, Spark lists in a few tasks for each core: else one for each folder, and for each 128 MiB of files."""
    tasks = LISTING_TASKS_PER_CORE * spark.sparkContext.defaultParallelism
    wanted = {
        "spark.sql.sources.parallelPartitionDiscovery.parallelism": tasks,
        "spark.sql.files.minPartitionNum": tasks,
        "spark.sql.files.maxPartitionBytes": 1 << 50,
    }
    before = {name: spark.conf.get(name, None) for name in wanted}
    for name, value in wanted.items():
        spark.conf.set(name, str(value))
    try:
        yield
    finally:
        for name, text in before.items():
            if text is None:
                spark.conf.unset(name)
            else:
                spark.conf.set(name, text)


def _is_access_error(error: Exception) -> bool:
    return "AccessControlException" in str(error) or "AccessDenied" in str(error)


def chosen(frame: DataFrame, instance: Instance) -> DataFrame:
    """The columns of a listing. The content is not among them, so Spark reads none."""
    if instance is None or isinstance(instance, str):
        return frame.select("path", "length")
    return frame.select("path", "length", instance.alias("instance"))


def _drop_doubles(listing: Listing) -> None:
    # Two input paths may name the same file.
    for name, files in listing.instances.items():
        listing.instances[name] = sorted(set(files))


def scan_listing(
    spark: SparkSession,
    listing: Listing,
    options: Mapping[str, Any],
    partitions: Optional[int] = None,
    open_file: Optional[OpenFile] = None,
) -> DataFrame:
    """The result rows of all instances."""
    context = spark.sparkContext
    if partitions is None:
        total = sum(file.length for files in listing.instances.values() for file in files)
        partitions = max(TASKS_PER_CORE * context.defaultParallelism, -(-total // TASK_BYTES))
    packed = pack(listing.instances, partitions)
    # One element for each task: Spark must not divide them otherwise.
    rows = context.parallelize([([tuple(unit) for unit in units],) for units in packed], max(1, len(packed)))
    frame = spark.createDataFrame(rows, "units array<struct<instance: string, files: array<string>>>")
    results = frame.mapInArrow(_task(dict(options), open_file), spark_schema(RESULT))
    if listing.faults:
        results = results.unionByName(_fault_frame(spark, listing.faults))
    return results


def _task(options: Dict[str, Any], open_file: Optional[OpenFile]) -> Callable[[Iterator[Any]], Iterator[Any]]:
    def task(batches: Iterator[Any]) -> Iterator[Any]:
        units = (unit for batch in batches for row in batch.to_pylist() for unit in row["units"])
        return scan_units(units, options, open_file)

    return task


def _fault_frame(spark: SparkSession, faults: List[Fault]) -> DataFrame:
    rows = [
        ("fault", fault.instance or fault.source, None, None, (fault.source, None, fault.kind, fault.message), None)
        for fault in faults
    ]
    return spark.createDataFrame(rows, spark_schema(RESULT))
