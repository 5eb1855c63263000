"""Keep the carrier services of the installation: create or update by code."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.db import transaction

from core import audit
from core.actors import Actor
from shipping.models import Carrier, CarrierService


@dataclass(frozen=True, slots=True)
class ServiceDraft:
    """A service level by code; transit days are business days and the fall-back for zones."""

    code: str
    name: str
    name_zh: str = ""
    mode: str = "ground"
    transit_lo_days: int = 3
    transit_hi_days: int = 7
    carrier_code: str = "own"
    is_active: bool = True


@transaction.atomic
def save_services(
    drafts: Sequence[ServiceDraft], *, actor: Actor, at: dt.datetime
) -> dict[str, CarrierService]:
    """Create or change services by code; return them by code. Repeatable.

    A carrier that does not exist is created as one that prints its labels here.
    """
    made = {}
    for draft in drafts:
        carrier, _ = Carrier.objects.get_or_create(
            code=draft.carrier_code, defaults={"name": draft.carrier_code, "kind": "builtin"}
        )
        values = asdict(draft)
        code = values.pop("code")
        values.pop("carrier_code")
        service, created = CarrierService.objects.update_or_create(
            code=code, defaults={"carrier": carrier, **values}
        )
        audit.record(
            actor=actor,
            action=f"shipping.service_{'created' if created else 'changed'}",
            target=f"service:{service.pk}",
            at=at,
        )
        made[code] = service
    return made
