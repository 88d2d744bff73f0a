"""What happens while a scan runs: findings, memory, interrupts, progress, threads."""

from __future__ import annotations

import _thread
import gc
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, List

import oauthsift
import pytest
from logs import FAILURE, ORDINARY, Log


def test_findings_come_while_the_log_is_read() -> None:
    source = Log(FAILURE)
    with oauthsift.iter_findings(source) as findings:
        first = [next(findings) for _ in range(1000)]
    assert [finding.line for finding in first] == list(range(1, 1001))
    assert list(findings) == []
    source.assert_no_longer_read()


def test_a_forgotten_iterator_ends_its_scan() -> None:
    source = Log(FAILURE)
    findings = oauthsift.iter_findings(source)
    next(findings)
    del findings
    gc.collect()
    source.assert_no_longer_read()


def test_memory_stays_flat_over_many_findings() -> None:
    program = """if True:
        import resource, sys
        import oauthsift
        from logs import FAILURE, Log
        print(sum(1 for _ in oauthsift.iter_findings(Log(FAILURE, int(sys.argv[1])), threads=1)))
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    """

    def run(count: int) -> List[int]:
        command = [sys.executable, "-c", program, str(count)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=Path(__file__).parent)
        return [int(line) for line in done.stdout.split()]

    (few, few_kib), (many, many_kib) = run(2_000), run(60_000)
    assert (few, many) == (2_000, 60_000)
    assert many_kib < few_kib + 12_000, f"{few_kib} KiB, then {many_kib} KiB"


def test_a_file_object_that_returns_too_much_is_a_fault() -> None:
    class TooMuch(Log):
        def read(self, size: int = -1) -> bytes:
            return super().read(size + 1)

    with pytest.raises(oauthsift.InputError, match="more bytes than it was asked for"):
        oauthsift.scan(TooMuch(FAILURE, 5))


@pytest.mark.parametrize("record", [FAILURE, ORDINARY], ids=["findings", "no findings"])
@pytest.mark.parametrize("form", ["scan", "iterate", "arrow"])
def test_ctrl_c_ends_a_scan(record: bytes, form: str) -> None:
    import pyarrow

    # A process that was started in the background of a shell ignores this signal.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    source = Log(record)
    timer = threading.Timer(0.5, _thread.interrupt_main)
    timer.start()
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        if form == "scan":
            # What is found is kept, so a short time is enough.
            oauthsift.scan(source, pattern=["entra-client-secret-expired"] if record is FAILURE else [])
        elif form == "iterate":
            for _ in oauthsift.iter_findings(source):
                pass
        else:
            # The interrupt follows the error that pyarrow knows.
            try:
                for _ in pyarrow.RecordBatchReader.from_stream(oauthsift.findings_arrow(source)):
                    pass
            except pyarrow.ArrowInvalid as error:
                assert "interrupted" in str(error)
            time.sleep(1)
    assert time.monotonic() - start < 5
    timer.join()
    source.assert_no_longer_read()


def test_progress_is_reported_and_its_error_ends_the_scan() -> None:
    calls: List[Any] = []

    def stop(read: int, total: int, current: str) -> None:
        calls.append((read, total, current))
        if len(calls) == 3:
            raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        oauthsift.scan(("endless.log", Log(ORDINARY)), progress=stop)
    assert calls[0][0] < calls[1][0] < calls[2][0]
    seen: List[Any] = []
    oauthsift.scan(("a.log", FAILURE), progress=lambda *step: seen.append(step))
    assert seen[-1][:2] == (len(FAILURE), len(FAILURE))


def test_other_threads_run_during_a_scan() -> None:
    counted = 0
    done = threading.Event()

    def count() -> None:
        nonlocal counted
        while not done.is_set():
            counted += 1
            time.sleep(0.001)

    content = ORDINARY * 1_500_000
    thread = threading.Thread(target=count)
    thread.start()
    start = time.monotonic()
    oauthsift.scan(content, threads=1)
    elapsed = time.monotonic() - start
    during = counted
    done.set()
    thread.join()
    assert during > 5 or elapsed < 0.02, f"{during} in {elapsed:.3f} s"


def test_several_threads_scan_at_once_and_give_the_same() -> None:
    from concurrent.futures import ThreadPoolExecutor

    content = (ORDINARY * 50 + FAILURE) * 40
    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(lambda _: len(oauthsift.scan(content).findings), range(40)))
    assert counts == [40] * 40
