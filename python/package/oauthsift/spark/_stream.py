"""A landing folder as a stream: each new file once."""

from __future__ import annotations

from datetime import timezone
from typing import TYPE_CHECKING, Any, Optional

from ._files import InstanceRule, base_of
from ._tables import Instance, Listing, Tables, chosen, fixed_options, scan_listing
from ._task import OpenFile

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.streaming import StreamingQuery

_SOURCE_SCHEMA = "path string, modificationTime timestamp, length bigint, content binary"


def stream(
    spark: SparkSession,
    path: str,
    output: str,
    *,
    checkpoint: Optional[str] = None,
    format: str = "parquet",
    instance: Instance = None,
    max_files: int = 1000,
    available_now: bool = False,
    partitions: Optional[int] = None,
    open_file: Optional[OpenFile] = None,
    threads: int = 1,
    **options: Any,
) -> StreamingQuery:
    """Scans every file that arrives in a folder, once, and appends to the tables in ``output``.

    The files of an instance that arrive together are scanned together; what arrives later is scanned by itself. So
    deliver one archive with all logs of an instance. A file must appear whole: write it under a name that begins with
    ``.`` or ``_`` and rename it, or upload it to an object store.

    Each micro-batch replaces its own folder (``output/findings/batch=7``): what was interrupted and is run again leaves
    no doubles. The time of its reports is that of its newest file, so it gives the same rows.

    :param checkpoint: where Spark remembers which files it has seen. Default: ``_checkpoint`` in ``output``. It belongs
        to the output: with a new one, choose a new output.
    :param max_files: files of a micro-batch.
    :param available_now: ends when all files that are there were scanned.
    """
    values = fixed_options(threads=threads, **options)
    rule = InstanceRule([base_of(path)], instance if isinstance(instance, str) else None)

    def write(frame: DataFrame, batch: int) -> None:
        from pyspark.sql import functions as F

        session = frame.sparkSession
        newest = frame.agg(F.max("modificationTime").cast("double")).first()
        if newest is None or newest[0] is None:
            return
        generated_at = _time(newest[0])
        listing = Listing()
        listing.add(chosen(frame, instance).collect(), rule)
        results = scan_listing(session, listing, {**values, "generated_at": generated_at}, partitions, open_file)
        tables = Tables(results, values["pseudonym_key"] is not None, generated_at).persist()
        try:
            tables.write(output, format, f"batch={batch}")
        finally:
            tables.unpersist()

    source = (
        spark.readStream.format("binaryFile")
        .schema(_SOURCE_SCHEMA)
        .option("recursiveFileLookup", "true")
        .option("maxFilesPerTrigger", max_files)
        .load(path)
    )
    writer = (
        source.drop("content")
        .writeStream.foreachBatch(write)
        .option("checkpointLocation", checkpoint or f"{output.rstrip('/')}/_checkpoint")
        .queryName("oauthsift")
    )
    return (writer.trigger(availableNow=True) if available_now else writer).start()


def _time(seconds: float) -> str:
    from datetime import datetime

    return datetime.fromtimestamp(int(seconds), timezone.utc).isoformat()
