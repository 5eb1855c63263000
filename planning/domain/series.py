"""Many demand series over one time axis, and how they are read from a long CSV.

A long CSV has one row for each sale or sum: `series,period,qty[,price]`. Rows of one series and
period add up, periods without a row are 0. Weeks start on Monday.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.errors import DomainError, gettext_noop

Frequency = Literal["D", "W", "M"]
Floats = NDArray[np.float64]

#: Weeks in a century, nearly: a longer axis comes from a mistyped year.
MOST_PERIODS: Final = 5_000
_PERIODS_A_YEAR: Final = {"D": 365, "W": 52, "M": 12}
_FORMS: Final = {
    "D": "2026-03-18",
    "W": "2026-03-18, 2026-W12",
    "M": "2026-03-18, 2026-03",
}
_TOO_MANY: Final = "has more fields than the header: quote values that contain a comma."
_FIRST_LINE: Final = 2  # of the data: line 1 is the header


class SeriesRefused(DomainError):
    """A file of series can't be read; `line` (0 = the file as a whole) says where."""

    code = "SERIES_REFUSED"
    status = 422
    text = gettext_noop("Line %(line)s: %(why)s")

    def __init__(self, message: str = "", *, line: int = 0, why: str = "") -> None:
        super().__init__(message, line=line, why=why)
        if not line and not message:
            self.message = why


@dataclass(frozen=True)
class LongColumns:
    """What the columns of a long CSV are called; `price` may be absent from the file."""

    series: str = "series"
    period: str = "period"
    qty: str = "qty"
    price: str = "price"


@dataclass(frozen=True)
class Panel:
    """N series over T periods without gaps, oldest first.

    `qty` is float64 [N, T], finite and >= 0. `price` is float64 [N, T] with NaN where none was
    seen, or None. `starts` holds the first day of each period, None when periods are only counted.
    """

    names: tuple[str, ...]
    periods: tuple[str, ...]
    qty: Floats
    frequency: Frequency = "W"
    price: Floats | None = None
    starts: tuple[date, ...] | None = None

    @property
    def cycle(self) -> int:
        """Return the periods of one year: 365 days, 52 weeks or 12 months."""
        return _PERIODS_A_YEAR[self.frequency]

    def season_positions(self, ahead: int = 0) -> NDArray[np.int64]:
        """Return the place in the year, 0 … cycle-1, of each period and of `ahead` more."""
        count = len(self.periods) + ahead
        if self.starts is None:
            return np.arange(count, dtype=np.int64) % self.cycle
        days = [_later(self.starts[0], self.frequency, step) for step in range(count)]
        if self.frequency == "M":
            return np.array([day.month - 1 for day in days], dtype=np.int64)
        if self.frequency == "D":
            return np.array([min(day.timetuple().tm_yday, 365) - 1 for day in days], np.int64)
        middle = [day + timedelta(days=3) for day in days]  # the Thursday names the ISO week
        return np.array([min(day.isocalendar().week, 52) - 1 for day in middle], dtype=np.int64)

    def of(self, rows: NDArray[Any]) -> Panel:
        """Return the panel of some series: row numbers or a mask [N]."""
        picked = np.arange(len(self.names))[rows]
        return replace(
            self,
            names=tuple(self.names[row] for row in picked),
            qty=self.qty[picked],
            price=None if self.price is None else self.price[picked],
        )

    def until(self, origin: int) -> Panel:
        """Return what was known before period `origin`: the first `origin` periods."""
        return replace(
            self,
            periods=self.periods[:origin],
            qty=self.qty[:, :origin],
            price=None if self.price is None else self.price[:, :origin],
            starts=None if self.starts is None else self.starts[:origin],
        )


def read_panel(path: Path, frequency: Frequency, columns: LongColumns | None = None) -> Panel:
    """Read a long CSV (UTF-8, also .gz) into daily, weekly or monthly buckets.

    Series are sorted by name.

    A period is a day (2026-03-18 or 20260318), a month (2026-03), an ISO week (2026-W12) or a
    count (7, w007, m07); one file uses one of them. Units sold in a bucket weight its price.

    Raises: SeriesRefused naming the line and what to do.
    """
    return panel_of(_read_rows(path, columns or LongColumns()), frequency, columns)


def panel_of(rows: pd.DataFrame, frequency: Frequency, columns: LongColumns | None = None) -> Panel:
    """Sum rows of text (index = line number) into a panel.

    Raises: SeriesRefused naming the line and what to do.
    """
    named = columns or LongColumns()
    if not len(rows):
        raise SeriesRefused(why="The file has no rows below its header. Export it again with data.")
    series = rows[named.series].astype("category")
    _refuse(series.astype(str).str.strip() == "", rows.index, f"{named.series} is empty: name it.")
    places, starts = _places(rows[named.period], rows.index, frequency)
    first, last = int(places.min()), int(places.max())
    if last - first >= MOST_PERIODS:
        far = int(
            rows.index[int(np.argmax(np.abs(places - np.sort(places)[(len(places) - 1) // 2])))]
        )
        why = f"spans {last - first + 1} periods, {MOST_PERIODS} at most: check the year."
        raise SeriesRefused(line=far, why=why)
    shape = (len(series.cat.categories), last - first + 1)
    cells = series.cat.codes.to_numpy().astype(np.int64) * shape[1] + (places - first)
    units = _numbers(rows[named.qty], named.qty)
    qty = np.bincount(cells, weights=units, minlength=shape[0] * shape[1])
    _refuse(
        (units < 0) & (qty[cells] < -1e-9),
        rows.index,
        f"{named.qty} of this period adds up to less than 0: leave returns out or net them.",
    )
    price = None
    if named.price in rows.columns:
        price = _prices(_prices_read(rows[named.price], named.price), units, cells, shape)
    days = None if not starts else tuple(_later(starts, frequency, first + k) for k in _to(shape))
    return Panel(
        names=tuple(map(str, series.cat.categories)),
        periods=tuple(_label(days, k, first, frequency) for k in _to(shape)),
        qty=np.maximum(qty, 0.0).reshape(shape),  # -0.0 and the dust of sums
        frequency=frequency,
        price=price,
        starts=days,
    )


def _to(shape: tuple[int, int]) -> range:
    return range(shape[1])


def _read_rows(path: Path, named: LongColumns) -> pd.DataFrame:
    try:
        rows = pd.read_csv(
            path, dtype="category", na_filter=False, skip_blank_lines=False, encoding="utf-8-sig"
        )
    except pd.errors.EmptyDataError as error:
        raise SeriesRefused(why="The file is empty. Export it again with data.") from error
    except pd.errors.ParserError as error:
        found = re.search(r"line (\d+)", str(error))
        raise SeriesRefused(line=int(found[1]) if found else 0, why=_TOO_MANY) from error
    except UnicodeDecodeError as error:
        raise SeriesRefused(why="The file is not UTF-8. Save it as CSV UTF-8.") from error
    except OSError as error:
        raise SeriesRefused(why=f"{path} can't be read: {error.strerror or error}.") from error
    if not isinstance(rows.index, pd.RangeIndex):
        raise SeriesRefused(line=_FIRST_LINE, why=_TOO_MANY)
    rows.columns = [str(name).strip() for name in rows.columns]
    wanted = (named.series, named.period, named.qty)
    missing = [name for name in wanted if name not in rows.columns]
    unknown = [name for name in rows.columns if name not in (*wanted, named.price)]
    if missing or unknown:
        parts = [f"lacks {', '.join(missing)}"] if missing else []
        parts += [f"does not know {', '.join(unknown)}"] if unknown else []
        why = f"header {' and '.join(parts)}: use {','.join(wanted)}[,{named.price}]."
        raise SeriesRefused(line=1, why=why)
    rows.index = pd.RangeIndex(_FIRST_LINE, len(rows) + _FIRST_LINE)
    blank = np.logical_and.reduce([rows[name].isin(["", np.nan]) for name in rows.columns])
    kept = rows.loc[~blank]
    return kept.assign(**{named.series: kept[named.series].cat.remove_unused_categories()})


def _refuse(wrong: Any, lines: Any, why: str) -> None:
    """Raise for the first row that is wrong."""
    hits = np.flatnonzero(np.asarray(wrong))
    if hits.size:
        raise SeriesRefused(line=int(lines[hits[0]]), why=why)


def _numbers(column: pd.Series[Any], name: str) -> Floats:
    """Read each different text once."""
    texts = column.astype("category")
    values = pd.to_numeric(pd.Series(texts.cat.categories, dtype=str), errors="coerce").to_numpy(
        dtype=np.float64
    )
    read = np.append(values, np.nan)[texts.cat.codes.to_numpy()]
    wrong = np.flatnonzero(~np.isfinite(read))
    if wrong.size:
        shown = str(column.iloc[int(wrong[0])])[:40]
        why = f"{name} {shown!r} is not a number: write digits with a decimal point."
        raise SeriesRefused(line=int(column.index[wrong[0]]), why=why)
    return np.asarray(read, dtype=np.float64)


def _prices_read(column: pd.Series[Any], name: str) -> Floats:
    """Read prices; an empty one is not known."""
    known = ~column.isin(["", np.nan]).to_numpy()
    prices = np.full(len(column), np.nan)
    prices[known] = _numbers(column[known], name)
    _refuse(prices < 0, column.index, f"{name} is below 0: leave adjustments out.")
    return prices


def _prices(prices: Floats, units: Floats, cells: Any, shape: tuple[int, int]) -> Floats:
    """Return the mean price of each bucket, weighted by units (a bucket of 0 units: equally)."""
    known = np.isfinite(prices)
    weight = np.where(known, np.maximum(units, 0.0) + 1e-9, 0.0)
    size = shape[0] * shape[1]
    value = np.bincount(cells, weights=weight * np.where(known, prices, 0.0), minlength=size)
    total = np.bincount(cells, weights=weight, minlength=size)
    mean = np.divide(value, total, out=np.full(size, np.nan), where=total > 0)
    return np.asarray(mean.reshape(shape), dtype=np.float64)


def _places(column: pd.Series[Any], lines: Any, frequency: Frequency) -> tuple[Any, date | None]:
    """Return the bucket number of each row and the day that bucket 0 starts (None: counted)."""
    texts = column.astype("category")
    known = [_place(str(text).strip(), frequency) for text in texts.cat.categories]
    kinds = np.array([-1 if one is None else int(one[1]) for one in known] + [-1])
    places = np.array([0 if one is None else one[0] for one in known] + [0], dtype=np.int64)
    codes = texts.cat.codes.to_numpy()
    if (kinds[codes] < 0).any():
        at = int(np.flatnonzero(kinds[codes] < 0)[0])
        shown = str(column.iloc[at])[:40]
        forms = _FORMS[frequency]
        why = f"period {shown!r} is not read with --freq {frequency}: write {forms} or a count."
        raise SeriesRefused(line=int(lines[at]), why=why)
    other = kinds[codes] != kinds[codes][0]
    _refuse(other, lines, "period is written in another way than above: use one form in a file.")
    return places[codes], _EPOCH if kinds[codes][0] else None


#: A Monday and the first day of a month, before any trade of ours.
_EPOCH: Final = date(1900, 1, 1)
_DAY: Final = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:[T ].*)?")
_WEEK: Final = re.compile(r"(\d{4})-?[Ww](\d{2})")
_MONTH: Final = re.compile(r"(\d{4})-(\d{2})")
#: Up to five digits count periods; calendar forms are longer.
_COUNT: Final = re.compile(r"[WwMm]?(\d{1,5})")


def _place(text: str, frequency: Frequency) -> tuple[int, bool] | None:
    """Return the bucket number and whether it lies on the calendar; None when not understood."""
    if counted := _COUNT.fullmatch(text):
        return int(counted[1]), False
    try:
        day = _day(text, frequency)
    except ValueError:  # the 31st of February, week 54
        return None
    if day is None or day < _EPOCH:
        return None
    if frequency != "M":
        return (day - _EPOCH).days // (7 if frequency == "W" else 1), True
    return (day.year - _EPOCH.year) * 12 + day.month - 1, True


def _day(text: str, frequency: Frequency) -> date | None:
    if found := _DAY.fullmatch(text):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if frequency == "W" and (found := _WEEK.fullmatch(text)):
        return date.fromisocalendar(int(found[1]), int(found[2]), 1)
    if frequency == "M" and (found := _MONTH.fullmatch(text)):
        return date(int(found[1]), int(found[2]), 1)
    return None


def _later(start: date, frequency: Frequency, steps: int) -> date:
    """Return the first day of the bucket `steps` after the one that starts on `start`."""
    if frequency != "M":
        return start + timedelta(days=steps * (7 if frequency == "W" else 1))
    months = start.year * 12 + start.month - 1 + steps
    return date(months // 12, months % 12 + 1, 1)


def _label(days: tuple[date, ...] | None, place: int, first: int, frequency: Frequency) -> str:
    if days is None:
        return str(first + place)
    return f"{days[place]:%Y-%m}" if frequency == "M" else days[place].isoformat()
