"""When planning turns careful: the event index, forecasts that miss, single odd days.

Level 1: supply is interrupted. Level 2: demand left its forecast by more than 30 %. Level 3: a
day that can't be true (`odd_days` repairs it). Each level is a list of steps that a person sees
before confirming, and each step knows how it is taken back.
Source: design decisions 10.2, 10.3 and 3.8, behaviours B-38 to B-43.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Weight of each signal in the index.
WEIGHTS: Final[Mapping[str, float]] = {
    "lane_transit": 0.6,
    "exception_share": 0.4,
    "confirmation_delay": 0.5,
    "policy_flag": 0.7,
    "exchange_rate": 0.3,
    "search_trend": 0.3,
    "weather": 0.2,
    "total_demand": 0.4,
}


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """When the careful mode goes on and off. Source: ruling on B-38, all of it settings."""

    on_at: float = 70.0
    off_below: float = 60.0
    calm_days: int = 7


@dataclass(frozen=True, slots=True)
class Reading:
    """One signal of one day: `z` is its robust distance from usual; a person's flag has z None."""

    signal: str
    z: float | None
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Index:
    """The index 0-100 and what each signal gave: (signal, strength 0-1, weight, cause)."""

    value: float
    terms: tuple[tuple[str, float, float, str], ...]


def event_index(readings: Iterable[Reading]) -> Index:
    """Return E = 100 (1 - prod (1 - w s)), s = clip((|z| - 1) / 3, 0, 1); 1 for a flag.

    A signal that is missing counts 0; the strongest reading of a signal counts.
    """
    strongest: dict[str, tuple[float, str]] = {}
    for reading in readings:
        strength = 1.0 if reading.z is None else min(max((abs(reading.z) - 1) / 3, 0.0), 1.0)
        if strength > strongest.get(reading.signal, (-1.0, ""))[0]:
            strongest[reading.signal] = (strength, reading.cause)
    calm = 1.0
    terms = []
    for signal, (strength, cause) in sorted(strongest.items()):
        calm *= 1 - WEIGHTS[signal] * strength
        terms.append((signal, strength, WEIGHTS[signal], cause))
    return Index(100 * (1 - calm), tuple(terms))


@dataclass(frozen=True, slots=True)
class Mode:
    """Whether planning is careful, since when, and since when the index has been calm."""

    is_careful: bool = False
    since: dt.datetime | None = None
    calm_since: dt.datetime | None = None


def next_mode(
    mode: Mode,
    index: float,
    *,
    now: dt.datetime,
    flagged: bool = False,
    settings: IndexSettings | None = None,
) -> Mode:
    """Return the mode after one reading of the index; hysteresis keeps it from flapping.

    On at `on_at` or by a person's flag, at once. Off when the index stayed below `off_below` for
    `calm_days` whole days without a flag; any higher reading starts the count again.
    """
    rules = settings or IndexSettings()
    if flagged or index >= rules.on_at:
        return Mode(True, mode.since if mode.is_careful else now, None)
    if not mode.is_careful:
        return Mode()
    if index >= rules.off_below:
        return Mode(True, mode.since, None)
    calm_since = mode.calm_since or now
    if now - calm_since >= dt.timedelta(days=rules.calm_days):
        return Mode()
    return Mode(True, mode.since, calm_since)


@dataclass(frozen=True, slots=True)
class Caution:
    """What careful planning does to the figures of a review. Source: design decision 3.8."""

    service_share: float
    least_buffer_share: float
    uses_announced_lead_time: bool
    takes_price_commitments: bool


def caution(service_share: float, is_careful: bool, buffer_share: float) -> Caution:
    """Return the terms of a review: careful planning misses 2.5 times less often.

    .95 becomes .98; at least 15 % of the demand over lead time and review stays in the
    destination; no commitment is made for a price tier.
    """
    if not is_careful:
        return Caution(service_share, buffer_share, False, True)
    return Caution(1 - (1 - service_share) / 2.5, max(buffer_share, 0.15), True, False)


def lowered_confidence(score: float, index: float) -> float:
    """Return the confidence score 0-100 while the index stands at `index`."""
    return score * (1 - index / 200)


#: B-42 and design decision 10.3.
DEVIATION_SHARE: Final = 0.30
LEAST_FORECAST: Final = 7.0
FLOOR: Final = 4.0
TRACKING_LIMIT: Final = 4.0
CUSUM_SLACK: Final = 0.5
CUSUM_LIMIT: Final = 4.0
PAUSE: Final = dt.timedelta(hours=24)
RAISED_ALPHA: Final = 0.4
RAISED_WEEKS: Final = 4

Verdict = Literal["calm", "listed", "fires"]


@dataclass(frozen=True, slots=True)
class Deviation:
    """How far the running four weeks are from their forecast, and what follows.

    `share` is signed. "listed": over 30 %, shown to people. "fires": also outside the 90 % band
    with a forecast of at least 7 units, or the tracking signal ran away.
    """

    share: float
    outside: bool
    tracking: float
    cusum: float
    verdict: Verdict
    reasons: tuple[str, ...]


def judge_deviation(
    actual: float, forecast: float, band: tuple[float, float], errors: Sequence[float] = ()
) -> Deviation:
    """Judge a running four-week total; `errors` = weekly actual - forecast, oldest first.

    share = (actual - forecast) / max(forecast, 4); exactly 30 % is still calm. Tracking signal =
    |sum of errors| / their mean absolute value; the cusum runs over errors in units of their
    spread with slack .5 and limit 4, both need 4 weeks.
    """
    share = (actual - forecast) / max(forecast, FLOOR)
    over = abs(share) > DEVIATION_SHARE + 1e-9
    outside = not band[0] <= actual <= band[1]
    tracking, cusum = _tracking(errors)
    reasons = []
    if over and outside and forecast >= LEAST_FORECAST:
        reasons.append("OUTSIDE_BAND")
    if tracking > TRACKING_LIMIT:
        reasons.append("TRACKING_SIGNAL")
    if cusum > CUSUM_LIMIT:
        reasons.append("CUSUM")
    verdict: Verdict = "fires" if reasons else "listed" if over else "calm"
    return Deviation(share, outside, tracking, cusum, verdict, tuple(reasons))


def _tracking(errors: Sequence[float]) -> tuple[float, float]:
    """Return tracking signal and the larger cusum; 0 before four weeks or without any error."""
    if len(errors) < 4:
        return 0.0, 0.0
    values = np.asarray(errors, dtype=np.float64)
    spread = float(np.abs(values).mean())
    if not spread:
        return 0.0, 0.0
    up = down = most = 0.0
    scale = spread * math.sqrt(math.pi / 2)  # standard deviation of normal errors with this mean
    for value in values / scale:
        up = max(0.0, up + value - CUSUM_SLACK)
        down = max(0.0, down - value - CUSUM_SLACK)
        most = max(most, up, down)
    return float(abs(values.sum()) / spread), most


def safety_factor(standardized: Sequence[float]) -> float:
    """Return what the variance is multiplied by: the mean squared z of 4 weeks, from 1 to 2."""
    last = list(standardized)[-4:]
    if not last:
        return 1.0
    return min(2.0, max(1.0, sum(z * z for z in last) / len(last)))


@dataclass(frozen=True, slots=True)
class Pause:
    """Automatic orders of a SKU wait from `since` until `until`, or until somebody approves."""

    since: dt.datetime
    until: dt.datetime
    approved_at: dt.datetime | None = None

    def holds(self, now: dt.datetime) -> bool:
        """Return whether an automatic order has to wait now; it ends exactly at `until`."""
        return self.approved_at is None and self.since <= now < self.until


def pause_from(now: dt.datetime) -> Pause:
    """Return the pause of 24 hours that begins now."""
    return Pause(now, now + PAUSE)


StepKind = Literal[
    "USE_BACKUP_SUPPLIER",
    "SHOW_EXPECTED_DATE",
    "SEND_SUPPORT_TEXT",
    "RAISE_INDEX",
    "RAISE_SAFETY",
    "ASK_FOR_REVIEW",
    "PAUSE_ORDERS",
    "REPAIR_DATA",
    "WRITE_REPORT",
]

#: What each level does, in order, and which step takes each one back. B-41, B-42, B-43.
PLAYBOOK: Final[Mapping[int, tuple[tuple[StepKind, str], ...]]] = {
    1: (
        ("USE_BACKUP_SUPPLIER", "RESTORE_SUPPLIER"),
        ("SHOW_EXPECTED_DATE", "RESTORE_DATE"),
        ("SEND_SUPPORT_TEXT", "WITHDRAW_TEXT"),
        ("RAISE_INDEX", "CLEAR_FLAG"),
    ),
    2: (
        ("RAISE_SAFETY", "RESTORE_SAFETY"),
        ("ASK_FOR_REVIEW", "CLOSE_REVIEW"),
        ("PAUSE_ORDERS", "END_PAUSE"),
    ),
    3: (
        ("REPAIR_DATA", "RESTORE_DATA"),
        ("WRITE_REPORT", "MARK_REPORT_WITHDRAWN"),
    ),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a response: what it changes from `before` to `after`, and its opposite."""

    kind: str
    undo: str
    subject_key: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Response:
    """The preview of a level: nothing happened yet; one confirmation runs all steps in order."""

    level: int
    steps: tuple[Step, ...]

    def reversal(self) -> Response:
        """Return the steps that take this one back, last first; its own reversal is this one."""
        back = tuple(
            Step(step.undo, step.kind, step.subject_key, step.after, step.before)
            for step in reversed(self.steps)
        )
        return Response(self.level, back)


def preview(level: int, changes: Mapping[str, Sequence[tuple[str, str, str]]]) -> Response:
    """Return the response of a level; `changes[step kind]` = (subject, before, after) of each.

    A step with nothing to change is left out; kinds that the level doesn't have are refused.

    Raises:
        KeyError: the level or a kind is not in the playbook.
    """
    kinds = dict(PLAYBOOK[level])
    for kind in changes:
        if kind not in kinds:
            raise KeyError(kind)
    steps = tuple(
        Step(kind, undo, subject, before, after)
        for kind, undo in PLAYBOOK[level]
        for subject, before, after in changes.get(kind, ())
        if before != after
    )
    return Response(level, steps)


def robust_z(history: Floats, today: float) -> float:
    """Return how far today is from the median of the history [T], in robust deviations.

    0 with fewer than 8 values. A history without any spread counts one unit as one deviation.
    """
    known = history[~np.isnan(history)]
    if len(known) < 8:
        return 0.0
    median = float(np.median(known))
    spread = 1.4826 * float(np.median(np.abs(known - median)))
    return (today - median) / (spread or 1.0)
