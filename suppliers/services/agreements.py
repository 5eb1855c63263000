"""Agreements in force: suspended, resumed, ended, signed, expired.

Writing them: `agreement_drafts`; asking for and giving approval: `agreement_approving`. Whoever
puts an agreement in force locks its supplier first, so that no two can cover the same SKU on the
same days.
"""

from __future__ import annotations

import datetime as dt
from typing import cast

from django.db import transaction

from core import notices, settings_store
from core.actors import SYSTEM, Actor
from core.errors import gettext_noop
from core.notices import NoticeDraft
from suppliers.domain import defaults
from suppliers.domain.agreement_terms import ACTIVE, EXPIRED, SUSPENDED, TERMINATED
from suppliers.models import Agreement, AgreementLine, Supplier
from suppliers.querysets.agreements import AgreementQuerySet
from suppliers.services.agreement_drafts import lock, move, note, refused
from suppliers.services.agreement_errors import (
    AgreementAccepted,
    AgreementOverlap,
    ReasonMissing,
)

REPLACED = "REPLACED"
BATCH = 200
EXPIRING = gettext_noop("Agreement %(number)s with %(supplier)s ends on %(day)s. Renew or end it.")


def put_in_force(agreement: Agreement, state: str, *, actor: Actor, at: dt.datetime) -> None:
    """Let a locked agreement count; the version before it is replaced from its first day.

    The caller holds the supplier's lock too.

    Raises:
        AgreementOverlap: another agreement of the supplier covers one of its SKUs meanwhile.
        AgreementState: somebody was faster.
    """
    check_overlap(agreement)
    if agreement.previous_id is not None:
        Agreement.objects.filter(pk=agreement.previous_id).update(is_current=False)
    go(agreement, state, approved_at=at, approved_by=actor.key, is_current=True)
    note(agreement, "approved", actor=actor, at=at)
    _end_replaced(at=at, number=agreement.number)


@transaction.atomic
def suspend(agreement_id: int, *, reason: str, actor: Actor, at: dt.datetime) -> Agreement:
    """Stop call-offs for a while; prices fall back to the list at once.

    Raises:
        ReasonMissing: no reason is given.
        AgreementState: it is not active.
    """
    if not reason.strip():
        raise ReasonMissing
    agreement = lock(agreement_id)
    go(agreement, move(agreement, "suspend"))
    note(agreement, "suspended", actor=actor, at=at, reason=reason)
    return agreement


@transaction.atomic
def resume(agreement_id: int, *, actor: Actor, at: dt.datetime) -> Agreement:
    """Let call-offs go on.

    Raises:
        AgreementState: it is not suspended.
    """
    agreement = lock(agreement_id)
    go(agreement, move(agreement, "resume"))
    note(agreement, "resumed", actor=actor, at=at)
    return agreement


@transaction.atomic
def end(agreement_id: int, *, reason: str, actor: Actor, at: dt.datetime) -> Agreement:
    """End an agreement before its last day, for good.

    Raises:
        ReasonMissing: no reason is given.
        AgreementState: it is not in force.
    """
    if not reason.strip():
        raise ReasonMissing
    agreement = lock(agreement_id)
    go(agreement, move(agreement, "end"), ended_at=at, end_reason=reason[:200])
    note(agreement, "ended", actor=actor, at=at, reason=reason)
    return agreement


@transaction.atomic
def sign(
    agreement_id: int, *, signed_by: str, signed_on: dt.date, actor: Actor, at: dt.datetime
) -> Agreement:
    """Note who accepted the agreement for the supplier, and when.

    Raises:
        ReasonMissing: no name is given.
        AgreementState: it is over.
        AgreementAccepted: the supplier itself accepted it.
    """
    if not signed_by.strip():
        raise ReasonMissing
    agreement = lock(agreement_id)
    if agreement.signed_hash:
        raise AgreementAccepted(number=str(agreement), name=agreement.signed_by)
    state = move(agreement, "sign")
    go(agreement, state, signed_by=signed_by.strip()[:120], signed_on=signed_on)
    note(agreement, "signed", actor=actor, at=at, after_values={"on": signed_on.isoformat()})
    return agreement


def check_overlap(agreement: Agreement) -> None:
    """Refuse to cover a SKU on days on which another agreement of the supplier does.

    The caller holds the supplier's lock. Versions of the same agreement replace each other.

    Raises:
        AgreementOverlap: names the other agreement, the SKU and the days they share.
    """
    skus = AgreementLine.objects.filter(agreement=agreement).values("sku_id")
    rival = (
        AgreementLine.objects.filter(
            agreement__supplier_id=agreement.supplier_id,
            agreement__state__in=(ACTIVE, SUSPENDED),
            agreement__valid_from__lte=agreement.valid_until,
            agreement__valid_until__gte=agreement.valid_from,
            sku_id__in=skus,
        )
        .exclude(agreement__number=agreement.number)
        .select_related("agreement", "sku")
        .order_by("agreement__valid_from", "sku__code", "pk")
        .first()
    )
    if rival is not None:
        other = rival.agreement
        raise AgreementOverlap(
            other=str(other),
            sku=rival.sku.code,
            first=max(other.valid_from, agreement.valid_from).isoformat(),
            last=min(other.valid_until, agreement.valid_until).isoformat(),
        )


def expire_due(*, at: dt.datetime) -> int:
    """End what is past its last day or replaced by a version that has begun; return how many.

    Repeatable: a second run finds nothing.
    """
    return _end_replaced(at=at) + _end_past(at=at)


def tell_expiring(*, at: dt.datetime) -> int:
    """Tell buyers once about each agreement that ends soon and has no version after it."""
    days = cast(int, settings_store.get(defaults.EXPIRING_DAYS))
    today = at.date()
    soon = Agreement.objects.standing().filter(
        valid_until__gte=today,
        valid_until__lte=today + dt.timedelta(days=days),
        notified_at__isnull=True,
        next__isnull=True,
    )
    told = 0
    for agreement in soon.select_related("supplier").order_by("valid_until", "pk")[:BATCH]:
        told += _tell(agreement, at)
    return told


@transaction.atomic
def _tell(agreement: Agreement, at: dt.datetime) -> int:
    fresh = Agreement.objects.filter(pk=agreement.pk, notified_at__isnull=True)
    if not fresh.update(notified_at=at):
        return 0
    draft = NoticeDraft(
        kind="agreement.expiring",
        text=EXPIRING,
        at=at,
        data={
            "number": str(agreement),
            "supplier": agreement.supplier.name,
            "day": agreement.valid_until.isoformat(),
        },
        target=f"agreement:{agreement.pk}",
        url=f"/agreements/{agreement.pk}/",
        dedupe_key=f"agreement-expiring:{agreement.pk}",
    )
    notices.notify_role("buyer", draft)
    return 1


def _end_replaced(*, at: dt.datetime, number: str = "") -> int:
    rows = Agreement.objects.standing().filter(
        next__state__in=(ACTIVE, SUSPENDED), next__valid_from__lte=at.date()
    )
    if number:
        rows = rows.filter(number=number)
    return _close(rows.order_by("pk"), TERMINATED, at, reason=REPLACED)


def _end_past(*, at: dt.datetime) -> int:
    rows = Agreement.objects.standing().filter(valid_until__lt=at.date())
    return _close(rows.order_by("pk"), EXPIRED, at, reason="")


def _close(rows: AgreementQuerySet, state: str, at: dt.datetime, *, reason: str) -> int:
    closed = 0
    for agreement in list(rows[:BATCH]):
        with transaction.atomic():
            same = Agreement.objects.standing().filter(pk=agreement.pk)
            if same.update(state=state, ended_at=at, end_reason=reason):
                agreement.state = state
                what = "replaced" if reason else "expired"
                note(agreement, what, actor=SYSTEM, at=at)
                closed += 1
    return closed


def lock_supplier(agreement_id: int) -> None:
    """Lock the supplier of an agreement, before the agreement itself."""
    supplier = Supplier.objects.filter(agreements__pk=agreement_id).values_list("pk", flat=True)
    list(Supplier.objects.select_for_update(no_key=True).filter(pk__in=list(supplier)))


def go(agreement: Agreement, state: str, **columns: object) -> None:
    """Bring a locked agreement to `state`; on SQLite too, only from the state it was read in.

    Raises:
        AgreementState: somebody was faster.
    """
    same = Agreement.objects.filter(pk=agreement.pk, state=agreement.state)
    if not same.update(state=state, **columns):
        raise refused(agreement)
    for name, value in {"state": state, **columns}.items():
        setattr(agreement, name, value)
