"""Purchase days of customers: read from a file, summed by day, split at a cut."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.errors import InputRefused, gettext_noop
from planning.domain.buy_till_you_die import Histories

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
COLUMNS: Final = ("customer", "date", "value")
_EPOCH: Final = date(1970, 1, 1).toordinal()
_FIRST_LINE: Final = 2
_DAY: Final = re.compile(r"(\d{4})(-?)(\d{2})\2(\d{2})(?:[T ].*)?")


class PurchasesRefused(InputRefused):
    """A file of purchases can't be read; `line` (0 = the file as a whole) says where."""

    code = "PURCHASES_REFUSED"
    text = gettext_noop("Line %(line)s: %(why)s")

    def __init__(self, message: str = "", *, line: int = 0, why: str = "") -> None:
        super().__init__(message, line=line, why=why)
        if not line and not message:
            self.message = why


@dataclass(frozen=True)
class Purchases:
    """One row for each customer and day, sorted by both: int64[M], int64[M], float64[M].

    `customer` counts from 0 into `names`, `day` counts from 1970-01-01, `value` is money of the
    day. Days are those the caller chose: the shop's local days.
    """

    names: tuple[str, ...]
    customer: Ints
    day: Ints
    value: Floats


def by_day(names: tuple[str, ...], customer: Ints, day: Ints, value: Floats) -> Purchases:
    """Sum rows of one customer and day: several orders on a day are one purchase.

    A day whose value is below 0 (refunds) is no purchase and is left out.
    """
    if not len(customer):
        return Purchases(names, customer, day, value)
    first = int(day.min())
    span = int(day.max()) - first + 1
    keys, inverse = np.unique(customer * span + (day - first), return_inverse=True)
    sums: Floats = np.bincount(inverse, weights=value, minlength=len(keys)).astype(np.float64)
    keys, sums = keys[sums >= 0], sums[sums >= 0]
    return Purchases(names, keys // span, keys % span + first, sums)


@dataclass(frozen=True)
class Cut:
    """What was known at the end of a day: the customers (numbers [N]) and their histories.

    `first` and `last` are days of the first and last purchase, `mean_value` is the mean of the
    repeat purchases (0 without one).
    """

    customer: Ints
    histories: Histories
    first: Ints
    last: Ints
    mean_value: Floats


def cut_at(known: Purchases, day: int) -> Cut:
    """Return the histories of everybody who had bought by the end of `day`."""
    rows = known.day <= day
    customer, days, value = known.customer[rows], known.day[rows], known.value[rows]
    ids, starts, counts = np.unique(customer, return_index=True, return_counts=True)
    if not len(ids):
        none = np.zeros(0)
        return Cut(ids, Histories(none, none, none), ids, ids, none)
    ends = starts + counts - 1
    first, last = days[starts], days[ends]
    total = np.add.reduceat(value, starts) - value[starts]
    repeats = (counts - 1).astype(np.float64)
    mean = np.divide(total, repeats, out=np.zeros(len(ids)), where=repeats > 0)
    weeks = Histories(repeats, (last - first) / 7.0, (day - first) / 7.0)
    return Cut(ids, weeks, first, last, mean)


def bought_between(known: Purchases, customers: Ints, after: int, until: int) -> Floats:
    """Return how many purchase days in (after, until] each of `customers` (numbers [N]) had."""
    rows = (known.day > after) & (known.day <= until)
    size = int(known.customer.max(initial=-1)) + 1
    return np.bincount(known.customer[rows], minlength=size)[customers].astype(np.float64)


def middle_cut(known: Purchases) -> int:
    """Return the day after which half of the days of the file remain."""
    first, last = int(known.day.min()), int(known.day.max())
    return last - (last - first + 1) // 2


def day_number(day: date) -> int:
    """Return the days from 1970-01-01 to `day`."""
    return day.toordinal() - _EPOCH


def day_of(number: int) -> date:
    """Return the calendar day `number` days after 1970-01-01."""
    return date.fromordinal(number + _EPOCH)


def read_purchases(path: Path, columns: tuple[str, str, str] | None = None) -> Purchases:
    """Read a CSV of `customer,date,value` (UTF-8, also .gz): one row for each order.

    A date is 2026-03-18 or 20260318, with or without a time behind it. With `columns` the three
    are called so in the file, and others are not looked at.

    Raises: PurchasesRefused naming the line and what to do.
    """
    rows = _read_rows(path)
    named = columns or COLUMNS
    missing = [name for name in named if name not in rows.columns]
    unknown = [name for name in rows.columns if name not in named] if columns is None else []
    if missing or unknown:
        parts = [f"lacks {', '.join(missing)}"] if missing else []
        parts += [f"does not know {', '.join(unknown)}"] if unknown else []
        why = f"header {' and '.join(parts)}: use {','.join(named)}, or name yours with --columns."
        raise PurchasesRefused(line=1, why=why)
    kept = rows.loc[(rows[list(named)] != "").any(axis=1), list(named)]
    if not len(kept):
        raise PurchasesRefused(why="The file has no rows below its header. Export it with data.")
    customers = kept[named[0]].str.strip()
    _refuse(customers == "", kept, f"{named[0]} is empty: name it, or leave the row out.")
    codes, names = pd.factorize(customers, sort=True)
    days = _days(kept[named[1]], named[1])
    value = pd.to_numeric(kept[named[2]], errors="coerce").to_numpy(dtype=np.float64)
    _refuse(~np.isfinite(value), kept, f"{named[2]} is not a number: write digits with a point.")
    return by_day(tuple(map(str, names)), codes.astype(np.int64), days, value)


def _read_rows(path: Path) -> pd.DataFrame:
    try:
        rows = pd.read_csv(
            path, dtype=str, na_filter=False, skip_blank_lines=False, encoding="utf-8-sig"
        )
    except pd.errors.EmptyDataError as error:
        raise PurchasesRefused(why="The file is empty. Export it again with data.") from error
    except pd.errors.ParserError as error:
        found = re.search(r"line (\d+)", str(error))
        why = "has more fields than the header: quote values that contain a comma."
        raise PurchasesRefused(line=int(found[1]) if found else 0, why=why) from error
    except UnicodeDecodeError as error:
        raise PurchasesRefused(why="The file is not UTF-8. Save it as CSV UTF-8.") from error
    except (OSError, EOFError) as error:
        why = f"{path} can't be read: {getattr(error, 'strerror', None) or error}."
        raise PurchasesRefused(why=why) from error
    if not isinstance(rows.index, pd.RangeIndex):
        why = "has more fields than the header: quote values that contain a comma."
        raise PurchasesRefused(line=_FIRST_LINE, why=why)
    rows.columns = [str(name).strip() for name in rows.columns]
    rows.index = pd.RangeIndex(_FIRST_LINE, len(rows) + _FIRST_LINE)
    return rows.fillna("")


def _refuse(wrong: Any, rows: pd.DataFrame, why: str) -> None:
    hits = np.flatnonzero(np.asarray(wrong))
    if hits.size:
        raise PurchasesRefused(line=int(rows.index[hits[0]]), why=why)


def _days(column: pd.Series[str], name: str) -> Ints:
    """Read each different text once."""
    codes, texts = pd.factorize(column)
    numbers = np.array([_day(str(text).strip()) for text in texts], dtype=np.int64)
    days: Ints = numbers[codes]
    hits = np.flatnonzero(days < 0)
    if hits.size:
        shown = str(column.iloc[int(hits[0])])[:40]
        why = f"{name} {shown!r} is not a day after 1970: write 2026-03-18."
        raise PurchasesRefused(line=int(column.index[hits[0]]), why=why)
    return days


def _day(text: str) -> int:
    found = _DAY.fullmatch(text)
    if found is None:
        return -1
    try:
        return day_number(date(int(found[1]), int(found[3]), int(found[4])))
    except ValueError:  # the 31st of February
        return -1
