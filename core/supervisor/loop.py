"""The supervisor's loop: one round a second, for as long as nobody asks it to stop."""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import logging
import signal
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

import psutil
from django.db import DatabaseError, InterfaceError, connection

from core import clock
from core.jobs.sweeping import sweep
from core.supervisor.groups import ProcessGroup, kill_leftovers
from core.supervisor.watching import ClusterWatch
from core.supervisor.web_probe import WebProbe

logger = logging.getLogger(__name__)

ROUND_SECONDS = 1.0
#: A web server that answers nothing for this long is killed and started again.
WEB_SILENCE_SECONDS = 30.0
#: One that was just started gets this long, on a loaded machine too.
WEB_START_SECONDS = 90.0


class AlreadyRunning(RuntimeError):
    """Another supervisor works in the same data folder."""


@dataclass(slots=True)
class Supervisor:
    """Everything one machine runs: at most one web server and any number of clusters."""

    folder: Path
    watches: Sequence[ClusterWatch]
    web: ProcessGroup | None = None
    probe: WebProbe | None = None
    grace_seconds: float = 20.0
    _stop: threading.Event = field(default_factory=threading.Event)
    _lock: IO[str] | None = None
    _database_away: bool = False

    @property
    def groups(self) -> list[ProcessGroup]:
        """Return the web server, if any, and the clusters."""
        return [*([self.web] if self.web else []), *(watch.group for watch in self.watches)]

    def run(self) -> None:
        """Start everything, watch it until SIGTERM or SIGINT, stop everything.

        Raises:
            AlreadyRunning: another supervisor holds the data folder.
        """
        self._take_folder()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask_to_stop)
        self._start()
        try:
            while not self._stop.wait(ROUND_SECONDS):
                self.round(clock.now())
        finally:
            self._end()

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stop.set()

    def _take_folder(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = (self.folder / "supervise.lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunning(str(self.folder)) from error
        for number, began in self._remembered():
            kill_leftovers(number, began)

    def _start(self) -> None:
        now = clock.now()
        for watch in self.watches:
            watch.prepare(now)
        # Sockets opened so far must not be shared with the children.
        connection.close()
        for group in self.groups:
            group.start()
        self._remember()
        if self.probe:
            self.probe.forgive()
            self.probe.start()

    def round(self, now: dt.datetime) -> None:
        """Do one round: revive the web server, sweep the queue, check every cluster."""
        self._check_web()
        try:
            if self._database_away:
                self._database_back(now)
            sweep(now)
            restarted = [watch.check(now) for watch in self.watches]
        except (DatabaseError, InterfaceError):
            if not self._database_away:
                logger.exception("core.supervisor.database_away")
            self._database_away = True
            connection.close()
            return
        if any(restarted):
            self._remember()

    def _database_back(self, now: dt.datetime) -> None:
        connection.ensure_connection()
        for watch in self.watches:
            watch.patient_since = now
        self._database_away = False
        logger.warning("core.supervisor.database_back")

    def _check_web(self) -> None:
        if self.web is None:
            return
        silent = self.probe is not None and self.probe.is_silent(
            WEB_SILENCE_SECONDS, WEB_START_SECONDS
        )
        if self.web.is_alive and not silent:
            return
        logger.error("core.supervisor.restart", extra={"group": "web"})
        self.web.restart()
        if self.probe:
            self.probe.forgive()
        self._remember()

    def _end(self) -> None:
        if self.probe:
            self.probe.stop()
        for group in self.groups:
            group.ask_to_stop()
        deadline = time.monotonic() + self.grace_seconds
        for group in self.groups:
            group.stop_by(deadline)
        (self.folder / "supervise.json").unlink(missing_ok=True)
        logger.info("core.supervisor.stopped")

    def _remember(self) -> None:
        """Write down who runs, so that a successor can clear up after a SIGKILL of ours."""
        known = [
            [group.pid, psutil.Process(group.pid).create_time()]
            for group in self.groups
            if group.pid and group.is_alive
        ]
        (self.folder / "supervise.json").write_text(json.dumps(known))

    def _remembered(self) -> list[tuple[int, float]]:
        try:
            known = json.loads((self.folder / "supervise.json").read_text())
            return [(int(number), float(began)) for number, began in known]
        except (FileNotFoundError, ValueError, TypeError):
            return []
