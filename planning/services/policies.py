"""What people decide about planning: kinds and numbers by category, SKU and warehouse, colors."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import F

from core.actors import Actor
from core.audit.recording import record
from planning.domain.categories import KINDS
from planning.domain.policies import MOST, NUMBERS
from planning.models import BandOverride, CategoryPolicy, SkuPolicy
from planning.services.policy_errors import (
    ColorTooLong,
    ColorUnknown,
    KindUnknown,
    LastDayOver,
    LimitsCrossed,
    NothingDecided,
    NumberOutOfRange,
    PolicyStale,
    ReasonMissing,
    StockLimitsIncomplete,
)
from planning.services.withdrawing import withdraw

Row = TypeVar("Row", SkuPolicy, BandOverride)
BANDS = ("red", "yellow", "green")
#: A color set by hand ends by itself after so many days at the latest.
BAND_DAYS = 90
CATEGORY_NUMBERS = tuple(name for name in NUMBERS if name not in ("min_qty", "max_qty"))
SKU_NUMBERS = tuple(name for name in NUMBERS if name not in ("batches", "prepare_days"))


@dataclass(frozen=True, slots=True)
class CategoryEntry:
    """A category's policy as a person enters it; `category` empty = all without one of their own.

    `numbers` by the names of `CATEGORY_NUMBERS`; what is missing or None is inherited.
    `version` is the one that was read, 0 for none.
    """

    category: str
    kind: str
    reason: str
    numbers: Mapping[str, Any] = field(default_factory=dict)
    version: int = 0


@dataclass(frozen=True, slots=True)
class SkuEntry:
    """What differs for a SKU, everywhere or at one warehouse, until `expires_on` (None: open)."""

    sku_id: int
    warehouse_id: int | None
    reason: str
    kind: str = ""
    numbers: Mapping[str, Any] = field(default_factory=dict)
    expires_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class BandEntry:
    """A color for a SKU at a warehouse through `expires_on`, its last day."""

    sku_id: int
    warehouse_id: int
    band: str
    reason: str
    expires_on: dt.date


def set_category(entry: CategoryEntry, *, actor: Actor, now: dt.datetime) -> CategoryPolicy:
    """Keep the policy of a category with an audit entry.

    A conditional UPDATE on the version read (or the unique category) decides between two editors.

    Raises: PolicyRefused; PolicyStale when someone else was faster.
    """
    numbers = _checked(entry.numbers, CATEGORY_NUMBERS)
    _check_words(entry.kind, entry.reason, is_kind_needed=True)
    values = {
        **{name: numbers.get(name) for name in CATEGORY_NUMBERS},
        "kind": entry.kind,
        "reason": entry.reason.strip(),
        "author_key": actor.key,
        "changed_at": now,
    }
    with transaction.atomic():
        rows = CategoryPolicy.objects.filter(category=entry.category)
        before = rows.values("kind", *CATEGORY_NUMBERS).first()
        if entry.version:
            changed = rows.filter(version=entry.version).update(version=F("version") + 1, **values)
            if not changed:
                raise PolicyStale
        else:
            _create_category(entry.category, values)
        found = rows.get()
        after = {"category": entry.category, "kind": entry.kind, **_said(numbers)}
        record(
            actor=actor,
            action="planning.category_policy_set",
            target=f"category_policy:{found.pk}",
            at=now,
            before=_plain(before),
            after=_plain(after),
            reason=found.reason,
        )
    return found


def _create_category(category: str, values: dict[str, Any]) -> None:
    try:
        with transaction.atomic():
            CategoryPolicy.objects.create(category=category, **values)
    except IntegrityError as error:
        raise PolicyStale from error


def set_sku(
    entry: SkuEntry, *, actor: Actor, now: dt.datetime, gives_way: bool = False
) -> SkuPolicy:
    """Keep what differs for a SKU; the decision that counted until now is withdrawn with it.

    `gives_way`: a decision that still counts stays, and this one is refused.

    Raises: PolicyRefused; PolicyStale when two people decide at the same moment, or for one that
        gives way.
    """
    numbers = _checked(entry.numbers, SKU_NUMBERS)
    _check_words(entry.kind, entry.reason)
    if not entry.kind and not _said(numbers):
        raise NothingDecided
    _check_last_day(entry.expires_on, now)
    with transaction.atomic():
        same = SkuPolicy.objects.filter(sku_id=entry.sku_id, withdrawn_at__isnull=True)
        if entry.warehouse_id is None:
            same = same.filter(warehouse__isnull=True)
        else:
            same = same.filter(warehouse_id=entry.warehouse_id)
        before = same.values("kind", *SKU_NUMBERS).first()
        over = same.filter(expires_on__lt=now.date()) if gives_way else same
        over.update(withdrawn_at=now)
        found = _insert(
            SkuPolicy(
                sku_id=entry.sku_id,
                warehouse_id=entry.warehouse_id,
                kind=entry.kind,
                reason=entry.reason.strip(),
                author_key=actor.key,
                created_at=now,
                expires_on=entry.expires_on,
                **{name: numbers.get(name) for name in SKU_NUMBERS},
            )
        )
        after = {"sku": entry.sku_id, "kind": entry.kind, **_said(numbers)}
        record(
            actor=actor,
            action="planning.sku_policy_set",
            target=f"sku_policy:{found.pk}",
            at=now,
            before=_plain(before),
            after=_plain(after),
            reason=found.reason,
        )
    return found


def withdraw_sku(policy_id: int, *, actor: Actor, now: dt.datetime) -> None:
    """Let the category's policy count again. Raises: StateConflict when it was withdrawn before."""
    withdraw(
        SkuPolicy.objects.filter(pk=policy_id),
        target=f"sku_policy:{policy_id}",
        action="planning.sku_policy_withdrawn",
        actor=actor,
        now=now,
    )


def set_band(entry: BandEntry, *, actor: Actor, now: dt.datetime) -> BandOverride:
    """Set a color in place of the computed one (B-64); the one set before is withdrawn.

    Raises: PolicyRefused; PolicyStale when two people decide at the same moment.
    """
    _check_words("", entry.reason)
    if entry.band not in BANDS:
        raise ColorUnknown
    _check_last_day(entry.expires_on, now)
    if entry.expires_on > now.date() + dt.timedelta(days=BAND_DAYS):
        raise ColorTooLong(days=BAND_DAYS)
    with transaction.atomic():
        same = BandOverride.objects.filter(
            sku_id=entry.sku_id, warehouse_id=entry.warehouse_id, withdrawn_at__isnull=True
        )
        before = same.values("band", "expires_on").first()
        same.update(withdrawn_at=now)
        found = _insert(
            BandOverride(
                sku_id=entry.sku_id,
                warehouse_id=entry.warehouse_id,
                band=entry.band,
                reason=entry.reason.strip(),
                author_key=actor.key,
                created_at=now,
                expires_on=entry.expires_on,
            )
        )
        after = {"sku": entry.sku_id, "band": entry.band, "until": entry.expires_on}
        record(
            actor=actor,
            action="planning.band_set",
            target=f"band_override:{found.pk}",
            at=now,
            before=_plain(before),
            after=_plain(after),
            reason=found.reason,
        )
    return found


def withdraw_band(override_id: int, *, actor: Actor, now: dt.datetime) -> None:
    """Let the computed color count again. Raises: StateConflict when it was withdrawn before."""
    withdraw(
        BandOverride.objects.filter(pk=override_id),
        target=f"band_override:{override_id}",
        action="planning.band_withdrawn",
        actor=actor,
        now=now,
    )


def _insert(row: Row) -> Row:
    """Save a decision; the database refuses a second open one for the same goods."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise PolicyStale from error
    return row


def _checked(numbers: Mapping[str, Any], allowed: tuple[str, ...]) -> dict[str, Any]:
    """Return the numbers if planning can act on them."""
    unknown = set(numbers) - set(allowed)
    if unknown:
        raise ValueError(f"no number of this policy: {sorted(unknown)}")
    for name, (least, most) in MOST.items():
        value = numbers.get(name)
        if value is not None and not least <= value <= most:
            raise NumberOutOfRange(field=name, least=least, most=most)
    red, yellow = numbers.get("red_days"), numbers.get("yellow_days")
    if red is not None and yellow is not None and red > yellow:
        raise LimitsCrossed
    least_qty, most_qty = numbers.get("min_qty"), numbers.get("max_qty")
    if (least_qty is None) != (most_qty is None) or (least_qty or 0) > (most_qty or 0):
        raise StockLimitsIncomplete
    return dict(numbers)


def _check_words(kind: str, reason: str, *, is_kind_needed: bool = False) -> None:
    if not reason.strip():
        raise ReasonMissing
    if kind not in KINDS and (kind or is_kind_needed):
        raise KindUnknown


def _check_last_day(last: dt.date | None, now: dt.datetime) -> None:
    if last is not None and last < now.date():
        raise LastDayOver


def _said(numbers: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in numbers.items() if value is not None}


def _plain(facts: Mapping[str, Any] | None) -> dict[str, str] | None:
    """Return facts as the audit keeps them: what was said, as text."""
    return {name: str(value) for name, value in _said(facts).items()} if facts else None
