"""What the palette, the search page and the look-up find on the floor: carts and their rounds."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from core.permissions import Principal
from core.searching import Group, Hit
from fulfillment.models import PickRound


def search_rounds(principal: Principal, text: str, limit: int) -> Group:
    """Return the open rounds by the code of their cart. One query."""
    heading = _("Pick rounds")
    if not principal.may("fulfillment.pick"):
        return Group(heading, [])
    rows = PickRound.objects.visible_to(principal).filter(cart__code__iexact=text.strip())
    rows = rows.exclude(state__in=("closed", "cancelled")).select_related("cart", "wave")
    return Group(
        heading,
        [
            Hit(
                _("Pick round"),
                row.cart.code if row.cart else "",
                row.wave.number,
                reverse("floor-round", args=[row.pk]),
                "route",
                is_exact=True,
            )
            for row in rows.order_by("pk")[:limit]
        ],
    )
