"""Scans the logs of thousands of Jiras: ``python -m oauthsift.spark``, or as a program for ``spark-submit``."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any, Dict, List, Optional

if sys.path and Path(sys.path[0]).resolve() == Path(__file__).resolve().parent:
    # spark-submit puts the folder of the program first, where modules of this package would be found as others.
    del sys.path[0]

import oauthsift.spark
from oauthsift import fleet


class _ShowProgram(argparse.Action):
    """Prints this file on one line: what ``argparse`` prints itself is wrapped to the width of the terminal."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        print(__file__)
        parser.exit()


def _arguments(arguments: Optional[List[str]]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m oauthsift.spark",
        description="Finds OAuth 2.0 failures in the logs of many Jira instances, with Apache Spark.",
        epilog="With spark-submit: spark-submit [options] $(python -m oauthsift.spark --program) --input …",
    )
    parser.add_argument("--program", action=_ShowProgram, nargs=0, help="print the file for spark-submit")
    parser.add_argument(
        "--input", action="append", required=True, metavar="PATH", help="files, folders or patterns; may be repeated"
    )
    parser.add_argument("--output", metavar="FOLDER", help="where the tables are written")
    parser.add_argument("--format", choices=["parquet", "csv", "json"], default="parquet")
    parser.add_argument("--report", metavar="FILE.html", help="write the fleet report here, and as .json beside it")
    parser.add_argument("--baseline", metavar="FILE.json", help="an earlier fleet report: show what is new since then")
    parser.add_argument(
        "--instance", metavar="REGEX", help="the first group of a match in the path of a file names its instance"
    )
    parser.add_argument("--since", metavar="TIME", help="only findings from then on: 7d, 2026-01-05")
    parser.add_argument("--until", metavar="TIME", help="only findings until then")
    parser.add_argument("--severity", choices=["info", "warning", "error", "critical"], help="minimum severity")
    parser.add_argument("--pattern", action="append", default=[], metavar="ID", help="only this pattern")
    parser.add_argument("--patterns", action="append", default=[], metavar="DIR", help="entries of your own")
    parser.add_argument("--redact", choices=["standard", "strict"], help="default: excerpts strict")
    parser.add_argument("--no-redact", action="store_true", help="show people and hosts, never secrets")
    parser.add_argument(
        "--pseudonym-key", metavar="FILE", help="a person has the same pseudonym in all reports made with this key"
    )
    parser.add_argument("--partitions", type=int, metavar="N", help="number of tasks")
    parser.add_argument("--master", metavar="URL", help="of the cluster; default: that of spark-submit, or local[*]")
    parser.add_argument("--stream", action="store_true", help="scan each file of the input folder once, as it arrives")
    parser.add_argument("--available-now", action="store_true", help="with --stream: end when all files were scanned")
    parser.add_argument("--checkpoint", metavar="FOLDER", help="with --stream; default: _checkpoint in the output")
    parsed = parser.parse_args(arguments)
    if not parsed.output and not parsed.report:
        parser.error("--output or --report is needed")
    if parsed.report and not parsed.report.endswith((".html", ".htm")):
        parser.error("--report: the name must end with .html; the JSON is written beside it")
    if parsed.stream and (not parsed.output or parsed.report or len(parsed.input) > 1):
        parser.error("--stream needs one --input and --output, and makes no report")
    if parsed.no_redact and parsed.redact:
        parser.error("--no-redact and --redact exclude each other")
    return parsed


def _options(parsed: argparse.Namespace) -> Dict[str, Any]:
    key = Path(parsed.pseudonym_key).read_bytes() if parsed.pseudonym_key else None
    return {
        "instance": parsed.instance,
        "partitions": parsed.partitions,
        "since": parsed.since,
        "until": parsed.until,
        "severity": parsed.severity,
        "pattern": parsed.pattern,
        "patterns": parsed.patterns,
        "redact": False if parsed.no_redact else parsed.redact or True,
        "pseudonym_key": key,
    }


def _write(path: Path, text: str) -> None:
    """Replaces a file in one step: a reader never sees half of it."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as file:
        file.write(text)
    os.chmod(file.name, 0o644)
    os.replace(file.name, path)


def main(arguments: Optional[List[str]] = None) -> int:
    """Runs the program; returns its exit status."""
    parsed = _arguments(arguments)
    try:
        options = _options(parsed)
        baseline = json.loads(Path(parsed.baseline).read_text("utf-8")) if parsed.baseline else None
        if baseline is not None and baseline.get("schema") != fleet.SCHEMA:
            raise ValueError(f"{parsed.baseline} is not a fleet report of the format {fleet.SCHEMA}")
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    # Workers run the Python of this program, unless the cluster says otherwise.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("oauthsift")
    spark = (builder.master(parsed.master) if parsed.master else builder).getOrCreate()
    try:
        if parsed.stream:
            return _stream(spark, parsed, options)
        return _batch(spark, parsed, options, baseline)
    except (ValueError, oauthsift.OauthsiftError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    finally:
        spark.stop()


def _stream(spark: Any, parsed: argparse.Namespace, options: Dict[str, Any]) -> int:
    query = oauthsift.spark.stream(
        spark,
        parsed.input[0],
        parsed.output,
        checkpoint=parsed.checkpoint,
        format=parsed.format,
        available_now=parsed.available_now,
        **options,
    )
    try:
        query.awaitTermination()
    except KeyboardInterrupt:
        query.stop()
        return 130
    return 0


def _batch(spark: Any, parsed: argparse.Namespace, options: Dict[str, Any], baseline: Optional[Dict[str, Any]]) -> int:
    tables = oauthsift.spark.scan(spark, parsed.input, **options).persist()
    if parsed.output:
        tables.write(parsed.output, parsed.format)
        print(f"tables: {parsed.output}")
    if parsed.report:
        result = tables.fleet(baseline)
        html = Path(parsed.report)
        _write(html.with_suffix(".json"), json.dumps(result, indent=1) + "\n")
        _write(html, fleet.page(result))
        summary = result["summary"]
        print(
            f"report: {html}: {summary['instances']} instances, {summary['findings']} findings, "
            f"{summary['deadline']} with a deadline ahead, {summary['faults']} faults"
        )
    tables.unpersist()
    return 0


if __name__ == "__main__":
    sys.exit(main())
