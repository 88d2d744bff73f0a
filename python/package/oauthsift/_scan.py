"""Scans: all at once, finding by finding, and as Arrow batches."""

from __future__ import annotations

import os
from datetime import datetime
from typing import (
    TYPE_CHECKING,
    Any,
    Callable,
    Dict,
    Iterable,
    Iterator,
    List,
    Mapping,
    Optional,
    Sequence,
    Tuple,
    Union,
)

from . import _native
from ._errors import InputError, SettingsError
from ._native import Finding
from ._report import Report

if TYPE_CHECKING:
    from typing import Literal, Protocol

    class BinaryFile(Protocol):
        """A binary file object; one with ``seekable``, ``seek`` and ``tell`` is read at any offset."""

        def read(self, size: int, /) -> Optional[bytes]: ...

    Content = Union[bytes, BinaryFile]
    #: A path, bytes, a binary file object, or one of the last two with the name under which it is reported.
    Source = Union[str, "os.PathLike[str]", Content, Tuple[str, Content]]
    Progress = Callable[[int, int, str], None]
    Redact = Union[bool, Literal["standard", "strict"]]
    Time = Union[str, datetime]

__all__ = ["FindingReader", "Findings", "findings_arrow", "iter_findings", "scan"]


def scan(
    source: Union[Source, Sequence[Source]],
    *,
    since: Optional[Time] = None,
    until: Optional[Time] = None,
    pattern: Sequence[str] = (),
    severity: Optional[str] = None,
    redact: Redact = True,
    pseudonym_key: Optional[bytes] = None,
    patterns: Sequence[Union[str, "os.PathLike[str]"]] = (),
    threads: int = 0,
    generated_at: Optional[Time] = None,
    settings: Union[Source, Sequence[Source]] = (),
    progress: Optional[Progress] = None,
    errors: Literal["raise", "keep"] = "raise",
) -> Report:
    """Finds OAuth 2.0 failures in Jira logs.

    >>> import oauthsift
    >>> report = oauthsift.scan("../sample-logs/mail-stopped.log")
    >>> report.incidents[0].pattern
    'entra-client-secret-expired'

    Secrets are always removed. The GIL is released while the scan runs; Ctrl-C ends it.

    :param source: paths of files, folders and archives, bytes, or binary file objects; one or several. The files of
        one Jira belong into one scan: rotated logs are put together by their names. ``(name, bytes)`` gives a name to
        what has none.
    :param since: earliest time: RFC 3339, ``YYYY-MM-DD[ HH:MM[:SS]]`` in the time of the log, ``7d`` before now, or a
        ``datetime``.
    :param until: latest time.
    :param pattern: only findings of these catalogue ids.
    :param severity: minimum: ``info``, ``warning``, ``error`` or ``critical``.
    :param redact: ``True``: people are pseudonyms, excerpts are strict. ``"standard"`` or ``"strict"``: everything is.
        ``False`` shows people and hosts.
    :param pseudonym_key: at least 16 random bytes: a person has the same pseudonym in every report made with them.
    :param patterns: folders with catalogue entries of your own.
    :param threads: threads that scan; 0 for as many as the machine runs at once. The result is always the same.
    :param generated_at: the time of the report; it decides whether a deadline is over. Default: now.
    :param settings: settings of the integrations, as :func:`doctor` reads them: the report says what they have to do
        with the incidents. A file that holds none raises :class:`SettingsError`, and nothing is scanned.
    :param progress: called about ten times a second with the bytes read, the bytes in total (0 if unknown) and the
        current input. What it raises ends the scan.
    :param errors: ``"raise"`` raises :class:`InputError` at the end when an input could not be read whole;
        ``"keep"`` leaves the faults in ``report.faults``.
    """
    options = _native.Options(
        **option_values(since, until, pattern, severity, redact, pseudonym_key, patterns, threads, generated_at)
    )
    native, problems = _native.scan(named_sources(source), options, progress, named_sources(settings))
    if native is None:
        raise SettingsError(problems)
    report = Report(native)
    _raise_faults(report, errors)
    return report


class Findings(Iterator[Finding]):
    """An iterator over findings; ``report`` is known at its end. A context manager that ends the scan."""

    def __init__(self, stream: _native.FindingStream, errors: str) -> None:
        self._stream = stream
        self._errors = errors

    def __iter__(self) -> Findings:
        return self

    def __next__(self) -> Finding:
        try:
            return next(self._stream)
        except StopIteration:
            report = self.report
            if report is not None:
                self._errors, errors = "keep", self._errors
                _raise_faults(report, errors)
            raise

    @property
    def report(self) -> Optional[Report]:
        """Incidents, diagnosis, inputs and faults, once all findings were taken; its list of findings is empty."""
        native = self._stream.report()
        return None if native is None else Report(native)

    def close(self) -> None:
        """Ends the scan."""
        self._stream.close()

    def __enter__(self) -> Findings:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def iter_findings(
    source: Union[Source, Sequence[Source]],
    *,
    since: Optional[Time] = None,
    until: Optional[Time] = None,
    pattern: Sequence[str] = (),
    severity: Optional[str] = None,
    redact: Redact = True,
    pseudonym_key: Optional[bytes] = None,
    patterns: Sequence[Union[str, "os.PathLike[str]"]] = (),
    threads: int = 0,
    generated_at: Optional[Time] = None,
    progress: Optional[Progress] = None,
    errors: Literal["raise", "keep"] = "raise",
) -> Findings:
    """The same findings as :func:`scan`, one by one while they are found. Memory does not grow with their number.

    >>> import oauthsift
    >>> sum(1 for finding in oauthsift.iter_findings("../sample-logs/mail-stopped.log"))
    3

    The scan runs a little ahead of the loop. It ends when the iterator is closed or forgotten.
    """
    options = _native.Options(
        **option_values(since, until, pattern, severity, redact, pseudonym_key, patterns, threads, generated_at)
    )
    return Findings(_native.FindingStream(named_sources(source), options, progress), errors)


class FindingReader:
    """Findings as an Arrow stream that can be read once.

    Implements the Arrow PyCapsule interface: ``pyarrow.RecordBatchReader.from_stream(reader)``,
    ``polars.DataFrame(reader)``, ``duckdb.from_arrow(…)`` take it without copying.
    """

    def __init__(self, stream: _native.ArrowStream) -> None:
        self._stream = stream

    def __arrow_c_schema__(self) -> object:
        return self._stream.__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: Optional[object] = None) -> object:
        return self._stream.__arrow_c_stream__(requested_schema)

    @property
    def report(self) -> Optional[Report]:
        """Incidents, diagnosis, inputs and faults, once the stream was read to its end."""
        native = self._stream.report()
        return None if native is None else Report(native)


def findings_arrow(
    source: Union[Source, Sequence[Source]],
    *,
    since: Optional[Time] = None,
    until: Optional[Time] = None,
    pattern: Sequence[str] = (),
    severity: Optional[str] = None,
    redact: Redact = True,
    pseudonym_key: Optional[bytes] = None,
    patterns: Sequence[Union[str, "os.PathLike[str]"]] = (),
    threads: int = 0,
    generated_at: Optional[Time] = None,
    progress: Optional[Progress] = None,
    errors: Literal["raise", "keep"] = "raise",
    batch_rows: int = 1024,
) -> FindingReader:
    """The same findings as :func:`scan`, as a stream of Arrow record batches. Memory does not grow with their number.

    The columns are :func:`findings_schema`. With ``errors="raise"`` the stream ends with an error when an input could
    not be read whole.
    """
    options = _native.Options(
        **option_values(since, until, pattern, severity, redact, pseudonym_key, patterns, threads, generated_at)
    )
    return FindingReader(
        _native.ArrowStream(named_sources(source), options, progress, batch_rows, raises(errors))
    )


def option_values(
    since: Optional[Time] = None,
    until: Optional[Time] = None,
    pattern: Sequence[str] = (),
    severity: Optional[str] = None,
    redact: Redact = True,
    pseudonym_key: Optional[bytes] = None,
    patterns: Sequence[Union[str, "os.PathLike[str]"]] = (),
    threads: int = 0,
    generated_at: Optional[Time] = None,
) -> Dict[str, Any]:
    """Options as plain values that can be sent to another process."""
    if isinstance(pattern, str) or isinstance(patterns, (str, os.PathLike)):
        raise TypeError("pattern and patterns are lists")
    levels: Mapping[object, str] = {True: "default", False: "secrets", "standard": "standard", "strict": "strict"}
    if redact not in levels:
        raise ValueError(f'redact: {redact!r} is not True, False, "standard" or "strict"')
    return {
        "since": fixed_time(since),
        "until": fixed_time(until),
        "pattern": list(pattern),
        "severity": severity,
        "redact": levels[redact],
        "pseudonym_key": pseudonym_key,
        "patterns": [os.fspath(folder) for folder in patterns],
        "threads": threads,
        "generated_at": fixed_time(generated_at),
    }


def named_sources(source: Union[Source, Sequence[Source]]) -> List[Tuple[str, Any]]:
    """Sources with the names under which they are reported."""
    if _is_one(source):
        sources: Iterable[Any] = [source]
    elif isinstance(source, Iterable):
        sources = source
    else:
        raise TypeError(f"a path, bytes or a binary file object is needed, not {type(source).__name__}")
    return [_named(item, number) for number, item in enumerate(sources, 1)]


def _is_one(source: object) -> bool:
    is_pair = isinstance(source, tuple) and len(source) == 2 and isinstance(source[0], str) and not _is_path(source[1])
    return _is_path(source) or is_pair or isinstance(source, bytes) or hasattr(source, "read")


def _is_path(source: object) -> bool:
    return isinstance(source, (str, os.PathLike))


def _named(source: Any, number: int) -> Tuple[str, Any]:
    if isinstance(source, tuple):
        name, content = source
        return str(name), content
    if _is_path(source):
        path = os.fspath(source)
        return str(path), path
    if not isinstance(source, bytes) and not hasattr(source, "read"):
        raise TypeError(f"a path, bytes or a binary file object is needed, not {type(source).__name__}")
    name = getattr(source, "name", None)
    return (name if isinstance(name, str) else f"input-{number}"), source


def fixed_time(time: Optional[Time]) -> Optional[str]:
    return time.isoformat() if isinstance(time, datetime) else time


def raises(errors: str) -> bool:
    if errors not in ("raise", "keep"):
        raise ValueError(f'errors: {errors!r} is not "raise" or "keep"')
    return errors == "raise"


def _raise_faults(report: Report, errors: str) -> None:
    if raises(errors):
        failures = [fault for fault in report.faults if fault.is_failure]
        if failures:
            raise InputError(failures, report)
