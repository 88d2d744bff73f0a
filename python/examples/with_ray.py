"""Scans support zips with Ray: ``python with_ray.py /data/zips``. Needs ``pip install oauthsift ray``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import oauthsift
import ray
from oauthsift import fleet


@ray.remote
def scan(path: str) -> tuple[fleet.Row, list[fleet.Row], list[fleet.Row]]:
    name, report = Path(path).stem, oauthsift.scan(path, threads=1, errors="keep")
    return fleet.instance_row(name, report), fleet.incident_rows(name, report), fleet.fault_rows(name, report)


rows = ray.get([scan.remote(str(path)) for path in Path(sys.argv[1]).iterdir()])
instances, incidents, faults = zip(*rows)
result = fleet.build(instances, sum(incidents, []), sum(faults, []))
Path("fleet.html").write_text(fleet.page(result), encoding="utf-8")
print(json.dumps(result["summary"]))
