"""The second half of `make run`: database, demo, addresses, then the supervisor takes over.

Runs inside .venv with everything installed.
"""

from __future__ import annotations

import os
import sys
from typing import NoReturn

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("QUAYSIDE_LOG_LEVEL", "WARNING")

import django
from django.conf import settings
from django.core.management import call_command

from config.env import BadEnvironment
from scripts.environment import PROJECT, PYTHON, say


def prepare_database() -> bool:
    """Bring the schema up to date; return whether the database is new."""
    from django.contrib.auth import get_user_model  # noqa: PLC0415  # needs django.setup()

    say("-- database")
    call_command("migrate", interactive=False, verbosity=0)
    return not get_user_model().objects.exists()


def load_demo() -> None:
    """Fill an empty database with the demo company."""
    say("-- demo company (QUAYSIDE_DEMO=false leaves the database empty)")
    call_command("seed_demo")


def announce(port: str) -> None:
    """Print where the product is, and who may sign in with what."""
    say(f"\nQuayside: http://localhost:{port}/")
    if settings.PRODUCTION:
        return
    from config.demo.people import SIGN_INS  # noqa: PLC0415  # needs django.setup()

    for sign_in in SIGN_INS:
        say(f"  {sign_in.role:<20} {sign_in.username:<12} {sign_in.password}")
    say("Ctrl C stops it.\n")


def supervise() -> NoReturn:
    """Become the supervisor: signals of the terminal then reach it alone."""
    os.chdir(PROJECT)
    os.execv(PYTHON, [str(PYTHON), "manage.py", "supervise"])  # noqa: S606  # our own interpreter


def main() -> int:
    """Prepare, announce, and become the supervisor."""
    try:
        django.setup()
    except BadEnvironment as refusal:
        say(str(refusal))
        return 1
    is_new = prepare_database()
    if settings.PRODUCTION:
        call_command("collectstatic", interactive=False, verbosity=0)
    elif is_new and os.environ.get("QUAYSIDE_DEMO", "true").lower() != "false":
        load_demo()
    announce(os.environ.get("QUAYSIDE_PORT", "8000"))
    supervise()


if __name__ == "__main__":
    sys.exit(main())
