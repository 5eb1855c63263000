"""Whether a lot at the dock lives long enough to be taken in (X17, W4)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Literal

Life = Literal["fine", "short", "expired"]


def judge_life(
    expires_on: dt.date | None,
    *,
    today: dt.date,
    shelf_life_days: int | None,
    min_life_pct: Decimal,
) -> Life:
    """Return whether a lot is past its last day, below its share of shelf life, or fine.

    A lot is expired the day after `expires_on`. Without a shelf life (None or 0 days) only that
    is judged. Worked example: 360 days of shelf life and 33 %: 118 days left are short, 119 fine.
    """
    if expires_on is None:
        return "fine"
    left = (expires_on - today).days
    if left < 0:
        return "expired"
    if shelf_life_days and left < shelf_life_days * min_life_pct / 100:
        return "short"
    return "fine"
