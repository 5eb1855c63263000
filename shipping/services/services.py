"""Shipping services as master data: made and renewed by code."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from core import audit
from core.actors import Actor
from shipping.models import Carrier, CarrierService
from shipping.services import catalog


@dataclass(frozen=True, slots=True)
class ServiceDraft:
    """One service. Transit in business days is what counts where a zone says nothing."""

    code: str
    name: str
    name_zh: str = ""
    mode: str = "ground"
    transit_lo_days: int = 3
    transit_hi_days: int = 7
    volume_divisor: int = 0
    carrier_code: str = catalog.BUILTIN_CARRIER


@transaction.atomic
def save_services(
    drafts: Sequence[ServiceDraft], *, actor: Actor, at: dt.datetime
) -> dict[str, CarrierService]:
    """Create or renew services by code and return them by code. Repeatable.

    Raises:
        UnknownCarrier: a carrier code names nothing; no service is saved.
    """
    catalog.ensure_builtin()
    carriers = {carrier.code: carrier for carrier in Carrier.objects.order_by("pk")}
    missing = sorted({draft.carrier_code for draft in drafts} - set(carriers))
    if missing:
        raise catalog.UnknownCarrier(carrier=missing[0])
    saved: dict[str, CarrierService] = {}
    for draft in drafts:
        values = {
            "carrier": carriers[draft.carrier_code],
            "name": draft.name,
            "name_zh": draft.name_zh,
            "mode": draft.mode,
            "transit_lo_days": draft.transit_lo_days,
            "transit_hi_days": draft.transit_hi_days,
            "volume_divisor": draft.volume_divisor,
            "is_active": True,
        }
        row, _made = CarrierService.objects.update_or_create(code=draft.code, defaults=values)
        saved[draft.code] = row
    audit.record_many(
        [
            audit.AuditDraft(
                actor,
                "shipping.service_saved",
                f"carrier_service:{row.pk}",
                at,
                after={"code": row.code, "name": row.name},
            )
            for row in saved.values()
        ]
    )
    return saved
