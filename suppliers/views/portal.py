"""V1, V2 and V6: what a supplier sees by its secret link, without account or scripts."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

from core import clock, sessions, settings_store
from core.actors import Actor
from core.errors import DomainError
from core.submissions import submit_once
from core.tries import TooManyTries
from core.views.public_page import LANGUAGES, PublicPage
from suppliers.domain import answer_settings
from suppliers.models import PurchaseOrder, SupplierLink
from suppliers.queries import portal, portal_money
from suppliers.services import answers, supplier_links

TABS = (
    ("new", _("New")),
    ("confirmed", _("Confirmed")),
    ("to_ship", _("To ship")),
    ("shipped", _("Shipped")),
    ("closed", _("Closed")),
)
MOST_ORDERS = 200
CSV_HEAD = ("order", "revision", "state", "currency", "total", "required_by", "expected_on")


@method_decorator(login_not_required, name="dispatch")
class SupplierPage(PublicPage):
    """What the supplier's pages share: the link, its language, one answer for all wrong links."""

    # The forms need their own origin; no other site learns the link.
    referrer = "same-origin"
    link: SupplierLink
    token: str
    #: Whether the page is there for links to one order too.
    is_for_order_links = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.request, self.token = request, kwargs.pop("token")
        self.now = clock.now()
        visitor = supplier_links.visitor_key(sessions.client_ip(request) or "")
        try:
            link = supplier_links.open_link(self.token, visitor=visitor, at=self.now)
        except TooManyTries as error:
            return self.sealed(self.ended(str(error), error.status))
        if link is None or (link.order_id is not None and not self.is_for_order_links):
            return self.sealed(self.ended())
        self.link = link
        self._speak(request)
        if request.method == "POST":
            response = submit_once(
                request,
                f"link:{link.pk}",
                lambda: super(SupplierPage, self).dispatch(request, *args, **kwargs),
            )
            self.after_post()
            return self.sealed(response)
        return super().dispatch(request, *args, **kwargs)

    def after_post(self) -> None:
        """Do what must last even where the post was refused."""

    def sealed(self, response: HttpResponseBase) -> HttpResponseBase:
        response.headers["Cache-Control"] = "no-store, private"
        response.headers["Referrer-Policy"] = self.referrer
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    def _speak(self, request: HttpRequest) -> None:
        chosen = settings.LANGUAGE_COOKIE_NAME in request.COOKIES or request.GET.get("lang")
        if not chosen and self.link.language in LANGUAGES:
            translation.activate(self.link.language)
            request.LANGUAGE_CODE = self.link.language

    @property
    def actor(self) -> Actor:
        return Actor("supplier", self.link.pk, self.link.supplier.name)

    @property
    def today(self) -> dt.date:
        return self.now.astimezone(dt.UTC).date()

    def url(self, name: str, *args: object) -> str:
        return reverse(name, args=[self.token, *args])

    def order(self, number: str) -> PurchaseOrder | None:
        rows = portal.orders_of(self.link).select_related("warehouse", "clock", "supplier")
        return rows.filter(number=number).first()

    def ended(self, text: str = "", status: int = 404) -> HttpResponse:
        return self.show("suppliers/portal/ended.html", {"text": text}, status)

    def show(
        self, template: str, context: dict[str, Any] | None = None, status: int = 200
    ) -> HttpResponse:
        link = getattr(self, "link", None)
        base = {
            "brand_name": settings_store.get(answer_settings.PORTAL_NAME),
            "languages": self.languages(),
            "token": self.token,
            "link": link,
            "has_portal": link is not None and link.order_id is None,
            "is_chinese": (translation.get_language() or "").startswith("zh"),
        }
        return render(self.request, template, {**base, **(context or {})}, status=status)


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
