from django.core.management.base import BaseCommand, CommandError

from core import clock
from core.jobs.running import run_here
from core.models import Job


class Command(BaseCommand):
    help = "Run one waiting job in this process."

    def add_arguments(self, parser):
        parser.add_argument("job_id", type=int)

    def handle(self, *args, **options):
        if not run_here(options["job_id"], now=clock.now()):
            raise CommandError("This job runs, has ended, is not due yet, or does not exist.")
        job = Job.objects.get(pk=options["job_id"])
        self.stdout.write(f"{job.name}: {job.status} {job.error}".strip())
