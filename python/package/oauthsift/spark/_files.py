"""Which file belongs to which instance, and how files are spread over tasks. Runs on the driver, without Spark."""

from __future__ import annotations

import heapq
import re
from typing import Dict, Iterable, List, NamedTuple, Optional, Tuple

from .._native import is_log_name

_ARCHIVE = re.compile(r"\.(zip|tar|tgz|tbz2|txz|tar\.(gz|bz2|zst|xz))$", re.IGNORECASE)
_GLOB = re.compile(r"[*?\[{]")
#: What precedes the host: a secret may contain a slash, but a number and a slash after a host are its port and a path.
_CREDENTIALS = re.compile(r"(?<=://)(?:[^/\s]*:[^/\s]*@|[^/\s:@]+:(?!\d+/)[^\s@]*@)")
#: What an instance costs besides its bytes, in bytes: opening files, indexing archives.
_UNIT_COST = 1 << 20


class File(NamedTuple):
    """A file of an instance."""

    path: str
    length: int


class Unit(NamedTuple):
    """The work of one task at a time: all files of one instance."""

    instance: str
    files: Tuple[str, ...]


def base_of(path: str) -> str:
    """The folder of an input path up to its first pattern, without scheme and host.

    >>> base_of("s3a://support/zips/*/2026-*")
    '/zips'
    """
    parts = _path_of(path).split("/")
    globs = [i for i, part in enumerate(parts) if _GLOB.search(part)]
    return "/".join(parts[: globs[0]] if globs else parts).rstrip("/")


def _path_of(uri: str) -> str:
    scheme, separator, rest = uri.partition(":")
    if not separator or not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*", scheme):
        return uri
    if not rest.startswith("//"):
        return rest
    host, slash, path = rest[2:].partition("/")
    return slash + path


class InstanceRule:
    """The instance of a file, from its path."""

    def __init__(self, bases: Iterable[str], pattern: Optional[str] = None) -> None:
        """:param pattern: a regular expression; its first group, or else the whole match, is the instance."""
        # The longest base first: it is the most specific.
        self._bases = sorted(set(bases), key=len, reverse=True)
        self._pattern = None if pattern is None else re.compile(pattern)

    def instance_of(self, uri: str) -> Optional[str]:
        """The instance; ``None`` when the pattern does not match.

        Without a pattern it is the folder below the input path, or an archive directly in it without its extension.
        Logs directly in it are one instance with its name.

        >>> rule = InstanceRule(["/zips"])
        >>> rule.instance_of("s3a://support/zips/acme/node1/atlassian-jira.log")
        'acme'
        >>> rule.instance_of("file:/zips/contoso.zip")
        'contoso'
        >>> InstanceRule(["/zips"], r"([^/]+)_node[0-9]+[.]zip$").instance_of("file:/zips/acme_node2.zip")
        'acme'
        """
        if self._pattern is not None:
            match = self._pattern.search(uri)
            return match and (match.group(1) if self._pattern.groups else match.group(0)) or None
        path = _path_of(uri)
        name = path.rsplit("/", 1)[-1]
        base = next((base for base in self._bases if _below(path, base) is not None), "")
        below = _below(path, base) or ""
        if "/" in below:
            return below.split("/", 1)[0]
        if _ARCHIVE.search(name):
            return _ARCHIVE.sub("", name)
        # A file that was named itself has no base below it.
        folder = base if below else path.rsplit("/", 1)[0]
        return folder.rsplit("/", 1)[-1] or "instance"

    def is_read(self, uri: str) -> bool:
        """True for logs and archives. Of other archives within the folder of an instance, only support zips."""
        path = _path_of(uri)
        name = path.rsplit("/", 1)[-1]
        if is_log_name(name):
            return True
        nested = any("/" in (_below(path, base) or "") for base in self._bases)
        is_named = path in self._bases
        return is_named or bool(_ARCHIVE.search(name)) and (self._pattern is not None or not nested)


def _below(path: str, base: str) -> Optional[str]:
    if path == base:
        return ""
    if base.startswith("/") or not base:
        return path[len(base) + 1 :] if path.startswith(base + "/") else None
    # A relative path: the file system puts the working folder before it.
    before, found, below = path.partition(f"/{base}/")
    return below if found else ("" if path.endswith(f"/{base}") else None)


def shown(uri: str) -> str:
    """How reports name a file: a local one by its path, others by their address without credentials.

    >>> shown("file:/var/log/atlassian-jira.log")
    '/var/log/atlassian-jira.log'
    >>> shown("s3a://key:secret@support/zips/acme.zip")
    's3a://support/zips/acme.zip'
    """
    return _path_of(uri) if is_local(uri) else without_credentials(uri)


def without_credentials(text: str) -> str:
    """A message of Spark or of a file system, in which addresses have no credentials.

    >>> without_credentials("cannot open s3a://key:secret@support/a.zip, abfss://box@account.example/b.zip")
    'cannot open s3a://support/a.zip, abfss://box@account.example/b.zip'
    >>> without_credentials("s3a://key:se/cr+et@support/a.zip hdfs://name:8020/b@c.zip s3a://support/d:1/e@f.zip")
    's3a://support/a.zip hdfs://name:8020/b@c.zip s3a://support/d:1/e@f.zip'
    """
    return _CREDENTIALS.sub("", text)


def is_local(uri: str) -> bool:
    """True for files of the machine itself."""
    return uri.startswith("file:") or _path_of(uri) == uri


def pack(instances: Dict[str, List[File]], tasks: int) -> List[List[Unit]]:
    """Spreads instances over tasks of about the same size. Large instances come first within and among tasks.

    >>> small, large = [File("a", 1)], [File("b", 9 << 20)]
    >>> packed = pack({"one": small, "two": large, "three": small}, 2)
    >>> [[unit.instance for unit in task] for task in packed]
    [['two'], ['one', 'three']]
    """
    sizes = {name: sum(file.length for file in files) + _UNIT_COST for name, files in instances.items()}
    order = sorted(instances, key=lambda name: (-sizes[name], name))
    packed: List[List[Unit]] = [[] for _ in range(max(1, min(tasks, len(order))))]
    loads = [(0, i) for i in range(len(packed))]
    for name in order:
        load, task = heapq.heappop(loads)
        packed[task].append(Unit(name, tuple(sorted(file.path for file in instances[name]))))
        heapq.heappush(loads, (load + sizes[name], task))
    by_load = sorted(loads, key=lambda item: (-item[0], item[1]))
    return [packed[task] for load, task in by_load if packed[task]]
