"""Records, and a log that is a file object."""

from __future__ import annotations

import io
import math
import time

FAILURE = (
    b"2026-01-05 20:34:03,014+0000 http-nio-8080-exec-3 ERROR admin 1x1x1 1i8mi5a "
    b"/rest/oauth2-client/latest/config/flow/1 [c.a.o.c.X] The error message is: AADSTS7000215: Invalid client secret.\n"
)
ORDINARY = b"2026-01-05 20:34:03,014+0000 main INFO [c.a.jira.X] nothing happened\n"


class Log(io.RawIOBase):
    """A log that is read once, of so many records; without end by default."""

    def __init__(self, record: bytes, records: float = math.inf) -> None:
        self.block = record * 1000
        self.left = records * len(record)
        self.at = 0
        self.reads = 0

    def seekable(self) -> bool:
        return False

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        self.reads += 1
        part = self.block[self.at : self.at + int(min(size, self.left))]
        self.at = (self.at + len(part)) % len(self.block)
        self.left -= len(part)
        return part

    def assert_no_longer_read(self) -> None:
        """Fails when reading goes on for some seconds."""
        for _ in range(25):
            reads = self.reads
            time.sleep(0.2)
            if self.reads == reads:
                return
        raise AssertionError("the scan goes on")
