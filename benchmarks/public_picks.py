"""`python -m benchmarks.public_picks INSTANCE.txt > FILE.json`: a public instance for plan_picks.

Reads the text form in which public sets of the joint order batching and picker routing problem are
passed on (TYPE : Order_batching; a header, then ARTICLE, SKU and ORDER sections), such as those of
Muter and Oncan (2015), Bahceci and Oncan (2021) and Henn and Waescher (2012). The instances belong
to their authors and are not part of this repository; docs/benchmarks.md says where they are found.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

#: A unit of length becomes so many millimeters: a tenth of a unit is whole then.
MM = 1000
_PAIR = re.compile(r"([A-Z_]+) +(-?\w+)")


class InstanceRefused(ValueError):
    """The text is not an instance this reads; the message names the line or the field."""


def convert(text: str) -> dict[str, Any]:
    """Return the document of docs/plan-picks-format.md for an instance.

    An order's load is the weight of its units. Places are counted from the bottom cross aisle,
    where the depot must lie; these files number cells from the top, from 0.

    Raises:
        InstanceRefused: a field is missing, or the layout is none a single block can say.
    """
    head, rows = _split(text)
    if head.get("LAYOUT") != "single-block" or head.get("DEPOT_LOCATION") != "bottom":
        raise InstanceRefused("only single blocks with the depot at the bottom can be converted")
    pitch, cell = _mm(head, "DISTANCE_AISLE_TO_AISLE"), _mm(head, "DISTANCE_CELL_TO_CELL")
    end = _mm(head, "DISTANCE_BOTTOM_TO_CELL")
    if end != _mm(head, "DISTANCE_TOP_TO_CELL"):
        raise InstanceRefused("the distances to the top and the bottom cross aisle differ")
    cells = int(_field(head, "NUM_CELLS"))
    weights = {row["ID"]: int(row["WEIGHT"]) for row in rows["ARTICLE_SECTION"] if "ID" in row}
    places = {
        row["ID"]: [int(row["AISLE"]) + 1, cells - int(row["CELL"])]
        for row in rows["SKU_SECTION"]
        if "ID" in row
    }
    return {
        "layout": {
            "kind": "single_block",
            "aisles": int(_field(head, "NUM_AISLES")),
            "places": cells,
            "aisle_pitch_mm": pitch,
            "place_pitch_mm": cell,
            "end_gap_mm": end,
            "depot_x_mm": int(_field(head, "DEPOT_AISLE")) * pitch,
            "depot_off_mm": _mm(head, "DISTANCE_TOP_OR_BOTTOM_TO_DEPOT"),
        },
        "capacity": {"items": int(_field(head, "PICKER_CAPACITY"))},
        "orders": list(_orders(rows["ORDER_SECTION"], places, weights)),
    }


def _split(text: str) -> tuple[dict[str, str], dict[str, list[dict[str, str]]]]:
    head: dict[str, str] = {}
    rows: dict[str, list[dict[str, str]]] = {
        name: [] for name in ("ARTICLE_SECTION", "SKU_SECTION", "ORDER_SECTION")
    }
    section = ""
    for line in text.splitlines():
        name, colon, value = (part.strip() for part in line.partition(":"))
        if name in rows and not colon:
            section = name
        elif colon and not section:
            head[name] = value
        elif colon:
            rows[section].append({name: value})
        elif section and name and name != "EOF":
            rows[section].append(dict(_PAIR.findall(line)))
    return head, rows


def _orders(
    rows: list[dict[str, str]], places: dict[str, list[int]], weights: dict[str, int]
) -> Iterator[dict[str, Any]]:
    found: list[list[dict[str, str]]] = []
    for row in rows:
        if "NUM_ARTICLES_IN_ORDER" in row:
            found.append([])
        elif "ID" in row and found:
            found[-1].append(row)
    for number, lines in enumerate(found):
        for line in lines:
            if line["ID"] not in places:
                raise InstanceRefused(f"order {number}: article {line['ID']} lies nowhere")
        yield {
            "id": str(number),
            "picks": [places[line["ID"]] for line in lines],
            "items": sum(weights.get(line["ID"], 1) * int(line["QUANTITY"]) for line in lines),
        }


def _field(head: dict[str, str], name: str) -> str:
    if name not in head:
        raise InstanceRefused(f"{name} is missing")
    return head[name]


def _mm(head: dict[str, str], name: str) -> int:
    try:
        length = Decimal(_field(head, name)) * MM
    except InvalidOperation as error:
        raise InstanceRefused(f"{name} is no number") from error
    if length != int(length):
        raise InstanceRefused(f"{name} is finer than a thousandth of a unit")
    return int(length)


def main() -> int:
    """Convert the file of the command line to the standard output."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    file: Path = parser.parse_args().file
    try:
        document = convert(file.read_text(encoding="utf-8", errors="replace"))
    except InstanceRefused as refusal:
        print(f"{file}: {refusal}", file=sys.stderr)
        return 1
    json.dump(document, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
