"""Warnings on suppliers, lanes and countries: they make lead times longer, a high one careful."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction

from core import audit
from core.actors import Actor
from planning.domain.risk_states import LEVELS
from planning.models import RiskFlag
from planning.services import risk_index
from planning.services.risk_errors import RiskKnown, RiskOver, RiskRefused
from planning.services.risk_plans import SupplyEntry, check, subject_of


def put(entry: SupplyEntry, level: str, *, actor: Actor, now: dt.datetime) -> RiskFlag:
    """Raise a flag; its days count in the next review, a high one makes planning careful at once.

    Raises:
        RiskRefused: the entry says too little, or the level is unknown.
        RiskKnown: the subject has an open flag.
    """
    check(entry)
    if level not in LEVELS:
        raise RiskRefused(what=level, why="choose low, medium or high.")
    if entry.until_on is not None and entry.until_on < now.date():
        raise RiskRefused(what="Until", why="the day is over.")
    subject = subject_of(entry)
    is_lane = entry.subject_kind == "lane"
    known = RiskFlag.objects.filter(
        subject_key=subject.key, cleared_at__isnull=True, response__isnull=True
    )
    try:
        with transaction.atomic():
            flag = RiskFlag.objects.create(
                subject_kind=entry.subject_kind,
                subject_key=subject.key,
                supplier_id=entry.supplier_id if entry.subject_kind == "supplier" else None,
                mode=entry.mode if is_lane else "",
                country="" if entry.subject_kind == "supplier" else entry.country,
                warehouse_id=entry.warehouse_id if is_lane else None,
                level=level,
                delay_days=entry.delay_days,
                reason=entry.reason.strip(),
                from_on=now.date(),
                until_on=entry.until_on,
                author_key=actor.key,
                created_at=now,
            )
            audit.record(
                actor=actor,
                action="planning.risk_flag_raised",
                target=f"risk_flag:{flag.pk}",
                at=now,
                after={"subject": subject.key, "level": level, "days": entry.delay_days},
                reason=flag.reason,
            )
            risk_index.evaluate(actor=actor, now=now)
    except IntegrityError as error:
        if known.exists():
            raise RiskKnown(subject=subject.label) from error
        raise
    return flag


def clear(flag_id: int, *, actor: Actor, now: dt.datetime) -> None:
    """End a flag that a person raised.

    Raises:
        RiskOver: it was cleared before, or belongs to a response, which takes it back itself.
    """
    with transaction.atomic():
        rows = RiskFlag.objects.filter(pk=flag_id, cleared_at__isnull=True, response__isnull=True)
        if not rows.update(cleared_at=now, cleared_by=actor.key):
            found = RiskFlag.objects.filter(pk=flag_id).first()
            raise RiskOver(who=found.cleared_by if found and found.cleared_by else "—")
        audit.record(
            actor=actor, action="planning.risk_flag_cleared", target=f"risk_flag:{flag_id}", at=now
        )
        risk_index.evaluate(actor=actor, now=now)
