"""The event index: readings come in, planning turns careful and calm again by itself (B-38)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from django.db import transaction

from core import audit, settings_store
from core.actors import SYSTEM, Actor
from planning.domain import risk_settings as defaults
from planning.domain.risk import IndexSettings, Mode, Reading, event_index, next_mode
from planning.domain.risk_states import MANUAL, SIGNALS
from planning.models import ConservativeSwitch, EventReading, RiskFlag, RiskMode
from planning.queries.risk_state import open_flags
from planning.services.risk_banner import ModeBanner, publish
from planning.services.risk_errors import RiskRefused

#: A reading counts for so long at most.
MOST_DAYS: Final = 90
MOST_Z: Final = 50.0
#: The least index while supply is interrupted or a high flag is raised. Source: decision 10.3.
FLAGGED: Final = 60.0


@dataclass(frozen=True, slots=True)
class ReadingEntry:
    """One reading: `value` is 0-100 for "manual", the robust distance for any other signal.

    None flags a signal with its full strength. It counts for `days` days.
    """

    signal: str
    value: float | None
    cause: str
    days: int = 7


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The mode after an evaluation, and whether it switched."""

    is_careful: bool
    index: float
    has_switched: bool


def enter(entry: ReadingEntry, *, actor: Actor, now: dt.datetime) -> EventReading:
    """Keep a reading, in the audit log, and evaluate the mode at once.

    Raises:
        RiskRefused: an unknown signal, a figure out of range, no reason or too many days.
    """
    _check(entry)
    is_manual = entry.signal == MANUAL
    with transaction.atomic():
        row = EventReading.objects.create(
            signal=entry.signal,
            score=entry.value if is_manual else None,
            z=None if is_manual else entry.value,
            cause=entry.cause.strip(),
            at=now,
            until_at=now + dt.timedelta(days=entry.days),
            author_key=actor.key,
        )
        audit.record(
            actor=actor,
            action="planning.index_reading_entered",
            target=f"event_reading:{row.pk}",
            at=now,
            after={"signal": row.signal, "score": row.score, "z": row.z, "days": entry.days},
            reason=row.cause,
        )
        evaluate(actor=actor, now=now)
    return row


def evaluate(*, actor: Actor = SYSTEM, now: dt.datetime) -> Evaluated:
    """Compute the index as of `now` and switch the conservative mode where it is due.

    Nothing is written while nothing changed.

    Repeatable, every few minutes. Locks the mode's one row, so that two evaluations switch once;
    one that started earlier and comes later changes nothing.
    """
    with transaction.atomic():
        RiskMode.objects.bulk_create([RiskMode(pk=1)], ignore_conflicts=True)
        row = RiskMode.objects.select_for_update().get(pk=1)
        if row.evaluated_at is not None and row.evaluated_at > now:
            return Evaluated(row.is_careful, row.index_value, False)
        value, terms = index_at(now)
        flags = RiskFlag.objects.filter(open_flags(now.date()), level=RiskFlag.Level.HIGH)
        causes: list[dict[str, Any]] = [
            {"signal": "flag", "cause": flag.reason} for flag in flags.order_by("pk")
        ]
        if causes:
            value = max(value, FLAGGED)
        terms = [*causes, *terms]
        was = Mode(row.is_careful, row.since, row.calm_since)
        mode = next_mode(was, value, now=now, flagged=bool(causes), settings=index_settings())
        switched = mode.is_careful != was.is_careful
        fresh = {
            "is_careful": mode.is_careful,
            "since": mode.since,
            "calm_since": mode.calm_since,
            "index_value": value,
            "terms": terms,
        }
        if any(getattr(row, name) != wanted for name, wanted in fresh.items()):
            RiskMode.objects.filter(pk=1, version=row.version).update(
                evaluated_at=now, version=row.version + 1, **fresh
            )
        if switched:
            _log(mode, value, terms, actor, now)
        first = next((str(term["cause"]) for term in terms), "")
        banner = ModeBanner(mode.since, value, first) if mode.is_careful else None
        transaction.on_commit(partial(publish, banner))
    return Evaluated(mode.is_careful, value, switched)


def index_at(now: dt.datetime) -> tuple[float, list[dict[str, Any]]]:
    """Return the index 0-100 at a moment, and what gave it, the strongest first.

    The newest reading of each signal counts until it ends; the larger of a person's figure and
    the signals' index is the index.
    """
    rows = EventReading.objects.filter(at__lte=now, until_at__gt=now)
    newest = {row.signal: row for row in rows.order_by("at", "pk")}
    manual = newest.pop(MANUAL, None)
    found = event_index(Reading(row.signal, row.z, row.cause) for row in newest.values())
    terms: list[dict[str, Any]] = [
        {"signal": signal, "strength": round(strength, 3), "weight": weight, "cause": cause}
        for signal, strength, weight, cause in found.terms
        if strength
    ]
    value = found.value
    if manual is not None and manual.score is not None:
        terms.append({"signal": MANUAL, "score": manual.score, "cause": manual.cause})
        value = max(value, manual.score)
    terms.sort(key=lambda term: -float(term.get("score", 100 * term.get("strength", 0))))
    return value, terms


def index_settings() -> IndexSettings:
    """Return when the mode goes on and off, as the company has set it."""
    return replace(
        IndexSettings(),
        on_at=float(str(settings_store.get(defaults.INDEX_ON_AT))),
        off_below=float(str(settings_store.get(defaults.INDEX_OFF_BELOW))),
        calm_days=int(str(settings_store.get(defaults.INDEX_CALM_DAYS))),
    )


def _log(
    mode: Mode, value: float, terms: Sequence[dict[str, Any]], actor: Actor, now: dt.datetime
) -> None:
    row = ConservativeSwitch.objects.create(
        is_on=mode.is_careful, at=now, index_value=value, terms=list(terms), actor_key=actor.key
    )
    audit.record(
        actor=actor,
        action="planning.conservative_mode_on" if row.is_on else "planning.conservative_mode_off",
        target="risk_mode:1",
        at=now,
        after={"index": round(value, 1), "causes": [str(term["cause"]) for term in terms]},
    )


def _check(entry: ReadingEntry) -> None:
    if entry.signal not in SIGNALS:
        raise RiskRefused(what=entry.signal, why="no such signal. Choose one of the list.")
    if not entry.cause.strip():
        raise RiskRefused(what=entry.signal, why="write a reason, so that others can judge it.")
    if not 1 <= entry.days <= MOST_DAYS:
        raise RiskRefused(what=entry.signal, why=f"it can count for 1 to {MOST_DAYS} days.")
    if entry.signal == MANUAL:
        if entry.value is None or not 0 <= entry.value <= 100:
            raise RiskRefused(what=entry.signal, why="the index is a number from 0 to 100.")
    elif entry.value is not None and not abs(entry.value) <= MOST_Z:
        raise RiskRefused(what=entry.signal, why=f"the distance is at most {MOST_Z:g}.")
