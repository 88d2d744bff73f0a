"""What several tests need: generated instances, and a Spark cluster on loopback."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Iterator

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from fleet_data import Fleet, make_fleet

#: Where the example logs of the project are.
SAMPLES = Path(__file__).resolve().parents[2] / "sample-logs"


def has_spark() -> bool:
    """True when Spark can run here. In CI it must."""
    try:
        import pyspark  # noqa: F401
    except ImportError:
        return False
    import shutil

    return shutil.which("java") is not None or "JAVA_HOME" in os.environ


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if has_spark():
        return
    if os.environ.get("CI") == "true":
        raise pytest.UsageError("the tests of oauthsift.spark need pyspark and Java 17")
    skip = pytest.mark.skip(reason="needs pyspark and Java 17")
    for item in items:
        if "spark" in item.path.name:
            item.add_marker(skip)


@pytest.fixture(scope="session")
def samples() -> Path:
    return SAMPLES


@pytest.fixture(scope="session")
def fleet_of_300(tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    """300 generated instances, ten of them damaged."""
    folder = tmp_path_factory.mktemp("fleet")
    return make_fleet(folder / "zips", 300, 10, folder / "scratch")


@pytest.fixture(scope="session")
def small_fleet(tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    """20 generated instances, one of them damaged."""
    folder = tmp_path_factory.mktemp("small-fleet")
    return make_fleet(folder / "zips", 20, 1, folder / "scratch")


@pytest.fixture(autouse=True)
def _fixed_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Reports have a fixed time, so that they can be compared."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1780000000")
    yield
