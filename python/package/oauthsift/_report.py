"""A report."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any, Dict, List, Optional

from . import _model, _native
from ._model import Diagnosis, Fault, Incident, InputSummary, Redaction, Summary
from ._native import Finding

__all__ = ["Report"]


class Report:
    """What a scan found.

    >>> import oauthsift
    >>> report = oauthsift.scan(b"AADSTS7000222: The provided client secret keys are expired.")
    >>> [finding.pattern for finding in report.findings]
    ['entra-client-secret-expired']
    >>> report.incidents[0].title
    'Client secret has expired'
    """

    def __init__(self, native: _native.Report) -> None:
        self._native = native

    @cached_property
    def _parts(self) -> Dict[str, Any]:
        parts: Dict[str, Any] = json.loads(self._native.parts_json())
        return parts

    @cached_property
    def findings(self) -> List[Finding]:
        """The failing records, in the order of the log; with several nodes, in order of time."""
        return self._native.findings()

    @cached_property
    def incidents(self) -> List[Incident]:
        """Findings by cause and subject: root causes in order of priority, each followed by its consequences."""
        return [_model.incident(item) for item in self._parts["incidents"]]

    @cached_property
    def diagnosis(self) -> Diagnosis:
        """What the incidents mean together, and what to do first."""
        return _model.diagnosis(self._parts["diagnosis"])

    @cached_property
    def summary(self) -> Summary:
        """Counts."""
        return _model.summary(self._parts["summary"])

    @cached_property
    def inputs(self) -> List[InputSummary]:
        """What was read or refused."""
        return [InputSummary(**item) for item in self._parts["inputs"]]

    @cached_property
    def faults(self) -> List[Fault]:
        """What could not be read, or not completely."""
        return [_model.fault(item) for item in self._parts["faults"]]

    @cached_property
    def redaction(self) -> Redaction:
        """What was removed or pseudonymized."""
        return Redaction(**self._parts["redaction"])

    @property
    def generated_at(self) -> str:
        """When the report was made, RFC 3339."""
        return str(self._parts["generated_at"])

    def to_json(self) -> str:
        """The report as JSON, as ``oauthsift scan --format json`` writes it."""
        return self._native.to_json()

    def to_dict(self) -> Dict[str, Any]:
        """The same as Python objects."""
        data: Dict[str, Any] = json.loads(self.to_json())
        return data

    def to_html(self) -> str:
        """The report as one HTML page that loads nothing."""
        return self._native.to_html()

    def to_markdown(self) -> str:
        """The report as Markdown, without the single findings."""
        return self._native.to_markdown()

    def to_jira(self) -> str:
        """The report in Jira's markup."""
        return self._native.to_jira()

    def to_csv(self) -> str:
        """The findings as CSV."""
        return self._native.to_csv()

    def to_arrow(self) -> _native.ArrowStream:
        """The findings as an Arrow stream, for ``pyarrow.table(report)``, ``polars.from_arrow(report)`` and others."""
        return self._native.to_arrow()

    def __arrow_c_stream__(self, requested_schema: Optional[object] = None) -> object:
        return self.to_arrow().__arrow_c_stream__(requested_schema)

    def __arrow_c_schema__(self) -> object:
        return self.to_arrow().__arrow_c_schema__()

    def __str__(self) -> str:
        return self._native.to_table()

    def __repr__(self) -> str:
        summary = self.summary
        return f"<Report: {summary.findings} findings, {summary.incidents} incidents, {len(self.faults)} faults>"
