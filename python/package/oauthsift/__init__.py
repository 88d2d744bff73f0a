"""Finds OAuth 2.0 failures in Jira logs, and names the cause and the fix.

>>> import oauthsift
>>> report = oauthsift.scan("../sample-logs/mail-stopped.log")
>>> report.summary.findings
3
>>> report.diagnosis.headline[:25]
'Client secret has expired'
>>> oauthsift.explain("AADSTS7000222")[0].pattern
'entra-client-secret-expired'

The functions run in any thread, without the GIL. ``oauthsift.spark`` scans the logs of thousands of Jiras.
"""

from __future__ import annotations

import json
from typing import List

from . import _model, _native
from ._doctor import Check, DoctorReport, Field, Recommendation, Screen, SettingsSource, doctor, settings
from ._errors import InputError, OauthsiftError, SettingsError
from ._model import (
    Action,
    Diagnosis,
    Explanation,
    Fault,
    Incident,
    InputSummary,
    Redaction,
    Reference,
    Statement,
    Subject,
    Summary,
    SupportIds,
)
from ._native import Finding, __version__
from ._report import Report
from ._scan import FindingReader, Findings, findings_arrow, iter_findings, scan

__all__ = [
    "Action",
    "Check",
    "Diagnosis",
    "DoctorReport",
    "Explanation",
    "Fault",
    "Field",
    "Finding",
    "FindingReader",
    "Findings",
    "Incident",
    "InputError",
    "InputSummary",
    "OauthsiftError",
    "Recommendation",
    "Redaction",
    "Reference",
    "Report",
    "Screen",
    "SettingsError",
    "SettingsSource",
    "Statement",
    "Subject",
    "Summary",
    "SupportIds",
    "__version__",
    "doctor",
    "explain",
    "findings_arrow",
    "findings_schema",
    "iter_findings",
    "scan",
    "settings",
]


def explain(name: str) -> List[Explanation]:
    """What a code, a catalogue id or a pasted message means; several entries may share a code.

    >>> explanation = explain("7000215")[0]
    >>> explanation.title
    'Invalid client secret'
    >>> explain("entra-client-secret-expird")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    LookupError: unknown code or pattern `entra-client-secret-expird`; did you mean entra-client-secret-expired, ...?

    :raises LookupError: nothing is known by this name.
    """
    _, _, data = _native.explain(name)
    return [_model.explanation(item) for item in json.loads(data)]


def findings_schema() -> _native.FindingSchema:
    """The columns of a finding, for ``pyarrow.schema(…)``: the same in Arrow, Parquet and Spark.

    >>> import pyarrow
    >>> pyarrow.schema(findings_schema()).names[:3]
    ['pattern', 'also', 'title']
    """
    return _native.FindingSchema()
