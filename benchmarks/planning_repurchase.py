"""`python -m benchmarks planning-repurchase [--json]`: repurchase models on two public sets.

CDNOW (Fader and Hardie; research and teaching only) against the published figures, and a year of
"Online Retail II", Chen (2012), UCI Machine Learning Repository, DOI 10.24432/C5CG6D, CC BY 4.0.
"""

from __future__ import annotations

import argparse
import json
import time
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from planning.domain import buy_till_you_die as btyd
from planning.domain import cross_purchase, cycles, purchases, rebuy, repurchase_report
from planning.domain import probability_scores as scores

DATA = Path(__file__).parents[2] / "shared" / "data"
CUT = date(2010, 10, 1)
#: figure: (anchor, what was asked for)
ANCHORS = {
    "cdnow_r": (0.243, "+-.001"),
    "cdnow_alpha": (4.414, "+-.005"),
    "cdnow_a": (0.793, "+-.001"),
    "cdnow_b": (2.426, "+-.001"),
    "cdnow_log_likelihood": (-9582.43, "+-.01"),
    "cdnow_holdout_expected": (1653.4, "actual 1,882"),
    "cdnow_holdout_mae": (0.785, ""),
    "cdnow_holdout_correlation": (0.626, ""),
    "cohort_log_likelihood": (-95368.44, ""),
    "cohort_holdout_expected": (16873.7, "actual 19,684"),
    "cohort_fit_s": (None, "<= 1"),
    "rebuy_auc": (None, ">= .75"),
    "rebuy_auc_recency": (0.657, ""),
    "rebuy_mean_chance_to_actual": (None, ".9 to 1.1"),
}


def main(arguments: list[str]) -> int:
    """Measure, print a Markdown table or JSON."""
    parser = argparse.ArgumentParser(prog="benchmarks planning-repurchase", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seed", type=int, default=1, help="no effect: nothing is random")
    chosen = parser.parse_args(arguments)
    found = figures()
    if chosen.json:
        print(json.dumps(found, indent=1))
        return 0
    print("| figure | measured | anchor | asked |\n|---|---|---|---|")
    for name, value in found.items():
        anchor, asked = ANCHORS.get(name, ("", ""))
        print(f"| {name} | {value:.4f} | {'' if anchor is None else anchor} | {asked} |")
    return 0


def figures() -> dict[str, float]:
    """Return every figure by name."""
    sample = _cdnow("cdnow_sample", "customer_id_sample")
    cohort = _cdnow("cdnow_master", "customer_id")
    names = ("r", "alpha", "a", "b", "log_likelihood", "fit_s")
    found = {f"cdnow_{name}": sample[name] for name in names}
    found |= {f"cohort_{name}": cohort[name] for name in names}
    for key in ("actual", "expected", "mae", "correlation", "auc", "logloss", "brier"):
        found[f"cdnow_holdout_{key}"] = sample["holdout"][key]
        found[f"cohort_holdout_{key}"] = cohort["holdout"][key]
    rows = rebuy_figures()
    found |= {f"rebuy_{name}": value for name, value in rows.items()}
    found["rebuy_mean_chance_to_actual"] = rows["mean_chance"] / rows["base_rate"]
    return found


def _cdnow(name: str, customer: str) -> dict[str, Any]:
    known = purchases.read_purchases(DATA / "cdnow" / f"{name}.csv.gz", (customer, "date", "value"))
    cut = purchases.middle_cut(known)
    seen = purchases.cut_at(known, cut)
    began = time.perf_counter()
    btyd.fit(seen.histories)
    seconds = time.perf_counter() - began
    made = repurchase_report.report(known, cut, int(known.day.max())).as_json()
    return made["bg_nbd"] | {"fit_s": seconds, "holdout": made["holdout"]}


def rebuy_figures() -> dict[str, float]:
    """Return the figures of product rebuy in 60 days after 2010-10-01, and what else it took."""
    known = gift_shop()
    cut = purchases.day_number(CUT)
    began = time.perf_counter()
    found = rebuy.predict(known, cut)
    predicted = time.perf_counter()
    again = rebuy.bought_again(known, found.pairs)
    turns = cycles.cycles(cycles.waits_of(known, cut))
    turned = time.perf_counter()
    crossed = cross_purchase.crossings(known, cut, 60)
    crossed_at = time.perf_counter()
    plain = found.rates.chance(found.pairs)
    return {
        "pairs": len(found.pairs),
        "base_rate": float(again.mean()),
        "mean_chance": float(found.chance.mean()),
        "auc": scores.auc(found.chance, again) or 0.0,
        "auc_recency": scores.auc(-found.pairs.silent.astype(np.float64), again) or 0.0,
        "auc_frequency": scores.auc(found.pairs.times.astype(np.float64), again) or 0.0,
        "auc_poisson_gamma": scores.auc(plain, again) or 0.0,
        "logloss": scores.log_loss(found.chance, again),
        "logloss_base_rate": scores.log_loss(np.full(len(again), again.mean()), again),
        "top_5_percent": scores.top_precision(found.chance, again),
        "predict_s": predicted - began,
        "cycles": len(turns),
        "cycles_s": turned - predicted,
        "cross_kappa": crossed.kappa,
        "cross_s": crossed_at - turned,
    }


def gift_shop() -> rebuy.Lines:
    """Return goods bought at a price by known customers, by customer, product and day.

    Cancellation lines are no purchases. Goods have a code of five digits, with or without letters.
    """
    file = DATA / "online-retail-ii-y1" / "online_retail_ii_2009-12_2010-12.csv.gz"
    texts = {"Invoice": str, "StockCode": str, "Customer ID": str}
    rows = pd.read_csv(file, dtype=texts)
    goods = rows["StockCode"].str.match(r"\d{5}") & (rows["Price"] > 0) & (rows["Quantity"] > 0)
    rows = rows[goods & rows["Customer ID"].notna() & ~rows["Invoice"].str.startswith("C")]
    days = pd.to_datetime(rows["InvoiceDate"].str[:10]) - pd.Timestamp("1970-01-01")
    customer, _ = pd.factorize(rows["Customer ID"], sort=True)
    product, _ = pd.factorize(rows["StockCode"], sort=True)
    return rebuy.lines_of(
        customer.astype(np.int64), product.astype(np.int64), days.dt.days.to_numpy(np.int64)
    )
