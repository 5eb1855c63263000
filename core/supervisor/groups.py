"""One child of the supervisor: a process group that is started, stopped and killed as a whole."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import psutil

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class ProcessGroup:
    """A command in a session of its own. Killing it kills everything it has started."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    restarts: int = 0
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start the command; its output goes where the supervisor's goes."""
        self._process = subprocess.Popen(  # noqa: S603  # our own commands, no shell
            list(self.command),
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        logger.info("core.supervisor.started", extra={"group": self.name, "pid": self.pid})

    @property
    def pid(self) -> int | None:
        """Return the number of the leader, and so of the group; None before the first start."""
        return self._process.pid if self._process else None

    @property
    def is_alive(self) -> bool:
        """Say whether the leader runs. When it has ended, the rest of the group is stray."""
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """SIGKILL the whole group and wait for the leader."""
        if self._process is None:
            return
        _kill_group(self._process.pid)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=10)

    def restart(self) -> None:
        """Kill the group and start it afresh."""
        self.kill()
        self.restarts += 1
        self.start()

    def ask_to_stop(self) -> None:
        """SIGTERM the leader, which lets running work end."""
        if self._process and self.is_alive:
            self._process.terminate()

    def stop_by(self, deadline: float) -> None:
        """Wait until `deadline` (monotonic seconds) for the leader, then kill the group."""
        if self._process:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=max(0.0, deadline - time.monotonic()))
        self.kill()


def _kill_group(number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(number, signal.SIGKILL)


def kill_leftovers(number: int, began: float) -> int:
    """Kill what remains of a group that a supervisor before us started; return how many.

    `began` is when its leader started: a group of the same number that began earlier is a
    stranger's, as is a process that does not lead its own session.
    """
    killed = 0
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, ProcessLookupError):
            same = os.getpgid(process.pid) == number and os.getsid(process.pid) == number
            if same and process.create_time() >= began - 1:
                process.kill()
                killed += 1
    return killed
