import os

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core import clock
from core.jobs.limits import CLUSTERS
from core.supervisor.commands import WebOptions, web_group, worker_group
from core.supervisor.loop import AlreadyRunning, Supervisor
from core.supervisor.watching import ClusterWatch
from core.supervisor.web_probe import WebProbe


class Command(BaseCommand):
    help = "Run web server and workers, watch them, restart what is silent. Ctrl+C stops all."

    def add_arguments(self, parser):
        host = os.environ.get("QUAYSIDE_HOST", "127.0.0.1")
        port = os.environ.get("QUAYSIDE_PORT", "8000")
        parser.add_argument("--bind", default=f"{host}:{port}", help="address of the web server")
        parser.add_argument("--web-processes", type=int, default=1)
        parser.add_argument("--web-threads", type=int, default=8)
        parser.add_argument("--no-web", action="store_true", help="a machine of workers only")
        parser.add_argument("--no-workers", action="store_true", help="a machine of web only")
        parser.add_argument("--grace", type=float, default=20.0, help="seconds to let work end")

    def handle(self, *args, **options):
        now = clock.now()
        clusters = () if options["no_workers"] else CLUSTERS
        web = None
        if not options["no_web"]:
            web = web_group(
                WebOptions(options["bind"], options["web_processes"], options["web_threads"])
            )
        supervisor = Supervisor(
            folder=settings.DATA_DIR,
            watches=[ClusterWatch(name, worker_group(name), now) for name in clusters],
            web=web,
            probe=WebProbe(options["bind"]) if web else None,
            grace_seconds=options["grace"],
        )
        try:
            supervisor.run()
        except AlreadyRunning as error:
            raise CommandError(
                f"Another supervisor runs in {error}. Stop it, or set QUAYSIDE_DATA_DIR."
            ) from error
