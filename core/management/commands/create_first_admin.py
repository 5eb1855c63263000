from __future__ import annotations

import getpass
import sys

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from core import clock
from core.errors import DomainError
from core.models.people import User
from core.services import first_people


class Command(BaseCommand):
    help = "Create the first administrator of a new installation. Refuses when one exists."

    def add_arguments(self, parser):
        parser.add_argument("username")
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", default="")
        parser.add_argument(
            "--password-stdin",
            action="store_true",
            help="read the password from standard input instead of asking for it",
        )

    def handle(self, *args, **options):
        draft = first_people.FirstAdministrator(
            username=options["username"],
            email=options["email"],
            full_name=options["name"],
            password=self._password(options),
        )
        try:
            validate_password(draft.password, User(username=draft.username, email=draft.email))
            user = first_people.create_first_administrator(draft, at=clock.now())
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        except DomainError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{user.username} can sign in now.")

    def _password(self, options):
        if options["password_stdin"]:
            return sys.stdin.readline().rstrip("\n")
        first, again = getpass.getpass("Password: "), getpass.getpass("Once more: ")
        if first != again:
            raise CommandError("The two passwords differ.")
        return first
