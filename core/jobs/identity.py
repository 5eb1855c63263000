"""Who runs a job: host, cluster, group, process, and when that process began.

The start time tells a process from a later one that got the same number.
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass

import psutil

GROUP_VARIABLE = "QUAYSIDE_WORKER_GROUP"


@dataclass(frozen=True, slots=True)
class Worker:
    """One worker process; `group` is the cluster its supervisor started it in."""

    host: str
    group: str
    pid: int
    began: float

    def __str__(self) -> str:
        return f"{self.host}/{self.group}/{self.pid}/{self.began:.2f}"

    @classmethod
    def parse(cls, text: str) -> Worker | None:
        """Return the worker a job row names, or None for a run in another kind of process."""
        parts = text.rsplit("/", 3)
        if len(parts) != 4:
            return None
        return cls(parts[0], parts[1], int(parts[2]), float(parts[3]))

    @property
    def is_here(self) -> bool:
        """Say whether the process belongs to this machine."""
        return self.host == socket.gethostname()

    def process(self) -> psutil.Process | None:
        """Return the live process of this machine, or None if it has ended."""
        try:
            found = psutil.Process(self.pid)
            same = abs(found.create_time() - self.began) < 1
            alive = found.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return None
        return found if same and alive else None


def this_worker() -> Worker:
    """Return the identity of the process that asks."""
    own = psutil.Process()
    group = os.environ.get(GROUP_VARIABLE, "none")
    return Worker(socket.gethostname(), group, own.pid, own.create_time())


def group_of(cluster: str) -> str:
    """Return the name of this machine's worker group of a cluster: `host/cluster`.

    With a slash behind it, the `worker` text of every job of the group begins so.
    """
    return f"{socket.gethostname()}/{cluster}"
