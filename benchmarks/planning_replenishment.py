"""`python -m benchmarks planning-replenishment [FILE]`: buying rules replayed, reviews timed.

FILE is a CSV of `Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country`,
such as Online Retail II (Chen, D., 2012, UCI, DOI 10.24432/C5CG6D, CC BY 4.0), the default where
it is there. Goods at a price above 0; an order line that its customer cancels within 14 days is
taken out. Settings were fixed in advance.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import django
import numpy as np
import pandas as pd
from django.core.management import call_command

from benchmarks import installation
from planning.domain.netting import Line, net_cancellations
from planning.domain.position import Arrival, ArrivalKind, Picture
from planning.domain.review import Row, Terms, review
from planning.domain.safety_stock import LeadTime

SIZES = (1_000, 10_000)
ORDERS = "../shared/data/online-retail-ii-y1/online_retail_ii_2009-12_2010-12.csv.gz"
GOODS = r"\d{5}[A-Za-z]*"


def long_sales(path: Path) -> pd.DataFrame:
    """Return `series,date,qty,price` of goods, netted of cancellations."""
    rows = pd.read_csv(path, dtype={"Invoice": str, "StockCode": str})
    rows["at"] = pd.to_datetime(rows["InvoiceDate"])
    rows["customer"] = rows["Customer ID"].fillna("").astype(str)
    rows = rows[rows["StockCode"].str.fullmatch(GOODS) & (rows["Price"] > 0)]
    sold = rows[(rows["Quantity"] > 0) & ~rows["Invoice"].str.startswith("A")]
    back = rows[(rows["Quantity"] < 0) & rows["Invoice"].str.startswith("C")]
    gone = set(net_cancellations(_lines(sold), _lines(back)).values())
    kept = sold[~sold.index.isin(gone)]
    return pd.DataFrame(
        {
            "series": kept["StockCode"],
            "date": kept["at"].dt.strftime("%Y-%m-%d"),
            "qty": kept["Quantity"],
            "price": kept["Price"],
        }
    )


def _lines(rows: pd.DataFrame) -> list[Line]:
    columns = (rows.index, rows["customer"], rows["StockCode"], rows["Quantity"].abs(), rows["at"])
    return [
        Line(int(key), customer, sku, int(qty), at.to_pydatetime())
        for key, customer, sku, qty, at in zip(*columns, strict=True)
    ]


def timed_review(count: int, seed: int = 7) -> dict[str, float]:
    """Return wall and CPU seconds of one review of `count` made-up SKU-warehouses."""
    chance = np.random.default_rng(seed)
    terms = Terms(LeadTime(35, 49), LeadTime(8, 4), moq_qty=24, pack_qty=12, premium=0.1)
    daily = chance.gamma(0.6, 5.0, count)
    stock, due = chance.integers(0, 400, count), chance.integers(0, 60, count)
    rows = [
        Row(
            key=str(n),
            picture=Picture(
                on_hand=int(stock[n]),
                arrivals=(Arrival(ArrivalKind.IN_TRANSIT, 48, int(due[n])),) * (n % 3),
            ),
            daily=float(daily[n]),
            forecast_var=float(60 * daily[n] + 4 * daily[n] ** 2),
            terms=terms,
        )
        for n in range(count)
    ]
    began, cpu = time.perf_counter(), time.process_time()
    review(rows)
    return {"seconds": time.perf_counter() - began, "cpu_s": time.process_time() - cpu}


def main(arguments: list[str]) -> int:
    """Replay one file, time the reviews, print both."""
    parser = argparse.ArgumentParser(prog="benchmarks planning-replenishment", description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", default=installation.root() / ORDERS)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seed", type=int, default=7)
    chosen = parser.parse_args(arguments)
    timed: dict[str, Any] = {str(count): timed_review(count) for count in SIZES}
    for count, one in timed.items():
        if not chosen.json:
            print(f"review of {count}: {one['seconds']:.2f} s ({one['cpu_s']:.2f} s CPU)")
    if chosen.json:
        print(json.dumps({"reviews": timed}))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    with tempfile.TemporaryDirectory() as folder:
        long = Path(folder) / "sales.csv"
        long_sales(chosen.file).to_csv(long, index=False)
        options = ["--seed", str(chosen.seed), *(["--json"] if chosen.json else [])]
        call_command("simulate_replenishment", long, *options)
    return 0
