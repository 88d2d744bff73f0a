"""What can go wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional, Sequence

if TYPE_CHECKING:
    from ._model import Fault
    from ._report import Report

__all__ = ["InputError", "OauthsiftError"]


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
