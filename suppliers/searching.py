"""What the palette, the search page and the look-up find in suppliers: orders and arrivals."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from core.permissions import Principal
from core.searching import Group, Hit
from suppliers.models import Asn, PurchaseOrder


def search_orders(principal: Principal, text: str, limit: int) -> Group:
    """Return purchase orders by number, within the principal's warehouses. One query."""
    heading = _("Purchase orders")
    number = text.strip().upper()
    if not principal.may("suppliers.view") or not number.startswith("PO-"):
        return Group(heading, [])
    rows = PurchaseOrder.objects.visible_to(principal).filter(number__startswith=number)
    return Group(
        heading,
        [
            Hit(
                _("Purchase order"),
                row.number,
                f"{row.supplier.name} · {row.get_state_display()}",
                reverse("purchase-order", args=[row.pk]),
                "file-text",
                is_exact=row.number == number,
            )
            for row in rows.select_related("supplier").order_by("number", "pk")[:limit]
        ],
    )


def search_arrivals(principal: Principal, text: str, limit: int) -> Group:
    """Return arrivals by number, supplier's number, tracking number or carton. One query."""
    heading = _("Arrivals")
    code = text.strip()
    if not principal.may("suppliers.view"):
        return Group(heading, [])
    rows = (
        Asn.objects.visible_to(principal)
        .filter(
            Q(number__startswith=code.upper())
            | Q(reference=code)
            | Q(tracking=code)
            | Q(cartons__sscc=code)
        )
        .distinct()
    )
    return Group(
        heading,
        [
            Hit(
                _("Arrival"),
                row.number,
                f"{row.supplier.name} · {row.get_state_display()}",
                reverse("arrival", args=[row.pk]),
                "truck",
                is_exact=not row.number.startswith(code.upper()) or row.number == code.upper(),
            )
            for row in rows.select_related("supplier").order_by("number", "pk")[:limit]
        ],
    )
