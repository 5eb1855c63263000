"""CPU time of a piece of work: this process and the database's processes together.

Wall time on a shared machine is noise; CPU seconds of client and server are what a design costs.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil


@dataclass(slots=True)
class Usage:
    """Seconds used: `client_s` and `server_s` are CPU, `wall_s` is the clock."""

    client_s: float = 0.0
    server_s: float = 0.0
    wall_s: float = 0.0

    @property
    def cpu_s(self) -> float:
        """CPU seconds of client and server together."""
        return self.client_s + self.server_s


def postmaster_pid(data_directory: str) -> int:
    """Return the process id of the PostgreSQL server that owns `data_directory`."""
    with open(f"{data_directory}/postmaster.pid", encoding="ascii") as handle:
        return int(handle.readline())


def _server_cpu(postmaster: psutil.Process) -> float:
    # cutime/cstime of the postmaster hold the backends that have ended since.
    own = postmaster.cpu_times()
    total = own.user + own.system + own.children_user + own.children_system
    for child in postmaster.children(recursive=True):
        try:
            times = child.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return float(total)


@contextmanager
def measured(postmaster_pid: int | None) -> Iterator[Usage]:
    """Fill the yielded `Usage` with what the block cost, client and server."""
    server = psutil.Process(postmaster_pid) if postmaster_pid else None
    usage = Usage()
    before_server = _server_cpu(server) if server else 0.0
    before = resource.getrusage(resource.RUSAGE_SELF)
    started = time.perf_counter()
    yield usage
    usage.wall_s = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_SELF)
    usage.client_s = (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)
    if server:
        usage.server_s = _server_cpu(server) - before_server


def peak_memory_mb() -> float:
    """Return the largest resident size this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
