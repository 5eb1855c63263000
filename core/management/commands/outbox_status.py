import json

from django.core.management.base import BaseCommand

from core import clock
from core.health import outbox_state


class Command(BaseCommand):
    help = "Show how many facts wait for a listener, the oldest of them, and those given up."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true")

    def handle(self, *args, **options):
        state = outbox_state(clock.now())
        if options["json"]:
            self.stdout.write(json.dumps(state))
            return
        self.stdout.write(
            f"{state['waiting']} waiting, oldest {state['oldest_seconds']:.0f} s, "
            f"{state['dead']} given up"
        )
