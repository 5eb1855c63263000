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
from django.core.management import call_command, get_commands

from config.env import BadEnvironment
from scripts.environment import PROJECT, PYTHON, say


def prepare_database() -> bool:
    """Bring the schema up to date; return whether the database is new."""
    from django.contrib.auth import get_user_model  # noqa: PLC0415  # needs django.setup()

    say("-- database")
    call_command("migrate", interactive=False, verbosity=0)
    return not get_user_model().objects.exists()


def load_demo() -> None:
    """Fill an empty database with the demo company, where this version has one."""
    if "seed_demo" in get_commands():
        say("-- demo company (QUAYSIDE_DEMO=false leaves the database empty)")
        call_command("seed_demo")


def demo_passwords() -> dict[str, str]:
    """Return a fresh password for each person of the demo, by user name; none without a demo."""
    from django.contrib.auth import get_user_model  # noqa: PLC0415  # needs django.setup()

    from config.demo.staff import PEOPLE  # noqa: PLC0415
    from core import clock  # noqa: PLC0415
    from core.services.first_people import set_demo_people  # noqa: PLC0415

    if settings.PRODUCTION or not get_user_model().objects.filter(username=PEOPLE[0].username):
        return {}
    return set_demo_people(PEOPLE, production=False, at=clock.now())


def announce(port: str, passwords: dict[str, str]) -> None:
    """Print where the product is, and who may sign in with what."""
    from config.demo.staff import PEOPLE  # noqa: PLC0415  # needs django.setup()

    say(f"\nQuayside: http://localhost:{port}/")
    for person in PEOPLE:
        if person.username in passwords:
            say(f"  {person.role:<18} {person.username:<8} {passwords[person.username]}")
    if not passwords:
        say("No one can sign in yet? `.venv/bin/python manage.py create_first_admin`")
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
    announce(os.environ.get("QUAYSIDE_PORT", "8000"), demo_passwords())
    supervise()


if __name__ == "__main__":
    sys.exit(main())
