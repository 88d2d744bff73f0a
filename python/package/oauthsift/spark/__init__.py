"""Scans the logs of thousands of Jiras with Apache Spark 3.5 or 4.

``findings``, ``incidents``, ``faults`` and ``instances`` return one data frame each; ``scan`` returns all of them, for
one scan; ``stream`` scans what arrives in a folder. ``python -m oauthsift.spark`` is the program.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Sequence, Union

from ._stream import stream
from ._tables import Tables, scan

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["Tables", "faults", "findings", "incidents", "instances", "scan", "stream"]


def findings(spark: SparkSession, paths: Union[str, Sequence[str]], **options: Any) -> DataFrame:
    """One row for each finding. Options are those of :func:`scan`."""
    return scan(spark, paths, **options).findings


def incidents(spark: SparkSession, paths: Union[str, Sequence[str]], **options: Any) -> DataFrame:
    """One row for each incident, with instance, cause, deadline and steps."""
    return scan(spark, paths, **options).incidents


def faults(spark: SparkSession, paths: Union[str, Sequence[str]], **options: Any) -> DataFrame:
    """One row for each input that could not be read, or not whole."""
    return scan(spark, paths, **options).faults


def instances(spark: SparkSession, paths: Union[str, Sequence[str]], **options: Any) -> DataFrame:
    """One row for each instance."""
    return scan(spark, paths, **options).instances
