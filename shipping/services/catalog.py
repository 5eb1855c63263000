"""The carriers and services an installation starts with."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from core.errors import InputRefused, gettext_noop
from shipping.models import Carrier, CarrierService

BUILTIN_CARRIER = "own"
FLAT_SERVICE = "STANDARD"


class UnknownService(InputRefused):
    """No shipping service has this code."""

    code = "UNKNOWN_SERVICE"
    text = gettext_noop("No shipping service is called %(service)s. Add it, or choose another.")


class UnknownCarrier(InputRefused):
    """No carrier has this code."""

    code = "UNKNOWN_CARRIER"
    text = gettext_noop("No carrier is called %(carrier)s. Add it, or choose another.")


@transaction.atomic
def ensure_builtin() -> CarrierService:
    """Return the flat service of the built-in carrier, made when it is missing. Repeatable."""
    carrier, _made = Carrier.objects.get_or_create(
        code=BUILTIN_CARRIER, defaults={"name": "Own delivery", "kind": "builtin"}
    )
    flat = CarrierService.objects.filter(is_default_flat=True).first()
    if flat is not None:
        return flat
    service, _made = CarrierService.objects.get_or_create(
        code=FLAT_SERVICE,
        defaults={
            "carrier": carrier,
            "name": "Standard",
            "name_zh": "标准配送",
            "is_default_flat": True,
            "transit_lo_days": 3,
            "transit_hi_days": 7,
        },
    )
    return service


def get_services(codes: Iterable[str]) -> dict[str, CarrierService]:
    """Return the services of these codes; "" stands for the flat service.

    Raises:
        UnknownService: one of the codes names nothing.
    """
    wanted = set(codes)
    found = {row.code: row for row in CarrierService.objects.filter(code__in=wanted - {""})}
    if "" in wanted:
        flat = CarrierService.objects.filter(is_default_flat=True).first()
        found[""] = flat or ensure_builtin()
    missing = sorted(wanted - set(found))
    if missing:
        raise UnknownService(service=missing[0])
    return found
