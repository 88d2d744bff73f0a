"""The fleet report as data."""

from __future__ import annotations

import os
from collections import defaultdict
from datetime import datetime, timezone
from typing import Any, Dict, Iterable, List, Mapping, Optional, Set, Tuple

from .._native import __version__
from ._rows import SEVERITIES, Row, instant

#: Name and version of the report's format.
SCHEMA = "oauthsift.fleet/1"

#: The most urgent first.
URGENCIES = ("deadline", "token-invalid", "deadline-passed", "failing", "intermittent", "stopped", "unread")
#: Instances that a cause names.
MAX_NAMES = 20

#: The columns of an incident that the report has; the table has more.
INCIDENT_COLUMNS = (
    "instance",
    "pattern",
    "code",
    "title",
    "severity",
    "state",
    "caused_by",
    "count",
    "first_seen",
    "last_seen",
    "deadline",
    "token_invalid_since",
    "app_id",
    "tenant",
    "mailbox",
    "integration",
    "action",
)

Key = Tuple[Optional[str], ...]


def build(
    instances: Iterable[Mapping[str, Any]],
    incidents: Iterable[Mapping[str, Any]],
    faults: Iterable[Mapping[str, Any]] = (),
    trend: Iterable[Mapping[str, Any]] = (),
    *,
    keyed: bool = False,
    generated_at: Optional[str] = None,
    baseline: Optional[Mapping[str, Any]] = None,
) -> Dict[str, Any]:
    """The fleet report, from the rows of all instances.

    :param trend: rows with ``week``, ``pattern`` and ``findings``, and ``instance`` or a number ``instances``.
    :param keyed: the pseudonyms were made with one key.
    :param generated_at: the time by which deadlines are upcoming or over. Default: now, or ``SOURCE_DATE_EPOCH``.
    :param baseline: an earlier fleet report: what is new since then, and what is gone.
    """
    now = generated_at or _now()
    if baseline is not None and baseline.get("schema") != SCHEMA:
        raise ValueError(f"the baseline is not a fleet report of the format {SCHEMA}")
    by_instance: Dict[str, List[Row]] = defaultdict(list)
    for incident in incidents:
        by_instance[incident["instance"]].append({name: incident[name] for name in INCIDENT_COLUMNS})
    fault_list = sorted((dict(fault) for fault in faults), key=_fault_order)
    unread: Dict[str, int] = defaultdict(int)
    for fault in fault_list:
        unread[fault["instance"]] += fault["kind"] != "truncated-id"
    known = _baseline_keys(baseline, keyed)
    summary = dict.fromkeys(("instances", "findings", "mentions", "bytes", "lines"), 0)
    listed: List[Row] = []
    named: Set[str] = set()
    for row in instances:
        summary["instances"] += row["instance"] not in named
        named.add(row["instance"])
        for name in ("findings", "mentions", "bytes", "lines"):
            summary[name] += row[name] or 0
        own = by_instance.get(row["instance"], [])
        if own or unread.get(row["instance"]):
            listed.append(_instance(row, own, unread.get(row["instance"], 0), now))
    for name in sorted(set(unread) - named):
        listed.append(_instance({"instance": name}, by_instance.get(name, []), unread[name], now))
        summary["instances"] += 1
    listed.sort(key=_urgency_order)
    flat = [incident for name in sorted(by_instance) for incident in by_instance[name]]
    for incident in flat:
        incident["new"] = None if known is None else _key(incident, keyed) not in known
    current = {_key(incident, keyed) for incident in flat}
    gone = [] if baseline is None else [i for i in baseline["incidents"] if _key(i, keyed) not in current]
    return {
        "schema": SCHEMA,
        "tool": {"name": "oauthsift", "version": __version__},
        "generated_at": now,
        "keyed": keyed,
        "baseline": None if baseline is None else baseline["generated_at"],
        "summary": {
            **summary,
            "incidents": len(flat),
            "new": None if known is None else sum(bool(incident["new"]) for incident in flat),
            "gone": None if known is None else len(gone),
            "faults": len(fault_list),
            **{urgency: sum(row["urgency"] == urgency for row in listed) for urgency in URGENCIES},
        },
        "instances": listed,
        "causes": _causes(flat),
        "trend": _trend(trend),
        "incidents": flat,
        "gone": gone,
        "faults": fault_list,
    }


def _now() -> str:
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    time = datetime.now(timezone.utc) if epoch is None else datetime.fromtimestamp(int(epoch), timezone.utc)
    return time.replace(microsecond=0).isoformat()


def _instance(row: Mapping[str, Any], incidents: List[Row], faults: int, now: str) -> Row:
    upcoming = [i["deadline"] for i in incidents if i["deadline"] and instant(i["deadline"]) > instant(now)]
    passed = [i["deadline"] for i in incidents if i["deadline"] and instant(i["deadline"]) <= instant(now)]
    invalid = [i["token_invalid_since"] for i in incidents if i["token_invalid_since"]]
    states = {incident["state"] for incident in incidents}
    if upcoming:
        urgency = "deadline"
    elif invalid:
        urgency = "token-invalid"
    elif passed:
        # Whether failures went on after the end of the log is not known.
        urgency = "deadline-passed"
    elif "failing" in states:
        urgency = "failing"
    elif states & {"flapping", "once", "by-hand", "given-up"}:
        urgency = "intermittent"
    elif incidents:
        urgency = "stopped"
    else:
        urgency = "unread"
    first = min((i["first_seen"] for i in incidents if i["first_seen"]), key=instant, default=None)
    roots = [incident for incident in incidents if incident["caused_by"] is None]
    return {
        "instance": row["instance"],
        "urgency": urgency,
        "deadline": min(upcoming, key=instant, default=None),
        "deadline_passed": min(passed, key=instant, default=None),
        "token_invalid_since": min(invalid, key=instant, default=None),
        "failing_since": first,
        "severity": next((name for name in SEVERITIES if any(i["severity"] == name for i in incidents)), None),
        "headline": row.get("headline"),
        "actions": _unique(incident["action"] for incident in roots if incident["action"]),
        "patterns": _unique(incident["pattern"] for incident in roots),
        "findings": row.get("findings") or 0,
        "incidents": len(incidents),
        "last_timestamp": row.get("last_timestamp"),
        "faults": faults,
    }


def _unique(items: Iterable[str]) -> List[str]:
    return list(dict.fromkeys(items))


def _urgency_order(row: Row) -> Tuple[int, datetime, int, datetime, str]:
    far = datetime.max.replace(tzinfo=timezone.utc)

    def time(text: Optional[str]) -> datetime:
        return instant(text) if text else far

    severity = SEVERITIES.index(row["severity"]) if row["severity"] else len(SEVERITIES)
    return (
        URGENCIES.index(row["urgency"]),
        time(row["deadline"]),
        severity,
        time(row["failing_since"]),
        row["instance"],
    )


def _causes(incidents: List[Row]) -> List[Row]:
    """Root causes by the number of instances that have them."""
    groups: Dict[Tuple[str, Optional[int]], List[Row]] = defaultdict(list)
    for incident in incidents:
        if incident["caused_by"] is None:
            groups[(incident["pattern"], incident["code"])].append(incident)
    causes = []
    for (pattern, code), group in groups.items():
        names = _unique(incident["instance"] for incident in group)
        new = {incident["instance"] for incident in group if incident["new"]}
        causes.append(
            {
                "pattern": pattern,
                "code": code,
                "title": group[0]["title"],
                "severity": group[0]["severity"],
                "fix": next((incident["action"] for incident in group if incident["action"]), None),
                "instances": len(names),
                "new_instances": None if group[0]["new"] is None else len(new),
                "findings": sum(incident["count"] for incident in group),
                "names": names[:MAX_NAMES],
            }
        )
    return sorted(causes, key=lambda cause: (-cause["instances"], -cause["findings"], cause["pattern"], cause["code"] or 0))


def _trend(rows: Iterable[Mapping[str, Any]]) -> List[Row]:
    weeks: Dict[str, Dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        if row["week"] is not None:
            weeks[row["week"]][row["pattern"]] += row["findings"]
    return [
        {"week": week, "findings": sum(counts.values()), "by_pattern": dict(sorted(counts.items()))}
        for week, counts in sorted(weeks.items())
    ]


def _key(incident: Mapping[str, Any], keyed: bool) -> Key:
    """What makes an incident the same in two reports. A numbered pseudonym may mean somebody else next time."""
    names = ["instance", "pattern", "app_id", "tenant", "integration"] + (["mailbox"] if keyed else [])
    code = incident["code"]
    return (*(incident[name] for name in names), None if code is None else str(code))


def _baseline_keys(baseline: Optional[Mapping[str, Any]], keyed: bool) -> Optional[Set[Key]]:
    if baseline is None:
        return None
    if baseline["keyed"] != keyed:
        raise ValueError("the baseline was made with a pseudonym key and this report is not, or the other way round")
    return {_key(incident, keyed) for incident in baseline["incidents"]}


def _fault_order(fault: Row) -> Tuple[str, str, int]:
    offset = fault["offset"]
    return (fault["instance"], fault["source"], -1 if offset is None else offset)
