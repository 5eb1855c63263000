"""`python -m benchmarks planning-cleaning FILE`: how much injected damage the cleaning undoes.

FILE is a long CSV (`series,period,qty`) or a wide one with the weeks W0, W1 … in its columns.
Into each series go two promotion weeks of 2 to 4 times the demand and one or two stock-outs of 1
to 3 weeks; forecasts from the injected, the cleaned and the untouched history are judged on the
untouched weeks. 0 % = as wrong as without cleaning, 100 % = as good as the untouched history.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planning.domain.cleaning import CleaningSettings, Marks, clean
from planning.domain.series import Panel, SeriesRefused, panel_of, read_panel

Floats = NDArray[np.float64]
SEED = 20_261_122
REPLICATIONS = 3
ORIGINS = range(36, 45)
AHEAD = 4
#: Series with fewer weeks of demand before the first origin have no forecast worth judging.
LEAST_WEEKS = 5


@dataclass(frozen=True, slots=True)
class Injected:
    """Demand as it would have been recorded, and what was done to it; all [N, T]."""

    qty: Floats
    in_stock_days: Floats
    promoted: NDArray[np.bool_]

    def marks(self, until: int, calendar: bool) -> Marks:
        """Return what a shop knows: its ledger, and its calendar if it keeps one."""
        return Marks(
            in_stock_days=self.in_stock_days[:, :until],
            promoted=self.promoted[:, :until] if calendar else None,
        )


def inject(truth: Floats, seed: int, partial: bool) -> Injected:
    """Return promotions and stock-outs put into `truth` [N, T].

    `partial`: a stock-out begins on any day of the week and thins the units of its first and last
    week; otherwise it takes whole weeks.
    """
    draw = np.random.default_rng(seed)
    count, weeks = truth.shape
    qty = truth.copy()
    days = np.full(truth.shape, 7.0)
    promoted = np.zeros(truth.shape, dtype=np.bool_)
    for row in range(count):
        for week in draw.choice(weeks, 2, replace=False):
            qty[row, week] = np.round(qty[row, week] * draw.uniform(2, 4))
            promoted[row, week] = True
        for _ in range(1 + int(draw.random() < 0.5)):
            length = int(draw.integers(1, 4))
            first = 7 * int(draw.integers(0, weeks - length + 1))
            first += int(draw.integers(0, 7)) if partial else 0
            open_days = np.ones(7 * weeks)
            open_days[first : first + 7 * length] = 0
            days[row] = np.minimum(days[row], open_days.reshape(weeks, 7).sum(axis=1))
    short = days < 7
    qty[short] = draw.binomial(qty[short].astype(np.int64), days[short] / 7)
    return Injected(qty, days, promoted)


def smooth(history: Floats, alpha: float = 0.1) -> Floats:
    """Return the SES level [N] after `history`; NaN weeks are skipped."""
    known = ~np.isnan(history[:, :8])
    start = np.where(known, history[:, :8], 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    level: Floats = start
    for week in history.T:
        level = np.where(np.isnan(week), level, level + alpha * (np.nan_to_num(week) - level))
    return level


def mean_of_8(history: Floats) -> Floats:
    """Return the mean [N] of the last eight weeks that are known."""
    last = history[:, -8:]
    known = ~np.isnan(last)
    mean: Floats = np.where(known, last, 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return mean


def errors(truth: Floats, level_at: Callable[[int], Floats]) -> tuple[float, float]:
    """Return WMAPE of the weeks and of the four-week totals over the origins."""
    week = total = units = 0.0
    for origin in ORIGINS:
        actual = truth[:, origin : origin + AHEAD]
        level = level_at(origin)
        week += float(np.abs(level[:, None] - actual).sum())
        total += float(np.abs(AHEAD * level - actual.sum(axis=1)).sum())
        units += float(actual.sum())
    return week / units, total / units


def measure(truth: Floats, method: Callable[[Floats], Floats], partial: bool) -> dict[str, Any]:
    """Return errors of each treatment, mean of the replications, and the shares undone."""
    settings = CleaningSettings()
    careful = CleaningSettings(replaces_spikes=False)
    best = errors(truth, lambda origin: method(truth[:, :origin]))
    calm = errors(truth, lambda origin: method(clean(truth[:, :origin]).qty))
    rows = []
    for seed in range(SEED, SEED + REPLICATIONS):
        made = inject(truth, seed, partial)

        def treated(rules: CleaningSettings, calendar: bool, made: Injected = made) -> Any:
            return errors(
                truth,
                lambda origin: method(
                    clean(made.qty[:, :origin], made.marks(origin, calendar), rules).qty
                ),
            )

        def untreated(origin: int, made: Injected = made) -> Floats:
            return method(made.qty[:, :origin])

        worst = errors(truth, untreated)
        flagged = clean(made.qty, made.marks(truth.shape[1], False))
        found = flagged.spikes & made.promoted
        row: dict[str, Any] = {
            "seed": seed,
            "nothing": worst,
            "precision": float(found.sum() / max(flagged.spikes.sum(), 1)),
            "recall": float(found.sum() / (made.promoted & (made.qty > truth)).sum()),
        }
        for name, rules, calendar in (
            ("default", settings, False),
            ("cap only", careful, False),
            ("calendar", settings, True),
        ):
            after = treated(rules, calendar)
            row[name] = after
            row[f"{name} undone"] = [
                (bad - mended) / (bad - good)
                for bad, mended, good in zip(worst, after, best, strict=True)
            ]
        rows.append(row)
    harm = [after / before - 1 for after, before in zip(calm, best, strict=True)]
    return {"truth": best, "clean data, cleaned": calm, "harm": harm, "replications": rows}


def read_series(path: Path) -> Floats:
    """Return the series [N, T] of a long CSV or of a wide one with the columns W0, W1 …"""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8-sig") as file:
        header = file.readline().strip().split(",")
    weeks = [name for name in header if name[:1] == "W" and name[1:].isdigit()]
    if weeks:
        wide = pd.read_csv(path, dtype=str, na_filter=False)
        long = wide.melt(id_vars=[header[0]], value_vars=weeks, var_name="period", value_name="qty")
        panel: Panel = panel_of(long.rename(columns={header[0]: "series"}), "W")
    else:
        panel = read_panel(path, "W")
    kept: Floats = panel.qty[(panel.qty[:, : ORIGINS[0]] > 0).sum(axis=1) >= LEAST_WEEKS]
    return kept


def report(result: dict[str, Any]) -> str:
    """Return the figures as lines of text, four-week WMAPE first."""
    lines = []
    for name, one in result["runs"].items():
        lines.append(
            f"{name}: untouched {one['truth'][1]:.4f}, cleaned though untouched "
            f"{one['clean data, cleaned'][1]:.4f} "
            f"(harm {one['harm'][1]:+.2%}, weeks {one['harm'][0]:+.2%})"
        )
        for row in one["replications"]:
            shares = ", ".join(
                f"{kind} {row[kind][1]:.4f} = {row[f'{kind} undone'][1]:.0%} undone"
                f" (weeks {row[f'{kind} undone'][0]:.0%})"
                for kind in ("default", "cap only", "calendar")
            )
            lines.append(
                f"  seed {row['seed']}: nothing {row['nothing'][1]:.4f}, {shares}; "
                f"flags: precision {row['precision']:.2f}, recall {row['recall']:.2f}"
            )
    lines.append(f"{result['series']} series, {result['seconds']:.1f} s")
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Measure one file and print the figures."""
    parser = argparse.ArgumentParser(prog="benchmarks planning-cleaning", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(arguments)
    began = time.perf_counter()
    try:
        truth = read_series(chosen.file)
    except SeriesRefused as refused:
        print(refused, file=sys.stderr)
        return 2
    runs = {
        f"{method_name}, {kind}": measure(truth, method, partial)
        for method_name, method in (("SES .1", smooth), ("MA8", mean_of_8))
        for kind, partial in (("whole weeks", False), ("any day", True))
    }
    seconds = time.perf_counter() - began
    result = {"series": len(truth), "settings_seed": SEED, "runs": runs, "seconds": seconds}
    print(json.dumps(result) if chosen.json else report(result))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
