"""`python -m benchmarks planning-forecast [SET ...]`: forecasts measured on public demand.

SET is `or-ii-y1`, `uci-w`, `man`, `auto` (all of them), `speed` (1,000 and 10,000 drawn series) or
`dask` (10,000 drawn series here and on a cluster of two local processes). The public sets lie
beside the repository; their README names origin and license. docs/benchmarks.md explains.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from planning.domain import backtest, forecast_run
from planning.domain.series import Frequency, Panel
from planning.domain.shards import DaskShards

DATA = Path(__file__).parents[2] / "shared" / "data"
HORIZON = 4
ORIGINS = range(36, 45)
NETTED_WITHIN_DAYS = 14
#: Weeks of the drawn series; 26 origins leave the horizon of the last one known.
DRAWN_WEEKS = 104


def main(arguments: list[str]) -> int:
    """Measure the chosen sets and print JSON, one object for each."""
    parser = argparse.ArgumentParser(prog="benchmarks planning-forecast", description=__doc__)
    parser.add_argument("sets", nargs="*", default=[*SETS], help=", ".join([*SETS, *RUNS]))
    parser.add_argument("--details", action="store_true", help="methods of each class too")
    chosen = parser.parse_args(arguments)
    for name in chosen.sets:
        found = RUNS[name]() if name in RUNS else measured(*SETS[name])
        if not chosen.details:
            found.pop("classes", None)
        print(json.dumps({"set": name, **found}), flush=True)
    return 0


def measured(read: Callable[[], Panel], origins: Sequence[int], top: int | None) -> dict[str, Any]:
    """Backtest one set."""
    panel = read()
    began = time.perf_counter()
    done = backtest.backtest(panel, HORIZON, origins, top, progress=_bar)
    seconds = round(time.perf_counter() - began, 1)
    return {
        "series": len(panel.names),
        "seconds": seconds,
        **done.accuracy.as_json(),
        "classes": done.classes,
    }


def online_retail() -> Panel:
    """Return units a Monday week of goods sold at a price, cancelled orders taken out.

    A cancellation equal in customer, code and quantity takes out the latest order line of the 14
    days before it. Codes that do not begin with five digits are no goods.
    """
    folder = DATA / "online-retail-ii-y1"
    text = {"Invoice": str, "StockCode": str, "Customer ID": str}
    rows = pd.read_csv(folder / "online_retail_ii_2009-12_2010-12.csv.gz", dtype=text)
    rows["on"] = pd.to_datetime(rows["InvoiceDate"])
    rows = rows[rows["StockCode"].str.match(r"\d{5}")]
    sold = rows[(rows["Quantity"] > 0) & (rows["Price"] > 0) & ~rows["Invoice"].str.match("[CA]")]
    back = rows[rows["Invoice"].str.startswith("C") & (rows["Quantity"] < 0)]
    sold = sold.drop(_cancelled(sold, back))
    week = (sold["on"].dt.normalize() - pd.Timestamp("2009-11-30")).dt.days // 7
    table = sold.assign(week=week).pivot_table(
        index="StockCode", columns="week", values="Quantity", aggfunc="sum", fill_value=0
    )
    return _panel(table.reindex(columns=range(int(week.max()) + 1), fill_value=0), "W")


def _cancelled(sold: pd.DataFrame, back: pd.DataFrame) -> list[int]:
    """Return the rows of `sold` that a cancellation undoes."""
    open_lines: dict[tuple[str, str, int], list[tuple[pd.Timestamp, int]]] = {}
    named = sold[sold["Customer ID"].notna()]
    for row in named.itertuples():
        open_lines.setdefault((row[7], row.StockCode, row.Quantity), []).append((row.on, row.Index))
    undone = []
    for row in back[back["Customer ID"].notna()].itertuples():
        lines = open_lines.get((row[7], row.StockCode, -row.Quantity), [])
        near = [one for one in lines if 0 <= (row.on - one[0]).days <= NETTED_WITHIN_DAYS]
        if near:
            latest = max(near)
            lines.remove(latest)
            undone.append(latest[1])
    return undone


def uci_weekly() -> Panel:
    """Return the products with at least 5 weeks of sales among the first 36."""
    table = _table("demand-uci-weekly/sales_transactions_weekly.csv.gz", "Product_Code")
    return _panel(table[(table.iloc[:, :36] > 0).sum(axis=1) >= 5], "W")


def spare_parts_man() -> Panel:
    """Return all items of MAN."""
    return _panel(_table("demand-spareparts-man/man_weekly.csv.gz", "item").drop(columns="price"))


def spare_parts_auto() -> Panel:
    """Return all items of AUTO, by month."""
    return _panel(_table("demand-spareparts-auto/auto_monthly.csv.gz", "item"), "M")


def drawn(count: int) -> Panel:
    """Return series of many sizes and sparsities, drawn with a fixed seed."""
    rng = np.random.default_rng(5)
    mean = rng.lognormal(1.0, 1.2, count)[:, None]
    shape = (count, DRAWN_WEEKS)
    units = rng.poisson(rng.gamma(1.5, mean / 1.5, shape))
    sold = rng.random(shape) < rng.beta(2.0, 2.0, count)[:, None]
    return _panel(pd.DataFrame(units * sold))


def speed() -> dict[str, Any]:
    """Backtest 26 origins, select and forecast: 1,000 and 10,000 series, and the peak memory."""
    found: dict[str, Any] = {}
    for count in (1_000, 10_000):
        panel = drawn(count)
        began = time.perf_counter()
        forecast_run.run(panel, HORIZON, range(DRAWN_WEEKS - 25, DRAWN_WEEKS + 1), progress=_bar)
        found[f"seconds_{count}"] = round(time.perf_counter() - began, 1)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return found | {"peak_memory_mb": round(peak)}


def dask() -> dict[str, Any]:
    """Run 10,000 series here and on two local Dask workers; compare every number."""
    from dask.distributed import Client, LocalCluster  # noqa: PLC0415  # an optional extra

    panel, origins = drawn(10_000), range(DRAWN_WEEKS - 25, DRAWN_WEEKS + 1)
    began = time.perf_counter()
    here = forecast_run.run(panel, HORIZON, origins)
    between = time.perf_counter()
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        there = forecast_run.run(panel, HORIZON, origins, DaskShards(client), _bar)
    same = all(
        np.array_equal(getattr(here.results[at], name), getattr(there.results[at], name))
        for at in here.results
        for name in ("level", "mean", "variance", "quantiles", "confidence", "kinds")
    )
    ended = time.perf_counter()
    seconds = {"here": round(between - began, 1), "there": round(ended - between, 1)}
    return {"seconds": seconds, "same_numbers": same}


def _table(path: str, index: str) -> pd.DataFrame:
    return pd.read_csv(DATA / path).set_index(index)


def _panel(table: pd.DataFrame, frequency: Frequency = "W") -> Panel:
    ordered = table.sort_index()
    return Panel(
        names=tuple(map(str, ordered.index)),
        periods=tuple(map(str, range(ordered.shape[1]))),
        qty=ordered.to_numpy(dtype=np.float64),
        frequency=frequency,
    )


def _bar(done: int, steps: int) -> None:
    print(f"\r{done}/{steps}", end="" if done < steps else "\n", file=sys.stderr, flush=True)


SETS: dict[str, tuple[Callable[[], Panel], Sequence[int], int | None]] = {
    "or-ii-y1": (online_retail, ORIGINS, 500),
    "uci-w": (uci_weekly, ORIGINS, None),
    "man": (spare_parts_man, range(100, 146), None),
    "auto": (spare_parts_auto, range(12, 21), None),
}
RUNS: dict[str, Callable[[], dict[str, Any]]] = {"speed": speed, "dask": dask}
