from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from core import clock
from returns.services import matching


class Command(BaseCommand):
    help = "Tie the returns of imported history to the order lines they took back."

    def handle(self, *args: Any, **options: Any) -> None:
        found = matching.match_history(now=clock.now())
        for outcome, count in found.items():
            self.stdout.write(f"{outcome}: {count}")
        self.stdout.write(f"all: {sum(found.values())}")
