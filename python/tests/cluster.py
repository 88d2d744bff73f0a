"""A standalone Spark cluster on loopback: a master and workers as processes."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any, Dict, List

#: How long the cluster may take to start, in seconds.
START_TIMEOUT = 300


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Cluster:
    """A master and workers. Every process is ended by its id."""

    def __init__(self, folder: Path, memory: str = "768m") -> None:
        import pyspark

        self._folder = folder
        self._memory = memory
        self._program = Path(pyspark.__file__).parent / "bin" / "spark-class"
        self._environment = {
            **os.environ,
            "SPARK_HOME": str(Path(pyspark.__file__).parent),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_NO_DAEMONIZE": "1",
            "SPARK_DAEMON_MEMORY": "256m",
            "PYSPARK_PYTHON": sys.executable,
        }
        self._port, self._page = free_port(), free_port()
        self._master = self._start("master", "Master", "--port", self._port, "--webui-port", self._page)
        self.workers: List["subprocess.Popen[bytes]"] = []

    @property
    def url(self) -> str:
        return f"spark://127.0.0.1:{self._port}"

    def _start(self, name: str, kind: str, *options: object) -> "subprocess.Popen[bytes]":
        log = (self._folder / f"{name}.log").open("wb")
        command = [str(self._program), f"org.apache.spark.deploy.{kind.lower()}.{kind}", "--host", "127.0.0.1"]
        command += map(str, options)
        with log:
            return subprocess.Popen(command, env=self._environment, stdout=log, stderr=log, cwd=self._folder)

    def add_worker(self) -> "subprocess.Popen[bytes]":
        """Starts a worker with one core."""
        number = len(self.workers)
        work = self._folder / f"work-{number}"
        options = ["-c", "1", "-m", self._memory, "-d", work, "--webui-port", free_port(), self.url]
        worker = self._start(f"worker-{number}", "Worker", *options)
        self.workers.append(worker)
        return worker

    def state(self) -> Dict[str, Any]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self._page}/json/", timeout=5) as answer:
            state: Dict[str, Any] = json.load(answer)
            return state

    def wait_for(self, workers: int) -> None:
        """Waits until so many workers have come."""
        end = time.monotonic() + START_TIMEOUT
        while time.monotonic() < end:
            try:
                if self.state()["aliveworkers"] == workers:
                    return
            except (OSError, ValueError):
                # The master does not listen yet, or its page is not ready.
                pass
            time.sleep(0.2)
        raise TimeoutError(f"no {workers} workers after {START_TIMEOUT} s; see {self._folder}")

    def kill(self, worker: "subprocess.Popen[bytes]") -> None:
        """Kills a worker as a crash would."""
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()

    def stop(self) -> None:
        for process in [*self.workers, self._master]:
            if process.poll() is None:
                process.terminate()
        for process in [*self.workers, self._master]:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
