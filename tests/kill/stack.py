"""A whole installation in processes of its own, and the means to shoot at each of them."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg

PROJECT = Path(__file__).resolve().parents[2]


def tell(text: str) -> None:
    """Show a figure in the output of the run (pytest -s)."""
    sys.stderr.write(f"{text}\n")


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Stack:
    """Web server and workers under `manage.py supervise`, on a PostgreSQL of its own."""

    url: str
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    supervisor: subprocess.Popen[bytes] | None = None

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DATABASE_URL": self.url,
            "DJANGO_SETTINGS_MODULE": "tests.kill.settings",
            "QUAYSIDE_DATA_DIR": str(self.folder),
            "QUAYSIDE_LOG_LEVEL": "WARNING",
            **self.environment,
        }

    def manage(self, *arguments: str) -> str:
        """Run a management command to its end and return what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=PROJECT,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{arguments}: {done.stdout}\n{done.stderr}")
        return done.stdout

    def start(self) -> None:
        """Start everything and wait until web server and workers answer."""
        log = (self.folder / "log").open("ab")
        self.supervisor = subprocess.Popen(
            [sys.executable, "manage.py", "supervise", "--bind", f"127.0.0.1:{self.port}"],
            cwd=PROJECT,
            env=self._environment(),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.wait_until(self.is_ready, 120, "the installation is ready")

    def stop(self) -> None:
        """Stop everything as an operator does, then make sure nothing is left."""
        if self.supervisor is None:
            return
        groups = self.groups()
        self.supervisor.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.supervisor.wait(40)
        for leader in [*groups.values(), self.supervisor.pid]:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(leader, signal.SIGKILL)
        self.supervisor.wait(10)

    def is_ready(self) -> bool:
        """Say whether /readyz finds nothing to complain about."""
        with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
            return self.request("GET", "/readyz")[0] == 200
        return False

    def request(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Return status and parsed body of one request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(
                method, path, json.dumps(body or {}), {"Content-Type": "application/json"}
            )
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def query(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a query on a connection of its own."""
        with psycopg.connect(self.url.replace("postgres://", "postgresql://")) as connection:
            cursor = connection.execute(sql, values)
            return cursor.fetchall() if cursor.description else []

    def groups(self) -> dict[str, int]:
        """Return the leader of each process group the supervisor has started."""
        names = ("web", "quayside", "long")
        known = json.loads((self.folder / "supervise.json").read_text())
        return {name: number for name, (number, _) in zip(names, known, strict=True)}

    def processes(self, group: str, role: str) -> list[psutil.Process]:
        """Return the living processes of a group: idle, processing, pusher, monitor, or any."""
        leader = self.groups()[group]
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, ProcessLookupError):
                mine = os.getpgid(process.pid) == leader
                if mine and process.pid != leader and role in " ".join(process.cmdline()):
                    found.append(process)
        return found

    def wait_until(self, condition: Callable[[], bool], seconds: float, what: str) -> float:
        """Wait for a condition and return how long it took; fail after `seconds`."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            with contextlib.suppress(psycopg.OperationalError):
                if condition():
                    return time.monotonic() - began
            time.sleep(0.1)
        log = (self.folder / "log").read_text()[-4000:]
        raise AssertionError(f"after {seconds} s it is not so that {what}\n{log}")

    def enqueue(self, name: str, *, queue: str = "normal", **args: Any) -> int:
        """Queue a job through the web server and return its id."""
        status, answer = self.request(
            "POST", "/kill/jobs/", {"name": name, "queue": queue, "args": args}
        )
        assert status == 201, answer
        return int(answer["id"])

    def status_of(self, job_id: int) -> str:
        """Return the status of a job."""
        return str(self.query("SELECT status FROM core_job WHERE id = %s", job_id)[0][0])


@contextlib.contextmanager
def running_stack(url: str, folder: Path, **environment: str) -> Iterator[Stack]:
    """Migrate and start an installation, and stop it whatever happens."""
    stack = Stack(url, folder, environment)
    stack.manage("migrate", "--verbosity=0")
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()
