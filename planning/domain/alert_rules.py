"""Rules of alerts: what each kind watches, which limits contradict, how bad a number is.

A rule has up to three limits, from mild to grave: `notice` (a suggestion), `warn` and `critical`.
Kinds that watch for too much fire above or at their limits, kinds that watch for too little
below. Days of cover are strict on the upper side (B-11, B-31: 50.00 is not yet too much).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any, Final

from core.errors import InputRefused, gettext_noop
from planning.domain.alert_bands import CLEARANCE_DAYS, STOP_DAYS, YELLOW_DAYS


class Kind(StrEnum):
    """What an alert is about."""

    LOW_COVER = "low_cover"
    ORDER_DUE = "order_due"
    OVERSTOCK = "overstock"
    EXPIRY = "expiry"
    LATE_INBOUND = "late_inbound"
    DEMAND_PACE = "demand_pace"
    FORECAST_MISS = "forecast_miss"
    DEAD_STOCK = "dead_stock"
    RETURNS_SPIKE = "returns_spike"
    INSERT_STOCK = "insert_stock"


class Severity(IntEnum):
    """How bad it is; a notice is a suggestion that nobody is called for."""

    NOTICE = 1
    HIGH = 2
    CRITICAL = 3


class Side(StrEnum):
    """On which side of a limit a kind fires."""

    OVER = "over"  # strictly above
    FROM = "from"  # at it and above
    UP_TO = "up_to"  # at it and below
    BAND = "band"  # by color, no limits


@dataclass(frozen=True, slots=True)
class KindSpec:
    """How a kind is judged: side, unit of its limits, the standard limits, least units to count.

    `is_light`: cheap enough to be looked at every few minutes.
    """

    side: Side
    unit: str
    notice: Decimal | None
    warn: Decimal | None
    critical: Decimal | None
    least_units: int = 0
    is_light: bool = False


def _d(text: str) -> Decimal:
    return Decimal(text)


#: Source: B-09 to B-12, B-31, B-46, B-47, E11, E14; the rest are settings of each rule.
KINDS: Final[Mapping[Kind, KindSpec]] = {
    Kind.LOW_COVER: KindSpec(Side.BAND, "", None, None, None, is_light=True),
    Kind.ORDER_DUE: KindSpec(Side.UP_TO, "days", None, _d("2"), None, is_light=True),
    Kind.OVERSTOCK: KindSpec(
        Side.OVER,
        "days",
        _d(f"{YELLOW_DAYS:.0f}"),
        _d(f"{CLEARANCE_DAYS:.0f}"),
        _d(f"{STOP_DAYS:.0f}"),
        least_units=1,
        is_light=True,
    ),
    Kind.EXPIRY: KindSpec(Side.UP_TO, "days", None, _d("60"), _d("14"), 1, is_light=True),
    Kind.LATE_INBOUND: KindSpec(Side.FROM, "days", None, _d("1"), _d("7"), 1, is_light=True),
    Kind.DEMAND_PACE: KindSpec(Side.FROM, "%", None, _d("15"), None, least_units=5),
    Kind.FORECAST_MISS: KindSpec(Side.FROM, "%", None, _d("30"), _d("60"), least_units=10),
    Kind.DEAD_STOCK: KindSpec(Side.FROM, "days", None, _d("90"), _d("180"), least_units=1),
    Kind.RETURNS_SPIKE: KindSpec(Side.FROM, "%", None, _d("10"), _d("25"), least_units=5),
    Kind.INSERT_STOCK: KindSpec(Side.UP_TO, "days", None, _d("14"), _d("5"), is_light=True),
}

LIGHT: Final = tuple(kind for kind, spec in KINDS.items() if spec.is_light)
#: Too much stock ties money up; below this amount it is only suggested. Source: own choice.
OVERSTOCK_HIGH: Final = Decimal(1000)
#: More than so many new alerts a day make a rule noisy. Source: screens.md F3.
NOISY_A_DAY: Final = 20


class RuleRefused(InputRefused):
    """The rule contradicts itself or another one; `why` says how and what to do."""

    code = "ALERT_RULE_REFUSED"
    text = gettext_noop("%(why)s")


MILDER = gettext_noop(
    "The critical limit is reached before the warning limit. Swap them, or leave one out."
)
NOTICE_LATE = gettext_noop(
    "The suggestion limit is reached after the warning limit. Swap them, or leave one out."
)
BELOW_YELLOW = gettext_noop(
    "A SKU may be too much only above 30 days of cover: up to there it counts as too little. "
    "Raise the limit."
)
NO_LIMIT = gettext_noop("The rule has no limit, so it never fires. Enter a warning limit.")
NOT_NEGATIVE = gettext_noop("A limit of this kind is not negative. Enter 0 or more.")
BAND_UNKNOWN = gettext_noop("Choose red, or red and yellow.")
HALF_QUIET = gettext_noop("Quiet hours need a beginning and an end. Enter both, or neither.")
EMPTY_QUIET = gettext_noop(
    "Quiet hours that begin when they end are none or all day. Enter two different times."
)
SILENT_QUIET = gettext_noop("Quiet hours hold back nothing while no channel is on. Remove them.")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as the judges use it: limits, scope (None or "" = all) and least sizes.

    `high_amount`: money in too much stock from which it is more than a suggestion.
    """

    id: int
    kind: Kind
    notice: Decimal | None = None
    warn: Decimal | None = None
    critical: Decimal | None = None
    least_band: str = ""
    least_units: int = 0
    least_amount: Decimal = Decimal(0)
    warehouse_id: int | None = None
    category: str = ""
    high_amount: Decimal = OVERSTOCK_HIGH

    @property
    def rank(self) -> tuple[bool, bool]:
        """Return how specific the rule is: the category counts more than the warehouse."""
        return self.category != "", self.warehouse_id is not None

    def covers(self, warehouse_id: int, category: str) -> bool:
        """Tell whether a SKU of this category in this warehouse is the rule's."""
        here = self.warehouse_id in (None, warehouse_id)
        return here and self.category in ("", category)

    def severity(self, value: Decimal | float) -> Severity | None:
        """Return how bad a value is by the limits; None below all of them."""
        number = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
        side = KINDS[self.kind].side
        for limit, severity in (
            (self.critical, Severity.CRITICAL),
            (self.warn, Severity.HIGH),
            (self.notice, Severity.NOTICE),
        ):
            if limit is not None and _passes(side, number, limit):
                return severity
        return None

    def counts(self, units: int, amount: Decimal) -> bool:
        """Tell whether as many units and as much money are enough for the rule."""
        return units >= self.least_units and amount >= self.least_amount


def _passes(side: Side, value: Decimal, limit: Decimal) -> bool:
    if side == Side.OVER:
        return value > limit
    return value >= limit if side == Side.FROM else value <= limit


def standard(kind: Kind) -> Rule:
    """Return the rule that an installation begins with."""
    spec = KINDS[kind]
    band = "yellow" if spec.side == Side.BAND else ""
    return Rule(0, kind, spec.notice, spec.warn, spec.critical, band, spec.least_units)


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours in which nobody is told, and the channels that are on."""

    from_hour: Any = None
    until_hour: Any = None
    has_channel: bool = True


def check_rule(rule: Rule, quiet: Quiet = Quiet()) -> Rule:
    """Return the rule if its conditions can hold together.

    Raises:
        RuleRefused: a contradiction, in words.
    """
    side = KINDS[rule.kind].side
    if side == Side.BAND:
        _refuse(rule.least_band not in {"red", "yellow"}, BAND_UNKNOWN)
    else:
        _check_limits(rule, is_upward=side != Side.UP_TO)
    begin, end = quiet.from_hour, quiet.until_hour
    _refuse((begin is None) != (end is None), HALF_QUIET)
    _refuse(begin is not None and begin == end, EMPTY_QUIET)
    _refuse(begin is not None and not quiet.has_channel, SILENT_QUIET)
    return rule


def _check_limits(rule: Rule, *, is_upward: bool) -> None:
    limits = [limit for limit in (rule.notice, rule.warn, rule.critical) if limit is not None]
    _refuse(rule.warn is None and rule.critical is None, NO_LIMIT)
    _refuse(rule.kind != Kind.ORDER_DUE and min(limits) < 0, NOT_NEGATIVE)
    _refuse(not _graver(rule.warn, rule.critical, is_upward), MILDER)
    first = rule.critical if rule.warn is None else rule.warn
    _refuse(not _graver(rule.notice, first, is_upward), NOTICE_LATE)
    if rule.kind == Kind.OVERSTOCK:
        _refuse(min(limits) < Decimal(str(YELLOW_DAYS)), BELOW_YELLOW)


def _graver(mild: Decimal | None, grave: Decimal | None, is_upward: bool) -> bool:
    if mild is None or grave is None:
        return True
    return grave >= mild if is_upward else grave <= mild


def _refuse(is_wrong: bool, why: str) -> None:
    if is_wrong:
        raise RuleRefused(why=why)


@dataclass(frozen=True, slots=True)
class Finding:
    """One condition that holds now: about what, how bad, why in a code with its numbers.

    `key` names the object within the kind: an alert of it is open at most once. Amounts are in
    the base currency. `suggestion` is data for the page: what could be done, never done by itself.
    """

    rule_id: int
    kind: Kind
    key: str
    warehouse_id: int
    severity: Severity
    reason: str
    amount: Decimal = Decimal(0)
    terms: Mapping[str, Any] = field(default_factory=dict)
    suggestion: Mapping[str, Any] = field(default_factory=dict)
    sku_id: int | None = None
    lot_id: int | None = None
    purchase_order_id: int | None = None
    asn_id: int | None = None
    due_on: str = ""

    @property
    def dedupe_key(self) -> str:
        """Return the key under which the database keeps one active alert."""
        return f"{self.kind}:{self.key}"


class RuleBook:
    """The rules in force by kind; the most specific one answers for a SKU-warehouse."""

    def __init__(self, rules: list[Rule]) -> None:
        self._by_kind: dict[Kind, list[Rule]] = {}
        for rule in sorted(rules, key=lambda one: (one.rank, one.id), reverse=True):
            self._by_kind.setdefault(rule.kind, []).append(rule)

    def kinds(self) -> set[Kind]:
        """Return the kinds that somebody watches."""
        return set(self._by_kind)

    def of(self, kind: Kind) -> list[Rule]:
        """Return the rules of a kind, the most specific first."""
        return self._by_kind.get(kind, [])

    def rule_for(self, kind: Kind, warehouse_id: int, category: str = "") -> Rule | None:
        """Return the rule that answers, None when none does."""
        for rule in self.of(kind):
            if rule.covers(warehouse_id, category):
                return rule
        return None
