"""What the search of the back office finds of shipping."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from core.searching import Group, Hit
from shipping.models import Parcel
from shipping.wording import sentence

if TYPE_CHECKING:
    from core.permissions import Principal


def search_parcels(principal: Principal, text: str, limit: int) -> Group:
    """Return parcels whose own, tracking or shipment number is `text`: one indexed statement."""
    if not principal.may("shipping.view"):
        return Group(_("Parcels"), [])
    plain = "".join(text.split()).upper().removeprefix("PRC-")
    exact = Q(number=plain) | Q(tracking_number=plain) | Q(shipment_number=plain)
    rows = Parcel.objects.visible_to(principal).filter(exact).order_by("-pk")[:limit]
    return Group(
        _("Parcels"),
        [
            Hit(
                kind=_("Parcel"),
                title=row.number,
                text=f"{row.tracking_number or row.order_number} · "
                f"{sentence(row.state, row.tracking_status)}",
                url=reverse("parcel", args=[row.pk]),
                glyph="package",
                is_exact=True,
            )
            for row in rows
        ],
    )
