"""Rows of the tables, from the report of one instance. The columns are declared in ``oauthsift/spark/_schema.py``."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta, timezone
from typing import Any, Dict, Iterable, List, Optional, Tuple

from .._model import Incident, Statement
from .._native import Finding
from .._report import Report

Row = Dict[str, Any]

#: Most severe first.
SEVERITIES = ("critical", "error", "warning", "info")


def instant(text: str) -> datetime:
    """A time of a report as an instant; a local time without offset is taken as UTC."""
    time = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return time if time.tzinfo else time.replace(tzinfo=timezone.utc)


def incident_rows(instance: str, report: Report) -> List[Row]:
    """One row for each incident: what failed, since when, how to fix it, and until when."""
    statements = [item for item in report.diagnosis.statements if item.kind == "deadline"]
    return [_incident_row(instance, incident, statements, report) for incident in report.incidents]


def _incident_row(instance: str, incident: Incident, statements: List[Statement], report: Report) -> Row:
    invalid_since, deadline = _token_times(incident, statements)
    subject = incident.subject
    actions = [action.text for action in report.diagnosis.actions if incident.id in action.incidents]
    return {
        "instance": instance,
        "id": incident.id,
        "pattern": incident.pattern,
        "code": incident.code,
        "title": incident.title,
        "severity": incident.severity,
        "stage": incident.stage,
        "state": incident.state,
        "caused_by": incident.caused_by,
        "count": incident.count,
        "first_seen": incident.first_seen,
        "last_seen": incident.last_seen,
        "deadline": deadline,
        "token_invalid_since": invalid_since,
        "app_id": subject.app_id,
        "tenant": subject.tenant,
        "mailbox": subject.mailbox,
        "integration": subject.integration,
        "merged_subjects": incident.merged_subjects,
        "nodes": incident.nodes,
        "users": incident.users,
        "trace_ids": incident.trace_ids,
        "correlation_ids": incident.correlation_ids,
        "action": actions[0] if actions else None,
        "cause": incident.cause,
        "steps": incident.steps,
        "references": [reference.url for reference in incident.references],
    }


def _token_times(incident: Incident, statements: List[Statement]) -> Tuple[Optional[str], Optional[str]]:
    """Since when the token has been invalid, and when Jira will invalidate it."""
    for statement in statements:
        # A period that is over without an invalidated token says nothing: it may be set to a higher value.
        if statement.at is None or statement.certainty == "possible" or statement.incidents[:1] != [incident.id]:
            continue
        # Jira logs an invalid token after it became invalid; a deadline is 7 days after the first failure.
        if incident.first_seen is not None and instant(statement.at) <= instant(incident.first_seen):
            return statement.at, None
        return None, statement.at
    return None, None


def fault_rows(instance: str, report: Report) -> List[Row]:
    """One row for each fault: what could not be read, or not completely."""
    return [
        {
            "instance": instance,
            "source": fault.source,
            "offset": fault.offset,
            "kind": fault.kind,
            "message": fault.message,
        }
        for fault in report.faults
    ]


def instance_row(instance: str, report: Report) -> Row:
    """One row for an instance, whether or not something failed in it."""
    inputs = [item for item in report.inputs if item.duplicate_of is None]
    times = [(item.first_timestamp, item.last_timestamp) for item in inputs]
    summary = report.summary
    by_severity = summary.by_severity
    return {
        "instance": instance,
        "inputs": len(inputs),
        "bytes": sum(item.bytes for item in inputs),
        "lines": sum(item.lines for item in inputs),
        "findings": summary.findings,
        "incidents": summary.incidents,
        "mentions": summary.mentions,
        "faults": sum(fault.is_failure for fault in report.faults),
        "severity": next((name for name in SEVERITIES if by_severity.get(name, 0)), None),
        "first_timestamp": min((first for first, _ in times if first), key=instant, default=None),
        "last_timestamp": max((last for _, last in times if last), key=instant, default=None),
        "headline": report.diagnosis.headline or None,
        "generated_at": report.generated_at,
    }


def week_of(timestamp: Optional[str]) -> Optional[str]:
    """The Monday of the week of a time, by the log's own date; ``None`` when the log has no time.

    >>> week_of("2026-01-18T23:30:00.000+01:00")
    '2026-01-12'
    """
    if timestamp is None:
        return None
    day = date.fromisoformat(timestamp[:10])
    return (day - timedelta(days=day.weekday())).isoformat()


def trend_rows(instance: str, findings: Iterable[Finding]) -> List[Row]:
    """Findings by week and pattern."""
    counts = Counter((week_of(finding.timestamp), finding.pattern) for finding in findings)
    return [
        {"instance": instance, "week": week, "pattern": pattern, "findings": count}
        for (week, pattern), count in sorted(counts.items(), key=lambda item: (item[0][0] or "", item[0][1]))
    ]
