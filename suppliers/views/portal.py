"""V1, V2 and V6: what a supplier sees by its secret link, without account or scripts."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from suppliers.models import PurchaseOrder
from suppliers.portal_page import SupplierPage
from suppliers.queries import portal, portal_money
from suppliers.services import answers

TABS = (
    ("new", _("New")),
    ("confirmed", _("Confirmed")),
    ("to_ship", _("To ship")),
    ("shipped", _("Shipped")),
    ("closed", _("Closed")),
)
MOST_ORDERS = 200
CSV_HEAD = ("order", "revision", "state", "currency", "total", "required_by", "expected_on")


class Home(SupplierPage):
    """V1: what waits for the supplier. A link to one order goes straight there."""

    is_for_order_links = True

    def get(self, request: HttpRequest) -> HttpResponse:
        if self.link.order is not None:
            return redirect(self.url("supplier-portal-order", self.link.order.number))
        _contacts, papers = portal.company_of(self.link, today=self.today)
        context = {
            "counts": portal.counts_of(self.link, today=self.today),
            "papers": [row for row in papers if row["is_ending"]],
            "messages": portal.unread_of(self.link),
            "is_empty": not portal.orders_of(self.link).exists(),
            "figures": portal_money.figures_of(self.link.supplier_id, now=self.now),
            "claims": portal_money.claims_of(self.link).filter(state="sent").count(),
        }
        return self.show("suppliers/portal/home.html", context)


class Orders(SupplierPage):
    """V2: the supplier's orders by what is to be done, with bulk confirm and export."""

    def get(self, request: HttpRequest) -> HttpResponse:
        tab = self._tab(request.GET.get("tab", ""))
        rows = portal.tab_of(portal.orders_of(self.link), tab, today=self.today)
        if request.GET.get("format") == "csv":
            return self._csv(rows[:5000])
        return self._page(tab, list(rows[:MOST_ORDERS]))

    def post(self, request: HttpRequest) -> HttpResponse:
        numbers = request.POST.getlist("order")[:MOST_ORDERS]
        rows = portal.tab_of(portal.orders_of(self.link), "new", today=self.today)
        chosen = list(rows.filter(number__in=numbers))
        refused: list[str] = []
        for row in chosen:
            try:
                answers.accept(
                    row.pk,
                    revision=row.revision,
                    event_key=f"bulk:{self.link.pk}:{row.pk}:{row.revision}",
                    actor=self.actor,
                    at=self.now,
                )
            except DomainError as error:
                refused.append(str(error))
        if refused:
            fresh = list(rows.all()[:MOST_ORDERS])
            return self._page(
                "new", fresh, refused, status=200 if len(refused) < len(chosen) else 409
            )
        return redirect(self.url("supplier-portal"))

    def _tab(self, wanted: str) -> str:
        return wanted if wanted in dict(TABS) else "new"

    def _page(
        self,
        tab: str,
        rows: list[PurchaseOrder],
        refused: list[str] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        context = {
            "tab": tab,
            "tabs": [{"code": code, "text": text, "is_active": code == tab} for code, text in TABS],
            "rows": [
                {
                    "order": row,
                    "light": portal.light_of(row, has_proposal=False, now=self.now),
                    "is_changing": portal.is_changing(row),
                }
                for row in rows
            ],
            "refused": refused or [],
        }
        return self.show("suppliers/portal/orders.html", context, status)

    def _csv(self, rows: Any) -> HttpResponse:
        text = io.StringIO()
        sheet = csv.writer(text)
        sheet.writerow(CSV_HEAD)
        for row in rows:
            total = "" if portal.is_changing(row) else f"{row.total_amount:f}"
            sheet.writerow(
                [
                    row.number,
                    row.sent_revision,
                    row.state if not portal.is_changing(row) else "changing",
                    row.currency,
                    total,
                    row.required_by or "",
                    row.expected_on or "",
                ]
            )
        response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = 'attachment; filename="orders.csv"'
        return response


class Catalogue(SupplierPage):
    """V6: what the supplier sells, with its own list prices."""

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = portal.goods_of(self.link, today=self.today)
        return self.show("suppliers/portal/catalogue.html", {"rows": rows})
