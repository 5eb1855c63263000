"""What the supervisor starts: the web server and one cluster of workers per name."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from core.jobs.identity import GROUP_VARIABLE
from core.supervisor.groups import ProcessGroup


@dataclass(frozen=True, slots=True)
class WebOptions:
    """Where and how wide the web server listens."""

    bind: str = "127.0.0.1:8000"
    processes: int = 1
    threads: int = 8


def _on_postgres() -> bool:
    return str(settings.DATABASES["default"]["ENGINE"]).endswith("postgresql")


def web_group(options: WebOptions) -> ProcessGroup:
    """Return the web server: gunicorn with threads; a connection pool only on PostgreSQL."""
    command = [
        *(sys.executable, "-m", "gunicorn", "config.wsgi:application"),
        *("--bind", options.bind, "--worker-class", "gthread"),
        *("--workers", str(options.processes), "--threads", str(options.threads)),
        *("--timeout", "60", "--graceful-timeout", "10", "--keep-alive", "5"),
        *("--log-level", "warning"),
    ]
    if Path("/dev/shm").is_dir():  # noqa: S108  # gunicorn's heartbeat files, not ours
        command += ["--worker-tmp-dir", "/dev/shm"]  # noqa: S108
    pool = {"QUAYSIDE_DB_POOL": "true"} if _on_postgres() else {}
    return ProcessGroup("web", command, pool)


def worker_group(cluster: str) -> ProcessGroup:
    """Return one cluster of workers. Never with a pool: its sockets would be shared over fork."""
    manage = Path(settings.BASE_DIR) / "manage.py"
    return ProcessGroup(
        cluster,
        [sys.executable, str(manage), "qcluster"],
        {"Q_CLUSTER_NAME": cluster, GROUP_VARIABLE: cluster, "QUAYSIDE_DB_POOL": "false"},
    )


def workers_in(cluster: str) -> int:
    """Return how many workers a cluster has."""
    conf: dict[str, Any] = settings.Q_CLUSTER
    own = conf["ALT_CLUSTERS"].get(cluster, {})
    return int(own.get("workers", conf["workers"]))
