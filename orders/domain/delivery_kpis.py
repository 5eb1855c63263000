"""On-time delivery and speed (A-21), from what was promised and what arrived."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Delivery:
    """One order: its promise at order time and its arrival, None while something is under way.

    Moments are aware; `arrived_on` is the day of the last parcel's arrival where it arrived.
    """

    placed_at: dt.datetime
    promised_on: dt.date | None
    arrived_at: dt.datetime | None = None
    arrived_on: dt.date | None = None

    @property
    def is_on_time(self) -> bool:
        """Whether it arrived by the day promised at order time."""
        promised, arrived = self.promised_on, self.arrived_on
        return promised is not None and arrived is not None and arrived <= promised


@dataclass(frozen=True, slots=True)
class DeliveryFigures:
    """On-time delivery both ways and speed. Rates are percent, speeds hours; None without data.

    `delivered` counts arrived orders with a promise, `due` orders whose promised day fell into the
    span, arrived or not. `timed` counts what the speed is made of.
    """

    delivered: int
    on_time: int
    due: int
    due_on_time: int
    timed: int
    mean_h: float | None
    p90_h: float | None

    @property
    def of_delivered(self) -> float | None:
        """Return the percentage of delivered orders that were on time."""
        return 100 * self.on_time / self.delivered if self.delivered else None

    @property
    def of_due(self) -> float | None:
        """Return the percentage of due orders that were on time."""
        return 100 * self.due_on_time / self.due if self.due else None


def figures(arrived: Sequence[Delivery], due: Sequence[Delivery]) -> DeliveryFigures:
    """Return the figures of orders that arrived in a span, and of those due in it.

    The 90th percentile is the nearest rank: the smallest time that at least 90 % did not exceed.
    """
    promised = [one for one in arrived if one.promised_on is not None]
    hours = sorted(
        (one.arrived_at - one.placed_at).total_seconds() / 3600
        for one in arrived
        if one.arrived_at is not None
    )
    return DeliveryFigures(
        delivered=len(promised),
        on_time=sum(one.is_on_time for one in promised),
        due=len(due),
        due_on_time=sum(one.is_on_time for one in due),
        timed=len(hours),
        mean_h=sum(hours) / len(hours) if hours else None,
        p90_h=hours[math.ceil(0.9 * len(hours)) - 1] if hours else None,
    )
