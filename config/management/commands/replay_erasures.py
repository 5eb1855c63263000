"""Erase again everybody on the list of erasures: run it after a database was restored."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from core import clock
from core.actors import SYSTEM
from customers.services import privacy, tombstones


class Command(BaseCommand):
    help = "Erase again who a restored backup brought back."

    def handle(self, *args: Any, **options: Any) -> None:
        known = len(tombstones.read())
        again = privacy.replay(actor=SYSTEM, at=clock.now())
        self.stdout.write(f"{known} erasures on the list, {again} done again.")
