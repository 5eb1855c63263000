"""A forecast as a supplier may see it: an index or rounded units, and the file of it (B-17)."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

HORIZON_WEEKS: Final = 12
OFF, INDEX, UNITS = "off", "index", "units"
#: The first week with demand stands for so many.
BASE: Final = 100
#: Characters with which a spreadsheet begins what it runs.
_RUN: Final = ("=", "+", "-", "@")
HEAD: Final = ("code", "your_code", "name", "shown_as")


def index_of(weekly: Sequence[float]) -> list[int]:
    """Return weeks as an index: 100 is the first week in which anything is expected.

    Units can't be told from it; weeks before the first demand are 0.
    """
    base = next((qty for qty in weekly if qty > 0), 0.0)
    return [_half_up(BASE * qty / base) if base else 0 for qty in weekly]


def rounded(weekly: Sequence[float], step: int) -> list[int]:
    """Return units of weeks, each rounded to the nearest multiple of `step`, halves up.

    Raises:
        ValueError: the step is no positive number of units.
    """
    if step < 1:
        raise ValueError(f"units are rounded to multiples of 1 or more, not of {step}")
    return [_half_up(qty / step) * step for qty in weekly]


def shown(weekly: Sequence[float], way: str, step: int) -> list[int]:
    """Return the figures of one product in the agreed way.

    Raises:
        ValueError: nothing is shared in this way.
    """
    if way == INDEX:
        return index_of(weekly)
    if way == UNITS:
        return rounded(weekly, step)
    raise ValueError(f"{way} shows no figures")


def file_of(content: Mapping[str, Any]) -> bytes:
    """Return the CSV file (UTF-8 with mark) of what was shared: a row a product, a column a week.

    The same content always makes the same bytes.
    """
    text = io.StringIO()
    sheet = csv.writer(text, lineterminator="\r\n")
    sheet.writerow([*HEAD, *content["weeks"]])
    for line in content["lines"]:
        words = [_plain(line[name]) for name in ("code", "supplier_code", "name")]
        sheet.writerow([*words, content["way"], *line["values"]])
    return text.getvalue().encode("utf-8-sig")


def _half_up(value: float) -> int:
    return int(Decimal(repr(value)).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _plain(text: str) -> str:
    return f"'{text}" if text.lstrip().startswith(_RUN) else text
