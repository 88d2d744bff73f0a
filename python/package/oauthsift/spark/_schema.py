"""The columns of the tables, declared in Arrow. Those of a finding come from the compiled part of the package."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict

import pyarrow as pa

from .. import findings_schema

if TYPE_CHECKING:
    from pyspark.sql.types import DataType, StructType

_TEXT, _COUNT, _TEXTS = pa.string(), pa.int64(), pa.list_(pa.string())

_INCIDENT = {
    "id": _TEXT,
    "pattern": _TEXT,
    "code": _COUNT,
    "title": _TEXT,
    "severity": _TEXT,
    "stage": _TEXT,
    "state": _TEXT,
    "caused_by": _TEXT,
    "count": _COUNT,
    "first_seen": _TEXT,
    "last_seen": _TEXT,
    "deadline": _TEXT,
    "token_invalid_since": _TEXT,
    "app_id": _TEXT,
    "tenant": _TEXT,
    "mailbox": _TEXT,
    "integration": _TEXT,
    "merged_subjects": _COUNT,
    "nodes": _TEXTS,
    "users": _TEXTS,
    "trace_ids": _TEXTS,
    "correlation_ids": _TEXTS,
    "action": _TEXT,
    "cause": _TEXT,
    "steps": _TEXTS,
    "references": _TEXTS,
}
_FAULT = {"source": _TEXT, "offset": _COUNT, "kind": _TEXT, "message": _TEXT}
_INSTANCE = {
    "inputs": _COUNT,
    "bytes": _COUNT,
    "lines": _COUNT,
    "findings": _COUNT,
    "incidents": _COUNT,
    "mentions": _COUNT,
    "faults": _COUNT,
    "severity": _TEXT,
    "first_timestamp": _TEXT,
    "last_timestamp": _TEXT,
    "headline": _TEXT,
    "generated_at": _TEXT,
}


def _nullable(schema: Any) -> Any:
    # A row of one table has nulls in the columns of the others.
    return pa.struct([field.with_nullable(True) for field in schema])


#: The columns of each table, without ``instance``, which all have first.
TABLES: Dict[str, Any] = {
    "finding": _nullable(pa.schema(findings_schema())),
    "incident": pa.struct(list(_INCIDENT.items())),
    "fault": pa.struct(list(_FAULT.items())),
    "instance": pa.struct(list(_INSTANCE.items())),
}

#: The rows that a task returns: the name of a table, the instance, and one column for each table.
RESULT = pa.schema(
    [("kind", _TEXT), ("instance", _TEXT)] + [(f"{name}_row", columns) for name, columns in TABLES.items()]
)


def spark_schema(schema: Any) -> StructType:
    """The same schema for Spark."""
    from pyspark.sql.types import StructField, StructType

    return StructType([StructField(field.name, _spark_type(field.type), True) for field in schema])


def _spark_type(kind: Any) -> DataType:
    from pyspark.sql import types

    if pa.types.is_struct(kind):
        return spark_schema(kind)
    if pa.types.is_list(kind):
        return types.ArrayType(_spark_type(kind.value_type), True)
    simple: Dict[Any, DataType] = {
        pa.string(): types.StringType(),
        pa.int64(): types.LongType(),
        pa.int32(): types.IntegerType(),
        pa.bool_(): types.BooleanType(),
        pa.timestamp("us", "UTC"): types.TimestampType(),
    }
    return simple[kind]
