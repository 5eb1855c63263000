import datetime as dt
import json

from django.core.management.base import BaseCommand, CommandError

from core import clock
from core.health import worker_silence


class Command(BaseCommand):
    help = "Exit 1 when any cluster of workers has shown no life for --max-age seconds."

    def add_arguments(self, parser):
        parser.add_argument("--max-age", type=int, default=60)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args, **options):
        silence = worker_silence(clock.now())
        if options["json"]:
            self.stdout.write(json.dumps({name: round(age) for name, age in silence.items()}))
        limit = dt.timedelta(seconds=options["max_age"]).total_seconds()
        silent = [f"{name}: {age:.0f} s" for name, age in silence.items() if age > limit]
        if not silence:
            raise CommandError("No cluster of workers has ever run. Start manage.py supervise.")
        if silent:
            raise CommandError(f"No sign of life from {', '.join(silent)}.")
        if not options["json"]:
            self.stdout.write("All workers take messages.")
