from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import clock
from core.actors import SYSTEM
from core.errors import DomainError
from core.imports import pipeline
from core.models import ImportBatch


class Command(BaseCommand):
    help = "Take an import back; rows touched since stay and are listed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", type=int, help="the import's number")

    def handle(self, *args: Any, **options: Any) -> None:
        if not ImportBatch.objects.filter(pk=options["number"]).exists():
            raise CommandError(f"There is no import {options['number']}.")
        try:
            batch = pipeline.undo(options["number"], actor=SYSTEM, now=clock.now())
        except DomainError as error:
            raise CommandError(str(error)) from error
        report = batch.undo_report
        self.stdout.write(f"restored {report['restored']}, removed {report['removed']}")
        for label in report["touched"]:
            self.stdout.write(f"left as it is: {label}")
