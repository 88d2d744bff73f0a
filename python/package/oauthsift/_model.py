"""The report as plain data. Names and meaning are those of the JSON report, ``docs/report.schema.json``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Optional

__all__ = [
    "Action",
    "Diagnosis",
    "Explanation",
    "Fault",
    "Incident",
    "InputSummary",
    "Redaction",
    "Reference",
    "Statement",
    "Subject",
    "Summary",
    "SupportIds",
]

#: The one kind of fault that does not mean that something was not read.
_COMPLETE = "truncated-id"


@dataclass(frozen=True)
class Fault:
    """What could not be read, or not completely."""

    #: The input.
    source: str
    #: The byte at which the problem starts, if it has one.
    offset: Optional[int]
    #: ``not-found``, ``permission-denied``, ``no-logs``, ``read``, ``damaged``, ``record-too-long``, …
    kind: str
    #: What failed, and what to do.
    message: str

    @property
    def is_failure(self) -> bool:
        """True when something was not read, or not understood."""
        return self.kind != _COMPLETE


@dataclass(frozen=True)
class Reference:
    """Documentation that an explanation is based on."""

    title: str
    url: str


@dataclass(frozen=True)
class Subject:
    """What an incident affects."""

    app_id: Optional[str]
    tenant: Optional[str]
    mailbox: Optional[str]
    integration: Optional[str]


@dataclass(frozen=True)
class SupportIds:
    """Ids of one failure that the provider's support asks for."""

    trace_id: Optional[str]
    correlation_id: Optional[str]
    time_utc: Optional[str]


@dataclass(frozen=True)
class Incident:
    """All findings with the same cause and the same subject."""

    id: str
    pattern: str
    code: Optional[int]
    title: str
    severity: str
    stage: str
    cause: str
    steps: List[str]
    references: List[Reference]
    count: int
    first_seen: Optional[str]
    last_seen: Optional[str]
    mean_interval_seconds: Optional[int]
    subject: Subject
    merged_subjects: Optional[int]
    users: List[str]
    nodes: List[str]
    trace_ids: List[str]
    correlation_ids: List[str]
    support: List[SupportIds]
    caused_by: Optional[str]
    state: Optional[str]
    findings: List[int]
    preview: bool


@dataclass(frozen=True)
class Statement:
    """One conclusion and the evidence for it."""

    kind: str
    certainty: str
    text: str
    incidents: List[str]
    findings: List[int]
    at: Optional[str]


@dataclass(frozen=True)
class Action:
    """One thing to do."""

    text: str
    incident: str
    incidents: List[str]
    affected: List[str]
    because: str
    before: Optional[str]
    passed: Optional[str]


@dataclass(frozen=True)
class Diagnosis:
    """What the incidents mean together, and what to do first."""

    headline: str
    statements: List[Statement]
    actions: List[Action]


@dataclass(frozen=True)
class InputSummary:
    """A file, archive entry or stream that was read or refused."""

    source: str
    kind: str
    node: Optional[str]
    duplicate_of: Optional[str]
    bytes: int
    lines: int
    records: Optional[int]
    first_timestamp: Optional[str]
    last_timestamp: Optional[str]
    complete: bool
    fault: Optional[str]


@dataclass(frozen=True)
class Summary:
    """Counts over the whole report."""

    findings: int
    incidents: int
    mentions: int
    excluded: Dict[str, int]
    by_severity: Dict[str, int]
    by_pattern: Dict[str, int]
    by_code: Dict[int, int]
    unknown_codes: List[int]
    first_seen: Optional[str]
    last_seen: Optional[str]


@dataclass(frozen=True)
class Redaction:
    """What was removed or pseudonymized."""

    people: str
    keyed: bool
    replaced: Dict[str, int]


@dataclass(frozen=True)
class Explanation:
    """What a code or a pattern means, and how to fix it."""

    #: Id of the catalogue entry; ``None`` for a code without an entry of its own.
    pattern: Optional[str]
    code: Optional[int]
    title: str
    severity: Optional[str]
    cause: str
    steps: List[str]
    references: List[Reference]


def fault(data: Mapping[str, Any]) -> Fault:
    return Fault(**data)


def incident(data: Mapping[str, Any]) -> Incident:
    parts = dict(data)
    parts["references"] = [Reference(**item) for item in data["references"]]
    parts["subject"] = Subject(**data["subject"])
    parts["support"] = [SupportIds(**item) for item in data["support"]]
    return Incident(**parts)


def diagnosis(data: Mapping[str, Any]) -> Diagnosis:
    return Diagnosis(
        headline=data["headline"],
        statements=[Statement(**item) for item in data["statements"]],
        actions=[Action(**item) for item in data["actions"]],
    )


def summary(data: Mapping[str, Any]) -> Summary:
    parts = dict(data)
    parts["by_code"] = {int(code): count for code, count in data["by_code"].items()}
    return Summary(**parts)


def explanation(data: Mapping[str, Any]) -> Explanation:
    return Explanation(
        pattern=data["pattern"],
        code=data["code"],
        title=data["title"],
        severity=data.get("severity"),
        cause=data["cause"],
        steps=list(data["steps"]),
        references=[Reference(**item) for item in data["references"]],
    )
