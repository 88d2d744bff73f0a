"""Scans support zips with Dask: ``python with_dask.py /data/zips``. Needs ``pip install oauthsift "dask[distributed]"``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import oauthsift
from distributed import Client
from oauthsift import fleet


def scan(path: Path) -> tuple[fleet.Row, list[fleet.Row], list[fleet.Row]]:
    name, report = path.stem, oauthsift.scan(path, threads=1, errors="keep")
    return fleet.instance_row(name, report), fleet.incident_rows(name, report), fleet.fault_rows(name, report)


if __name__ == "__main__":
    with Client(threads_per_worker=1) as client:
        instances, incidents, faults = zip(*client.gather(client.map(scan, list(Path(sys.argv[1]).iterdir()))))
    result = fleet.build(instances, sum(incidents, []), sum(faults, []))
    Path("fleet.html").write_text(fleet.page(result), encoding="utf-8")
    print(json.dumps(result["summary"]))
