"""The logs of many Jiras: rows of tables, and the fleet report. Needs no engine; ``oauthsift.spark`` builds on it.

The unit is an *instance*: all logs of one Jira, of all nodes, rotated ones too.

>>> import oauthsift
>>> from oauthsift import fleet
>>> report = oauthsift.scan("../sample-logs/mail-stopped.log")
>>> [row["pattern"] for row in fleet.incident_rows("acme", report)]
['entra-client-secret-expired', 'jira-token-unrecoverable']
>>> result = fleet.build([fleet.instance_row("acme", report)], fleet.incident_rows("acme", report))
>>> result["instances"][0]["urgency"]
'token-invalid'
>>> fleet.page(result).startswith("<!DOCTYPE html>")
True
"""

from __future__ import annotations

from ._build import INCIDENT_COLUMNS, SCHEMA, build
from ._page import page
from ._rows import Row, fault_rows, incident_rows, instance_row, trend_rows, week_of

__all__ = [
    "INCIDENT_COLUMNS",
    "SCHEMA",
    "Row",
    "build",
    "fault_rows",
    "incident_rows",
    "instance_row",
    "page",
    "trend_rows",
    "week_of",
]
