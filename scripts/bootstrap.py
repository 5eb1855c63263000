"""What the Makefile calls: prepare, run, test. Needs nothing but Python 3.11 to begin with.

python3 -m scripts.bootstrap setup|run|test|test-long|bench|lint|messages
"""

from __future__ import annotations

import os
import subprocess
import sys
import time

from scripts import environment, stages
from scripts.environment import PROJECT, PYTHON, say


def setup() -> int:
    """Prepare everything that running and testing need, Chromium apart."""
    begun = time.monotonic()
    environment.prepare(for_tests=True)
    say(f"Ready in {time.monotonic() - begun:.0f} s.")
    return 0


def start() -> int:
    """Prepare what running needs, then become the server."""
    environment.prepare(for_tests=False)
    sys.stdout.flush()
    os.chdir(PROJECT)
    os.execv(PYTHON, [str(PYTHON), "-m", "scripts.start"])  # noqa: S606  # our own interpreter


def test() -> int:
    """Run every check that a change must pass."""
    run = stages.Stages()
    run.run("set-up", lambda _tally: environment.prepare(for_tests=True))
    run.run("lint", stages.lint())
    spread = ("-n", "2", "--dist", "worksteal", "-m", "not alone")
    run.run("tests on SQLite", stages.pytest("sqlite", *spread))
    # What can't touch a database has answered above.
    touching = (*spread, "--with-database")
    # The kills mostly wait for watchdogs, so two files at a time, each with its own installation.
    kills = ("-n", "2", "--dist", "loadfile", "-m", "alone")
    with stages.migrated():
        run.run("tests on PostgreSQL", stages.on_postgres("postgres", *touching, fast=True))
        run.run("races and kills", stages.on_postgres("alone", *kills, fast=False))
        run.run("journeys in Chromium", stages.browser)
    return 0 if run.summary() else 1


def test_long() -> int:
    """Run the large races and kills."""
    run = stages.Stages()
    run.run("set-up", lambda _tally: environment.prepare(for_tests=True))
    run.run("large races and kills", stages.on_postgres("long", "-m", "long", fast=False))
    return 0 if run.summary() else 1


def lint() -> int:
    """Run style, types, contracts and translations only."""
    environment.prepare(for_tests=True)
    run = stages.Stages()
    run.run("lint", stages.lint())
    return 0 if run.summary() else 1


def bench() -> int:
    """Measure against the hand-written reference."""
    environment.prepare(for_tests=True)
    cluster = stages.postgres("bench", fast=False)
    try:
        settings = {**os.environ, "DATABASE_URL": cluster.start()}
        command = [str(PYTHON), "-m", "benchmarks", *sys.argv[2:]]
        return subprocess.run(command, cwd=PROJECT, env=settings, check=False).returncode
    finally:
        cluster.remove()


def messages() -> int:
    """Extract texts, merge translations, compile."""
    environment.prepare_python(for_tests=True)
    command = [str(PYTHON), "-m", "scripts.messages", "update"]
    return subprocess.run(command, cwd=PROJECT, check=False).returncode


COMMANDS = {
    "setup": setup,
    "run": start,
    "test": test,
    "test-long": test_long,
    "lint": lint,
    "bench": bench,
    "messages": messages,
}


def main(arguments: list[str]) -> int:
    """Run one command; a machine that lacks something gets one sentence about it."""
    if not arguments or arguments[0] not in COMMANDS:
        say(__doc__ or "")
        return 2
    try:
        return COMMANDS[arguments[0]]()
    except environment.CannotPrepare as reason:
        say(f"\n{reason}")
    except subprocess.CalledProcessError as error:
        say(f"\nFailed: {' '.join(map(str, error.cmd))}")
    except KeyboardInterrupt:
        say("\nStopped.")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
