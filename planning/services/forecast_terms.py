"""How a supplier's forecast is shown, as staff agreed with it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from core import audit
from core.actors import Actor
from core.errors import InputRefused, StaleVersion, gettext_noop
from planning.models import ForecastTerm
from suppliers.models import Supplier


class AgreementOfAnother(InputRefused):
    """The agreement named is not one with this supplier."""

    code = "AGREEMENT_OF_ANOTHER"
    text = gettext_noop("The agreement is with another supplier. Choose one of this supplier.")


@dataclass(frozen=True, slots=True)
class TermEntry:
    """What staff enter. `version` is the one they read, 0 where none was set."""

    way: str
    rounding_qty: int
    reason: str
    agreement_id: int | None = None
    version: int = 0


@transaction.atomic
def set_terms(
    supplier_id: int, entry: TermEntry, *, actor: Actor, now: dt.datetime
) -> ForecastTerm:
    """Keep how a supplier's forecast is shown from the next week on, with an audit entry.

    Raises:
        AgreementOfAnother: the agreement is not with this supplier.
        StaleVersion: somebody changed the terms since they were read.
    """
    supplier = Supplier.objects.get(pk=supplier_id)
    agreed = entry.agreement_id
    if agreed is not None and not supplier.agreements.filter(pk=agreed).exists():
        raise AgreementOfAnother
    fields = {
        "way": entry.way,
        "rounding_qty": entry.rounding_qty,
        "agreement_id": entry.agreement_id,
        "reason": entry.reason,
        "author_key": actor.key,
        "changed_at": now,
    }
    before = ForecastTerm.objects.filter(supplier=supplier).values("way", "rounding_qty").first()
    if entry.version:
        same = ForecastTerm.objects.filter(supplier=supplier, version=entry.version)
        if not same.update(version=entry.version + 1, **fields):
            raise StaleVersion
    else:
        _first(supplier, fields)
    term = ForecastTerm.objects.get(supplier=supplier)
    audit.record(
        actor=actor,
        action="planning.forecast_terms_set",
        target=f"supplier:{supplier.pk}",
        at=now,
        before=before,
        after={"way": term.way, "rounding_qty": term.rounding_qty},
        reason=term.reason,
    )
    return term


def _first(supplier: Supplier, fields: dict[str, object]) -> None:
    try:
        with transaction.atomic():
            ForecastTerm.objects.create(supplier=supplier, **fields)
    except IntegrityError as error:
        if ForecastTerm.objects.filter(supplier=supplier).exists():
            raise StaleVersion from error
        raise
