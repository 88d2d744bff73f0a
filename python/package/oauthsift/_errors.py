"""What can go wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional, Sequence, Tuple

if TYPE_CHECKING:
    from ._doctor import DoctorReport
    from ._model import Fault
    from ._report import Report

__all__ = ["InputError", "OauthsiftError", "SettingsError"]


class OauthsiftError(Exception):
    """The base of the errors of this package."""


class InputError(OauthsiftError):
    """An input could not be read, or not to its end. What was found is in ``report``.

    Raised after everything else was read, unless ``errors="keep"`` was given.
    """

    def __init__(self, faults: Sequence[Fault], report: Report) -> None:
        first = faults[0]
        place = "" if first.offset is None else f": byte {first.offset}"
        more = f" (and {len(faults) - 1} more faults)" if len(faults) > 1 else ""
        super().__init__(f"{first.source}{place}: {first.message}{more}")
        #: All faults because of which something was not read.
        self.faults: Sequence[Fault] = faults
        #: The report on everything that was read.
        self.report: Report = report
        #: The input of the first fault: a path, or ``outer.zip!/path/in/archive``.
        self.path: str = first.source
        #: The byte at which the first fault is, if it has one.
        self.offset: Optional[int] = first.offset
        #: The kind of the first fault: ``not-found``, ``permission-denied``, ``damaged``, …
        self.kind: str = first.kind


class SettingsError(OauthsiftError):
    """A file that should hold settings holds none, or could not be read."""

    def __init__(
        self, problems: Sequence[Tuple[str, Optional[int], str]], report: Optional[DoctorReport] = None
    ) -> None:
        path, line, text = problems[0]
        place = "" if line is None else f": line {line}"
        more = f" (and {len(problems) - 1} more files)" if len(problems) > 1 else ""
        super().__init__(f"{path}{place}: {text}{more}")
        #: File, line and reason of all files that were not read.
        self.problems = problems
        #: The first file.
        self.path: str = path
        #: The line in it, if it is known.
        self.line: Optional[int] = line
        #: What the other files have given; ``None`` if nothing was checked.
        self.report: Optional[DoctorReport] = report
