"""`python -m benchmarks returns-matching [--json] [--seed N]`: past returns and their orders.

The cancellations of a year of "Online Retail II", Chen (2012), UCI Machine Learning Repository,
DOI 10.24432/C5CG6D, CC BY 4.0, matched by `returns.domain.matching`. The file does not say which
order each took back, so accuracy is measured on planted returns: lines of known orders of the same
file, taken back after delays, in quantities and on documents as the matched ones of the file.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from returns.domain.matching import (
    MATCHED,
    NO_CUSTOMER,
    OUTCOMES,
    PastLine,
    PastReturn,
    match,
)

FILE = (
    Path(__file__).parents[2]
    / "shared/data/online-retail-ii-y1/online_retail_ii_2009-12_2010-12.csv.gz"
)
PLANTED = 5_000


@dataclass
class Sales:
    """What customers bought and took back; returns without a customer are only counted."""

    lines: dict[str, list[PastLine]] = field(default_factory=lambda: defaultdict(list))
    returns: dict[str, list[PastReturn]] = field(default_factory=lambda: defaultdict(list))
    nameless: int = 0


def main(arguments: list[str]) -> int:
    """Measure, print a Markdown table or JSON."""
    parser = argparse.ArgumentParser(prog="benchmarks returns-matching", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    found = figures(chosen.seed)
    if chosen.json:
        print(json.dumps(found, indent=1))
        return 0
    print("| figure | measured |\n|---|---|")
    for name, value in found.items():
        print(f"| {name} | {value:,.4g} |" if value < 1 else f"| {name} | {value:,.5g} |")
    return 0


def figures(seed: int) -> dict[str, float]:
    """Return the outcomes of the file's returns and the accuracy on planted ones."""
    sales = read()
    start = time.perf_counter()
    taken = _match_all(sales)
    found: dict[str, float] = dict.fromkeys(OUTCOMES, 0)
    for outcome, _line in taken.values():
        found[outcome] += 1
    found[NO_CUSTOMER] += sales.nameless
    found["all"] = sum(found.values())
    found["seconds"] = time.perf_counter() - start
    lines = [line for _outcome, line in taken.values() if line is not None]
    found["lines matched twice"] = max(Counter(lines).values()) - 1
    return found | _planted(sales, taken, random.Random(seed))  # a sample


def read() -> Sales:
    """Return the goods lines of the file by customer."""
    sales = Sales()
    with gzip.open(FILE, "rt", newline="") as source:
        for number, row in enumerate(csv.DictReader(source), start=2):
            qty, customer = int(row["Quantity"]), row["Customer ID"]
            at = datetime.fromisoformat(row["InvoiceDate"]).replace(tzinfo=UTC)
            document, code, price = row["Invoice"], row["StockCode"], Decimal(row["Price"])
            if document.startswith("C"):
                if not customer:
                    sales.nameless += 1
                    continue
                back = PastReturn(number, document, code, at, abs(qty), price)
                sales.returns[customer].append(back)
            elif qty > 0 and customer:
                line = PastLine(number, int(document), code, at, qty, price)
                sales.lines[customer].append(line)
    return sales


def _match_all(sales: Sales) -> dict[int, tuple[str, int | None]]:
    return {
        verdict.return_id: (verdict.outcome, verdict.line_id)
        for customer, returns in sales.returns.items()
        for verdict in match(returns, sales.lines.get(customer, ()))
    }


def _planted(
    sales: Sales, taken: dict[int, tuple[str, int | None]], chance: random.Random
) -> dict[str, float]:
    """Plant returns of known lines and return how many find them, and how many another line."""
    by_id = {line.id: line for rows in sales.lines.values() for line in rows}
    pairs = [
        (back, by_id[line_id])
        for rows in sales.returns.values()
        for back in rows
        if (line_id := taken[back.id][1]) is not None
    ]
    delays = [back.at - line.at for back, line in pairs]
    whole = sum(back.qty == line.qty for back, line in pairs) / len(pairs)
    sizes = list(Counter(back.document for back, _line in pairs).values())
    truth: dict[int, int] = {}
    planted = Sales(lines=sales.lines)
    orders = _orders(sales)
    while len(truth) < PLANTED:
        customer, rows = chance.choice(orders)
        size = min(len(rows), chance.choice(sizes))
        delay = chance.choice(delays)
        for line in chance.sample(rows, size):
            back = _back(line, len(truth), delay, whole, chance)
            truth[back.id] = line.id
            planted.returns[customer].append(back)
    return _accuracy(_match_all(planted), truth)


def _orders(sales: Sales) -> list[tuple[str, list[PastLine]]]:
    found: dict[tuple[str, int], list[PastLine]] = defaultdict(list)
    for customer, rows in sales.lines.items():
        for line in rows:
            found[customer, line.order_id].append(line)
    return [(customer, rows) for (customer, _order), rows in sorted(found.items())]


def _back(
    line: PastLine, number: int, delay: timedelta, whole: float, chance: random.Random
) -> PastReturn:
    qty = line.qty if chance.random() < whole else chance.randint(1, line.qty)
    document = f"C{line.order_id}-{delay}"
    return PastReturn(number, document, line.code, line.at + delay, qty, line.price)


def _accuracy(taken: dict[int, tuple[str, int | None]], truth: dict[int, int]) -> dict[str, float]:
    outcomes = Counter(outcome for outcome, _line in taken.values())
    right = sum(taken[number][1] == line for number, line in truth.items())
    return {
        "planted": len(truth),
        "planted matched": _share(outcomes[MATCHED], truth),
        "planted right of matched": right / outcomes[MATCHED],
        "planted right of all": _share(right, truth),
    }


def _share(count: int, all_of: Iterable[int]) -> float:
    return count / len(list(all_of))
