"""The base of all pages that a supplier opens by its secret link.

Apps above suppliers build pages of their own on it, so that every such page treats links, wrong
tries, language and headers alike.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.decorators import method_decorator

from core import clock, sessions, settings_store
from core.actors import Actor
from core.submissions import submit_once
from core.tries import TooManyTries
from core.views.public_page import LANGUAGES, PublicPage
from suppliers.domain import answer_settings
from suppliers.models import PurchaseOrder, SupplierLink
from suppliers.queries import portal
from suppliers.services import supplier_links


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
        """Answer by a living link only; a POST acts once."""
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
        """Return the answer with headers that keep the link secret."""
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
        """Return the supplier as the one who acts."""
        return Actor("supplier", self.link.pk, self.link.supplier.name)

    @property
    def today(self) -> dt.date:
        """Return the day (UTC) of the request."""
        return self.now.astimezone(dt.UTC).date()

    def url(self, name: str, *args: object) -> str:
        """Return the address of a page under the same link."""
        return reverse(name, args=[self.token, *args])

    def order(self, number: str) -> PurchaseOrder | None:
        """Return an order that the link opens, or None."""
        rows = portal.orders_of(self.link).select_related("warehouse", "clock", "supplier")
        return rows.filter(number=number).first()

    def ended(self, text: str = "", status: int = 404) -> HttpResponse:
        """Answer that nothing is to be seen here."""
        return self.show("suppliers/portal/ended.html", {"text": text}, status)

    def show(
        self, template: str, context: dict[str, Any] | None = None, status: int = 200
    ) -> HttpResponse:
        """Return a template with what every page of the frame needs."""
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
