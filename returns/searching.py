"""What the palette, the search page and the look-up find in returns."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from core.permissions import Principal
from core.searching import Group, Hit
from core.words import word
from returns.models import ReturnRequest

PREFIX = "RMA"


def search_returns(principal: Principal, text: str, limit: int) -> Group:
    """Return returns by number, within the principal's scope. One query, none for other texts."""
    heading = _("Returns")
    number = text.strip().upper()
    if not principal.may("returns.view") or not number.startswith(PREFIX):
        return Group(heading, [])
    rows = ReturnRequest.objects.visible_to(principal).filter(number__startswith=number)
    return Group(
        heading,
        [
            Hit(
                _("Return"),
                row.number,
                " · ".join(
                    part
                    for part in (
                        row.order.number if row.order else "",
                        str(word("return", row.status).text),
                    )
                    if part
                ),
                reverse("return-page", args=[row.pk]),
                "undo-2",
                is_exact=row.number == number,
            )
            for row in rows.select_related("order").order_by("number", "pk")[:limit]
        ],
    )
