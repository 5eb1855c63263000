"""`manage.py backtest_demand FILE`: how good the forecasts would have been on a file of demand."""

from __future__ import annotations

import json
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from core.errors import DomainError
from planning.domain import backtest, series, shards

REFUSED = 2
BAR = 30
#: Printed one on a line, in this order; the rest only in --json.
FIGURES = (
    "wmape_week",
    "wmape_4week",
    "ratio_ma8_week",
    "ratio_ma8_4week",
    "bias",
    "coverage_90",
    "coverage_95",
    "pinball",
    "seconds",
)


class Command(BaseCommand):
    help = "Backtest the forecast on a CSV of series,period,qty[,price]; nothing is stored."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="docs/planning-forecast.md says how")
        parser.add_argument("--freq", choices=("W", "M"), default="W", help="weeks or months")
        parser.add_argument(
            "--origins", nargs="+", default=[], help="36-44, a list, or a count of the last ones"
        )
        parser.add_argument("--horizon", type=int, default=4, help="periods ahead, 1 to 26")
        parser.add_argument("--top", type=int, default=None, help="series that sell most")
        parser.add_argument("--workers", type=int, default=0, help="local Dask workers")
        parser.add_argument("--seed", type=int, default=1, help="no effect: nothing is random")
        parser.add_argument("--json", action="store_true", help="print JSON instead of lines")

    def handle(self, **options):
        try:
            found = self._measured(options)
        except DomainError as refusal:
            message = f"{options['file'].name}: {refusal} ({refusal.code})"
            raise CommandError(message, returncode=REFUSED) from refusal
        if options["json"]:
            self.stdout.write(json.dumps(found, indent=1))
            return
        for name in FIGURES:
            self.stdout.write(f"{name} {found[name]}")

    def _measured(self, options):
        began = time.perf_counter()
        for name, most in (("horizon", 26), ("top", 10_000_000)):
            if options[name] is not None and not 1 <= options[name] <= most:
                raise backtest.BacktestRefused(why=f"--{name} lies between 1 and {most}.")
        panel = series.read_panel(options["file"], options["freq"])
        horizon = options["horizon"]
        origins = backtest.read_origins(options["origins"], len(panel.periods), horizon)
        with _place(options["workers"]) as place:
            done = backtest.backtest(panel, horizon, origins, options["top"], place, self._progress)
        self.stderr.write("")
        return {
            **done.accuracy.as_json(),
            "seconds": round(time.perf_counter() - began, 2),
            "series": len(panel.names),
            "periods": len(panel.periods),
            "origins": list(done.origins),
            "horizon": horizon,
            "seed": options["seed"],
            "classes": done.classes,
        }

    def _progress(self, done, steps):
        full = BAR * done // steps
        self.stderr.write(f"\r[{'#' * full}{'.' * (BAR - full)}] {done}/{steps}", ending="")
        self.stderr.flush()


@contextmanager
def _place(workers):
    """Work here, or on a Dask cluster of local processes (extra `distributed`)."""
    if not workers:
        yield shards.LocalShards()
        return
    try:
        from dask.distributed import Client, LocalCluster  # noqa: PLC0415  # an optional extra
    except ImportError as error:
        raise backtest.BacktestRefused(
            why="--workers needs the extra `distributed`: pip install quayside[distributed]."
        ) from error
    with (
        LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        yield shards.DaskShards(client)
    sys.stderr.flush()
