"""The environment is read with types, and production refuses a half-finished one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.env import BadEnvironment, Environment, read_dotenv
from tests.helpers.sources import PROJECT

SOUND = {
    "QUAYSIDE_ENV": "production",
    "QUAYSIDE_SECRET_KEY": "k3" * 30,
    "QUAYSIDE_ALLOWED_HOSTS": "ops.example.com",
    "DATABASE_URL": "postgres://quayside@db.internal/quayside",
}


def start(tmp_path: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Load the settings in a process of their own and print what the tests ask about."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    code = (
        "from django.conf import settings as s\n"
        "print(s.DEBUG, s.DATABASES['default']['ENGINE'], s.SECURE_SSL_REDIRECT,"
        " s.MFA_REQUIRED_FOR_STAFF, s.SESSION_COOKIE_SECURE)"
    )
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT,
        env={
            **kept,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "QUAYSIDE_DATA_DIR": str(tmp_path),
            **variables,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_developer_starts_with_an_empty_environment(tmp_path: Path):
    started = start(tmp_path)

    assert started.stdout.split() == [
        "False",
        "django.db.backends.sqlite3",
        "False",
        "False",
        "False",
    ], started.stderr


def test_production_starts_with_a_sound_environment(tmp_path: Path):
    started = start(tmp_path, **SOUND)

    assert started.stdout.split() == [
        "False",
        "django.db.backends.postgresql",
        "True",
        "True",
        "True",
    ], started.stderr


def test_production_names_every_problem_at_once(tmp_path: Path):
    started = start(tmp_path, QUAYSIDE_ENV="production", QUAYSIDE_DEBUG="yes")

    assert started.returncode != 0
    for part in (
        "QUAYSIDE_DEBUG is on",
        "QUAYSIDE_SECRET_KEY is not set",
        "DATABASE_URL names SQLite or nothing",
        "QUAYSIDE_ALLOWED_HOSTS is empty",
    ):
        assert part in started.stderr


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("QUAYSIDE_DEBUG", "true", "QUAYSIDE_DEBUG is on"),
        ("QUAYSIDE_SECRET_KEY", "", "QUAYSIDE_SECRET_KEY is not set"),
        ("QUAYSIDE_SECRET_KEY", "short", "QUAYSIDE_SECRET_KEY has fewer than 50"),
        ("DATABASE_URL", "sqlite:///quayside.sqlite3", "DATABASE_URL names SQLite"),
        ("QUAYSIDE_ALLOWED_HOSTS", "*", "QUAYSIDE_ALLOWED_HOSTS holds *"),
    ],
)
def test_production_refuses_each_weakness_alone(
    tmp_path: Path, name: str, value: str, problem: str
):
    started = start(tmp_path, **{**SOUND, name: value})

    assert started.returncode != 0
    assert problem in started.stderr
    assert started.stderr.count("  - ") == 1


def test_values_that_cannot_be_read_are_named_together():
    env = Environment({"A": "maybe", "B": "many"})

    env.flag("A", default=False)
    env.number("B", 3)

    with pytest.raises(BadEnvironment) as refusal:
        env.refuse()
    assert refusal.value.problems == (
        "A is 'maybe': write true or false.",
        "B is 'many': write a whole number.",
    )


def test_readers_fall_back_to_their_default():
    env = Environment({"EMPTY": " "})

    assert env.text("EMPTY", "x") == "x"
    assert env.flag("EMPTY", default=True) is True
    assert env.number("EMPTY", 7) == 7
    assert env.words("EMPTY", ("a",)) == ["a"]
    assert env.problems == []


def test_readers_return_their_types():
    env = Environment({"F": "On", "N": " 12 ", "W": "a, b,,c"})

    assert env.flag("F", default=False) is True
    assert env.number("N", 0) == 12
    assert env.words("W") == ["a", "b", "c"]


def test_a_dotenv_file_is_read_and_comments_are_not(tmp_path: Path):
    file = tmp_path / ".env"
    file.write_text("# QUAYSIDE_ENV=production\nDATABASE_URL='postgres://x/y?a=b'\n\nEMPTY=\n")

    assert read_dotenv(file) == {"DATABASE_URL": "postgres://x/y?a=b", "EMPTY": ""}
    assert read_dotenv(tmp_path / "none") == {}
