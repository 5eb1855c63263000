"""The stages of `make test`: each one runs, is counted and timed; the last line sums them up."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree  # pytest's own report

from scripts import environment, pg
from scripts.environment import BIN, PROJECT, PYTHON, say

REPORTS = PROJECT / "var" / "reports"
TESTED = ["config", "core", "customers", "inventory", "suppliers", "shipping", "orders"]
TESTED += ["fulfillment", "returns", "planning"]


@dataclass
class Tally:
    """What one stage counted."""

    name: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0
    reasons: list[str] = field(default_factory=list)

    @property
    def line(self) -> str:
        counts = f"{self.passed:6} passed {self.failed:4} failed {self.skipped:4} skipped"
        return f"{self.name:<24}{counts} {self.seconds:8.1f} s"


def in_ci() -> bool:
    """Return whether nothing may be left out."""
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


class Stages:
    """The stages run so far."""

    def __init__(self) -> None:
        self.begun = time.monotonic()
        self.tallies: list[Tally] = []

    def run(self, name: str, work: Callable[[Tally], None]) -> Tally:
        """Run one stage; what can't run here is skipped, and fails under CI=true."""
        say(f"\n=== {name}")
        tally = Tally(name)
        begun = time.monotonic()
        try:
            work(tally)
        except (environment.CannotPrepare, pg.NoServer) as reason:
            say(f"not run: {reason}")
            tally.reasons.append(f"not run: {reason}")
            tally.failed, tally.skipped = (1, 0) if in_ci() else (0, 1)
        except subprocess.CalledProcessError as error:
            say(f"failed: {' '.join(map(str, error.cmd))} (exit {error.returncode})")
            tally.failed += 1
        tally.seconds = time.monotonic() - begun
        self.tallies.append(tally)
        return tally

    def summary(self) -> bool:
        """Print all stages and their sum; return whether nothing failed."""
        say("\n" + "=" * 79)
        for tally in self.tallies:
            say(tally.line)
            for reason in tally.reasons:
                say(f"    {reason}")
        passed, failed, skipped = (
            sum(getattr(tally, kind) for tally in self.tallies)
            for kind in ("passed", "failed", "skipped")
        )
        say(f"{(time.monotonic() - self.begun) / 60:.1f} minutes")
        say(f"{passed} passed, {failed} failed, {skipped} skipped")
        return failed == 0


def commands(*listed: list[str | Path]) -> Callable[[Tally], None]:
    """Return a stage of programs that each pass or fail."""

    def work(tally: Tally) -> None:
        for command in listed:
            shown = " ".join(str(part) for part in command)
            shown = shown.replace(f"{BIN}{os.sep}", "").replace(str(PROJECT) + os.sep, "")
            done = subprocess.run([str(part) for part in command], cwd=PROJECT, check=False)
            if done.returncode:
                tally.failed += 1
                tally.reasons.append(f"failed: {shown}")
            else:
                tally.passed += 1
                say(f"ok: {shown}")

    return work


def lint() -> Callable[[Tally], None]:
    """Return the stage of style, types, contracts and translations."""
    return commands(
        [BIN / "ruff", "check", "."],
        [BIN / "ruff", "format", "--check", "."],
        [BIN / "mypy"],
        [BIN / "lint-imports"],
        [PYTHON, "-m", "scripts.messages", "check"],
    )


def pytest(name: str, *arguments: str, **variables: str) -> Callable[[Tally], None]:
    """Return a stage of pytest; its report is counted, no report is a failure."""

    def work(tally: Tally) -> None:
        REPORTS.mkdir(parents=True, exist_ok=True)
        report = REPORTS / f"{name}.xml"
        report.unlink(missing_ok=True)
        command = [PYTHON, "-m", "pytest", "-q", "--create-db", f"--junitxml={report}", *arguments]
        settings = {**os.environ, "QUAYSIDE_TEST_DB": f"run_{name}", **variables}
        done = subprocess.run([*map(str, command)], cwd=PROJECT, env=settings, check=False)
        if report.exists():
            count(report, tally)
        if done.returncode not in {0, 1} or (done.returncode == 1 and not tally.failed):
            tally.failed += 1
            tally.reasons.append(f"pytest ended with {done.returncode}")

    return work


def count(report: Path, tally: Tally) -> None:
    """Add the figures of a report and the reasons of its skips."""
    for suite in ElementTree.parse(report).getroot().iter("testsuite"):  # noqa: S314  # see import
        total, failures, errors, skipped = (
            int(suite.get(kind, 0)) for kind in ("tests", "failures", "errors", "skipped")
        )
        tally.failed += failures + errors
        tally.skipped += skipped
        tally.passed += total - failures - errors - skipped
        told = {skip.get("message", "") for skip in suite.iter("skipped")}
        tally.reasons += sorted(told)


def on_postgres(name: str, *arguments: str, fast: bool) -> Callable[[Tally], None]:
    """Return a stage of pytest on a PostgreSQL that is started for it and removed after it."""

    def work(tally: Tally) -> None:
        cluster = postgres(name, fast=fast)
        cluster.remove()
        try:
            pytest(name, *arguments, DATABASE_URL=cluster.start())(tally)
        finally:
            cluster.remove()

    return work


def postgres(name: str, *, fast: bool) -> pg.Cluster:
    """Return a cluster of this name; the wheel is fetched when the machine has no server."""
    try:
        pg.programs()
    except pg.NoServer:
        environment.install("database")
    return pg.Cluster(f"run-{name}", pg.FAST if fast else {})


@contextlib.contextmanager
def migrated() -> Iterator[None]:
    """Let every cluster started meanwhile begin as a copy of one with a migrated database.

    A machine without PostgreSQL is told so by the stages themselves, so nothing is made there.
    """
    try:
        cluster = postgres("migrated", fast=True)
    except (environment.CannotPrepare, pg.NoServer):
        yield
        return
    cluster.remove()
    try:
        address = {**os.environ, "DATABASE_URL": cluster.start()}
        command = [str(PYTHON), "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(command, cwd=PROJECT, env=address, check=True)
        cluster.stop()
        os.environ |= {pg.SEED: cluster.name, "QUAYSIDE_TEST_TEMPLATE": pg.DATABASE}
        yield
    finally:
        for name in (pg.SEED, "QUAYSIDE_TEST_TEMPLATE"):
            os.environ.pop(name, None)
        cluster.remove()


def browser(tally: Tally) -> None:
    """Run the journeys in Chromium on PostgreSQL."""
    os.environ["QUAYSIDE_CHROMIUM"] = environment.prepare_chromium()
    spread = ("-n", "2", "--dist", "worksteal", "-m", "browser")
    on_postgres("browser", *spread, fast=True)(tally)
