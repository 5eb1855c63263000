import json

from django.core.management.base import BaseCommand, CommandError

from core import audit, clock


class Command(BaseCommand):
    help = "Check the audit log against its seals; exit 1 when a sealed day was changed."

    def add_arguments(self, parser):
        parser.add_argument("--seal", action="store_true", help="first seal the finished days")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args, **options):
        if options["seal"]:
            sealed = audit.seal_due(clock.now())
            self.stderr.write(f"{sealed} days sealed.")
        breaches = audit.verify()
        if options["json"]:
            found = [{"on": breach.on.isoformat(), "what": breach.what} for breach in breaches]
            self.stdout.write(json.dumps({"breaches": found}))
        if breaches:
            lines = "\n".join(f"{breach.on}: {breach.what}" for breach in breaches)
            raise CommandError(f"The audit log differs from its seals.\n{lines}")
        if not options["json"]:
            self.stdout.write("Every sealed day stands as it was.")
