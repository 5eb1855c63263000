"""An expiry date as it may stand on a box: a plain text that is one day, or nothing."""

from __future__ import annotations

import datetime as dt
import re

_SHAPES = (
    re.compile(r"^(?P<y>\d{4})[-./]?(?P<m>\d{2})[-./]?(?P<d>\d{2})$"),
    re.compile(r"^(?P<y>\d{2})(?P<m>\d{2})(?P<d>\d{2})$"),
)


def read_day(text: str) -> dt.date | None:
    """Return the day a text names: 2027-06-30, 2027.06.30, 20270630 or 270630; else None.

    Two-digit years are of this century: no lot in a warehouse is older.
    """
    for shape in _SHAPES:
        found = shape.match(text.strip())
        if found:
            year = int(found["y"])
            try:
                return dt.date(year if year > 99 else 2000 + year, int(found["m"]), int(found["d"]))
            except ValueError:
                return None
    return None
