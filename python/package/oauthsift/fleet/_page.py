"""The fleet report as one HTML page. It runs no script and loads nothing."""

from __future__ import annotations

from html import escape
from typing import Any, Iterable, List, Mapping, Optional, Sequence

from ._rows import instant

#: Rows of a table on the page; all are in the JSON.
MAX_ROWS = 1000
#: Causes and actions of an instance that are shown at once.
MAX_LINES = 5

_URGENCY = {
    "deadline": "Deadline",
    "token-invalid": "Token invalid",
    "deadline-passed": "Deadline passed",
    "failing": "Failing",
    "intermittent": "Intermittent",
    "stopped": "Stopped",
    "unread": "Not read",
}

_STYLE = """
:root { color-scheme: light dark; --line: #d5d9e0; --soft: #5b6472; --bar: #3b73c4; --bad: #b3261e; --warn: #9a5b00; }
@media (prefers-color-scheme: dark) {
  :root { --line: #3a4048; --soft: #a0a8b4; --bar: #6ea3ef; --bad: #ff8a80; --warn: #f0b35a; }
}
body { font: 15px/1.5 system-ui, sans-serif; max-width: 76rem; margin: 2rem auto; padding: 0 1.25rem; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.15rem; margin: 2.25rem 0 .5rem; }
p { margin: .25rem 0; } .soft { color: var(--soft); }
dl { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: 1.25rem 0; } dl div { min-width: 6rem; }
dt { color: var(--soft); font-size: .85rem; } dd { margin: 0; font-size: 1.5rem; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 600; font-size: .85rem; } td { overflow-wrap: anywhere; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; } td.t { white-space: nowrap; }
.bad { color: var(--bad); font-weight: 600; } .warn { color: var(--warn); font-weight: 600; }
code { font-size: .9em; } ul { margin: 0; padding-left: 1.1rem; } details summary { cursor: pointer; }
.bar { display: inline-block; height: .8rem; background: var(--bar); vertical-align: middle; min-width: 1px; }
"""


def page(report: Mapping[str, Any]) -> str:
    """A fleet report as HTML."""
    sections = [_head(report), _instances(report), _causes(report), _trend(report)]
    if report["baseline"] is not None:
        sections += [_changes(report)]
    if report["faults"]:
        sections.append(_faults(report))
    body = "\n".join(sections)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>OAuth 2.0 failures: {_number(report['summary']['instances'])} Jira instances</title>\n"
        f"<style>{_STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _head(report: Mapping[str, Any]) -> str:
    summary = report["summary"]
    tiles = [
        ("Instances", summary["instances"]),
        ("Deadline ahead", summary["deadline"]),
        ("Token invalid", summary["token-invalid"]),
        ("Deadline passed", summary["deadline-passed"]),
        ("Failing", summary["failing"]),
        ("Intermittent", summary["intermittent"]),
        ("Stopped", summary["stopped"]),
        ("Not read", summary["unread"]),
        ("New incidents", summary["new"]),
        ("Faults", summary["faults"]),
    ]
    items = "".join(
        f"<div><dt>{name}</dt><dd>{_number(count)}</dd></div>" for name, count in tiles if count is not None
    )
    people = "with one key: the same everywhere" if report["keyed"] else "numbered within each instance"
    return (
        f"<h1>OAuth 2.0 failures in {_number(summary['instances'])} Jira instances</h1>\n"
        f'<p class="soft">{_time(report["generated_at"])}, oauthsift {_text(report["tool"]["version"])}; '
        f"{_number(summary['findings'])} failures in {_number(summary['lines'])} log lines. "
        f"Pseudonyms of people: {people}.</p>\n<dl>{items}</dl>"
    )


def _instances(report: Mapping[str, Any]) -> str:
    now = report["generated_at"]
    rows = [
        [
            ("t", f'<span class="{_tone(row)}">{_URGENCY[row["urgency"]]}</span>'),
            ("", f"<strong>{_text(row['instance'])}</strong>"),
            ("t", _when(row, now)),
            ("t", _day(row["failing_since"])),
            ("", _problem(row)),
            ("n", _number(row["findings"])),
        ]
        for row in report["instances"][:MAX_ROWS]
    ]
    heads = [("", "Urgency"), ("", "Instance"), ("", "Token"), ("", "Since"), ("", "What failed, what to do"), ("n", "Failures")]
    return "<h2>Instances by urgency</h2>\n" + _table(heads, rows, len(report["instances"]), "No failures.")


def _tone(row: Mapping[str, Any]) -> str:
    return {"deadline": "bad", "token-invalid": "bad", "deadline-passed": "warn", "failing": "warn", "unread": "warn"}.get(row["urgency"], "")


def _when(row: Mapping[str, Any], now: str) -> str:
    if row["deadline"]:
        hours = (instant(row["deadline"]) - instant(now)).total_seconds() / 3600
        left = f"{hours:.0f} h" if hours < 48 else f"{hours / 24:.0f} days"
        return f"invalid from {_day(row['deadline'])}<br><span class=\"soft\">in {left}</span>"
    if row["token_invalid_since"]:
        return f"invalid since {_day(row['token_invalid_since'])}"
    if row["deadline_passed"]:
        return f"invalid since {_day(row['deadline_passed'])}<br><span class=\"soft\">if it kept failing</span>"
    return ""


def _problem(row: Mapping[str, Any]) -> str:
    parts = _folded([f"<p>{_text(line)}</p>" for line in (row["headline"] or "").splitlines()])
    if row["actions"]:
        parts += _folded([f"<li>{_text(action)}</li>" for action in row["actions"]], "ul")
    if row["faults"]:
        inputs = "1 input" if row["faults"] == 1 else f"{_number(row['faults'])} inputs"
        parts += f'<p class="soft">{inputs} not read whole, see below</p>'
    return parts


def _folded(items: Sequence[str], element: str = "div") -> str:
    """The first items; the others on demand."""
    first, rest = items[:MAX_LINES], items[MAX_LINES:]
    shown = f"<{element}>{''.join(first)}</{element}>"
    if not rest:
        return shown
    hidden = f"<{element}>{''.join(rest)}</{element}>"
    return f'{shown}<details><summary class="soft">{len(rest)} more</summary>{hidden}</details>'


def _causes(report: Mapping[str, Any]) -> str:
    rows = []
    for cause in report["causes"][:MAX_ROWS]:
        code = f" (AADSTS{cause['code']})" if cause["code"] is not None and "AADSTS" not in cause["title"] else ""
        more = cause["instances"] - len(cause["names"])
        names = ", ".join(_text(name) for name in cause["names"]) + (f" and {_number(more)} more" if more else "")
        rows.append(
            [
                ("n", _number(cause["instances"])),
                ("n", "" if cause["new_instances"] is None else _number(cause["new_instances"])),
                ("n", _number(cause["findings"])),
                (
                    "",
                    f"<strong>{_text(cause['title'])}</strong>{code}<br><code>{_text(cause['pattern'])}</code>"
                    f"<p>{_text(cause['fix'])}</p><details><summary class=\"soft\">instances</summary>{names}</details>",
                ),
            ]
        )
    heads = [("n", "Instances"), ("n", "New"), ("n", "Failures"), ("", "Root cause and fix")]
    return "<h2>Causes by number of instances</h2>\n" + _table(heads, rows, len(report["causes"]), "None.")


def _trend(report: Mapping[str, Any]) -> str:
    weeks = report["trend"][-MAX_ROWS:]
    most = max((week["findings"] for week in weeks), default=1)
    rows = [
        [
            ("t", _text(week["week"])),
            ("n", _number(week["findings"])),
            ("", f'<span class="bar" style="width:{100 * week["findings"] / most:.1f}%"></span>'),
            ("", f"<code>{_text(max(week['by_pattern'], key=week['by_pattern'].__getitem__))}</code>"),
        ]
        for week in weeks
    ]
    heads = [("", "Week from"), ("n", "Failures"), ("", ""), ("", "Most frequent")]
    return "<h2>Failures by week</h2>\n" + _table(heads, rows, len(report["trend"]), "No failure has a time.")


def _changes(report: Mapping[str, Any]) -> str:
    new = [incident for incident in report["incidents"] if incident["new"]]
    since = _time(report["baseline"])
    return (
        f"<h2>New since {since}</h2>\n{_incidents(new)}\n<h2>No longer seen</h2>\n{_incidents(report['gone'])}"
    )


def _incidents(incidents: Sequence[Mapping[str, Any]]) -> str:
    rows = [
        [
            ("", f"<strong>{_text(incident['instance'])}</strong>"),
            ("", f"{_text(incident['title'])}<br><code>{_text(incident['pattern'])}</code>"),
            ("", ", ".join(_text(incident[name]) for name in ("integration", "mailbox", "tenant") if incident[name])),
            ("t", _day(incident["first_seen"])),
            ("n", _number(incident["count"])),
        ]
        for incident in incidents[:MAX_ROWS]
    ]
    heads = [("", "Instance"), ("", "Incident"), ("", "Affected"), ("", "First seen"), ("n", "Failures")]
    return _table(heads, rows, len(incidents), "None.")


def _faults(report: Mapping[str, Any]) -> str:
    rows = [
        [
            ("", _text(fault["instance"])),
            ("", f"<code>{_text(fault['source'])}</code>"),
            ("n", "" if fault["offset"] is None else _number(fault["offset"])),
            ("", _text(fault["message"])),
        ]
        for fault in report["faults"][:MAX_ROWS]
    ]
    heads = [("", "Instance"), ("", "Input"), ("n", "Byte"), ("", "What failed")]
    return "<h2>Not read, or not whole</h2>\n" + _table(heads, rows, len(report["faults"]), "None.")


def _table(heads: Iterable[Any], rows: List[List[Any]], total: int, empty: str) -> str:
    if not rows:
        return f'<p class="soft">{empty}</p>'
    head = "".join(f'<th class="{kind}">{name}</th>' for kind, name in heads)
    body = "\n".join("<tr>" + "".join(f'<td class="{kind}">{cell}</td>' for kind, cell in row) + "</tr>" for row in rows)
    more = f'<p class="soft">{_number(total - len(rows))} more in the JSON report</p>' if total > len(rows) else ""
    return f'<div class="scroll"><table>\n<tr>{head}</tr>\n{body}\n</table></div>{more}'


def _text(text: Optional[str]) -> str:
    return escape(text or "")


def _number(number: int) -> str:
    return f"{number:,}"


def _day(time: Optional[str]) -> str:
    return _text(time[:10] if time else "")


def _time(time: str) -> str:
    return _text(time[:16].replace("T", " ") + time[19:].replace("+00:00", " UTC"))
