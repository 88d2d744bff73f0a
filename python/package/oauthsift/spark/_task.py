"""What a task does: scans one instance after the other. Runs on the workers."""

from __future__ import annotations

import io
from typing import Any, BinaryIO, Callable, Dict, Iterator, List, Mapping, Optional, Tuple

import pyarrow as pa

from .. import _native
from .._report import Report
from ..fleet import fault_rows, incident_rows, instance_row
from ._files import is_local, shown, without_credentials
from ._schema import RESULT, TABLES

OpenFile = Callable[[str], BinaryIO]

#: Rows of findings that are sent at a time. With the longest excerpts these are about 4 MiB.
BATCH_ROWS = 1024


def scan_units(
    units: Iterator[Mapping[str, Any]], options: Mapping[str, Any], open_file: Optional[OpenFile]
) -> Iterator[Any]:
    """The rows of several instances, as batches of :data:`RESULT`."""
    native = _native.Options(**options)
    for unit in units:
        yield from _scan_unit(unit["instance"], unit["files"], native, open_file or open_remote)


def _scan_unit(instance: str, files: List[str], options: _native.Options, open_file: OpenFile) -> Iterator[Any]:
    try:
        stream = _native.ArrowStream([_source(uri, open_file) for uri in files], options, None, BATCH_ROWS, False)
        for batch in pa.RecordBatchReader.from_stream(stream):
            yield _result("finding", instance, pa.StructArray.from_arrays(batch.columns, fields=list(TABLES["finding"])))
        native = stream.report()
        if native is None:
            raise RuntimeError("the scan ended without a report")
        report = Report(native)
        tables = {
            "incident": incident_rows(instance, report),
            "fault": fault_rows(instance, report),
            "instance": [instance_row(instance, report)],
        }
    except Exception as error:  # One instance must not end the job.
        message = f"this instance was not scanned: {type(error).__name__}: {error}"
        fault = {"source": shown(files[0]) if files else instance, "offset": None, "kind": "failed", "message": message}
        tables = {"fault": [fault], "instance": [{"faults": 1}]}
    for row in tables["fault"]:
        row["message"] = without_credentials(row["message"])
    for name, rows in tables.items():
        if rows:
            # Of a row, Arrow takes what is a column; what is missing is null.
            yield _result(name, instance, pa.array(rows, TABLES[name]))


def _result(table: str, instance: str, rows: Any) -> Any:
    count = len(rows)
    columns = [rows if name == table else pa.nulls(count, kind) for name, kind in TABLES.items()]
    constants = [pa.array([text] * count, pa.string()) for text in (table, instance)]
    return pa.RecordBatch.from_arrays(constants + columns, schema=RESULT)


def _source(uri: str, open_file: OpenFile) -> Tuple[str, Any]:
    name = shown(uri)
    return (name, name) if is_local(uri) and open_file is open_remote else (name, RemoteFile(uri, open_file))


class RemoteFile(io.RawIOBase):
    """A file of an object store, opened when it is first needed, so that an error belongs to this file alone."""

    #: The bytes of a request: few enough for memory, enough for few requests.
    block_bytes = 4 << 20

    def __init__(self, uri: str, open_file: OpenFile) -> None:
        self._uri = uri
        self._open_file = open_file
        self._opened: Optional[BinaryIO] = None

    def _file(self) -> BinaryIO:
        if self._opened is None:
            self._opened = self._open_file(self._uri)
        return self._opened

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file().seek(offset, whence)

    def tell(self) -> int:
        return self._file().tell()

    def read(self, size: int = -1) -> bytes:
        return self._file().read(size)

    def close(self) -> None:
        if self._opened is not None:
            self._opened.close()
            self._opened = None
        super().close()


_FILE_SYSTEMS: Dict[str, Any] = {}


def open_remote(uri: str) -> BinaryIO:
    """Opens a file of a store that pyarrow knows (S3, Google, Azure, HDFS), with the worker's own credentials."""
    from pyarrow import fs

    scheme, _, rest = uri.partition("://")
    scheme = {"s3a": "s3", "s3n": "s3", "wasbs": "abfss"}.get(scheme, scheme)
    host, _, path = rest.partition("/")
    store = f"{scheme}://{host}"
    if store not in _FILE_SYSTEMS:
        _FILE_SYSTEMS[store] = fs.FileSystem.from_uri(f"{store}/{path}")[0]
    file_system = _FILE_SYSTEMS[store]
    # An object store's path begins with the bucket; that of the others is the path itself.
    place = f"{host.rpartition('@')[2]}/{path}" if scheme in ("s3", "gs", "gcs") else f"/{path}"
    if scheme in ("abfs", "abfss"):
        place = f"{host.partition('@')[0]}/{path}"
    opened: BinaryIO = file_system.open_input_file(place)
    return opened
