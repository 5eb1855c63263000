"""The base of all pages that customers open: the brand, the language, who asks, and the link.

Apps above shipping build pages of their own on it, so that every such page treats links, wrong
tries and headers alike.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.decorators import method_decorator

from core import clock, sessions
from core.actors import Actor
from core.submissions import submit_once
from core.tries import TooManyTries
from core.views.public_page import PublicPage
from shipping import configured
from shipping.domain import brand_colors, defaults
from shipping.models import PublicLink, TrackedOrder
from shipping.services import portal


class PortalPage(PublicPage):
    """What the customer's pages share: the brand and who asks."""

    def show(
        self, template: str, context: dict[str, Any] | None = None, status: int = 200
    ) -> HttpResponse:
        """Return a template with what every page of the frame needs."""
        base = {
            "brand_name": configured.text(defaults.BRAND_NAME),
            "help_email": configured.text(defaults.HELP_EMAIL),
            "languages": self.languages(),
            "is_chinese": (translation.get_language() or "").startswith("zh"),
            **self.brand(),
        }
        return render(self.request, template, {**base, **(context or {})}, status=status)

    def brand(self) -> dict[str, Any]:
        """Return name, color and logo where a page knows the seller; nothing otherwise."""
        return {}

    def visitor(self) -> str:
        """Return the hash under which this visitor's tries are counted."""
        return portal.visitor_key(sessions.client_ip(self.request) or "")

    def sealed(self, response: HttpResponseBase) -> HttpResponseBase:
        """Return the answer with headers that keep the link secret."""
        response.headers["Cache-Control"] = "no-store, private"
        response.headers["Referrer-Policy"] = self.referrer
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    def ended(self, text: str = "", status: int = 404) -> HttpResponse:
        """Answer that this link opens nothing; all such answers are alike."""
        return self.show("portal/ended.html", {"text": text} if text else {}, status)


@method_decorator(login_not_required, name="dispatch")
class LinkPage(PortalPage):
    """A page below `/t/<token>/`: opened by the secret link of one order; a POST acts once."""

    # The forms need their own origin; no other site learns the link.
    referrer = "same-origin"
    link: PublicLink
    token: str
    order: TrackedOrder

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer by a living link only."""
        self.request, self.token = request, kwargs.pop("token")
        self.now = clock.now()
        try:
            link = portal.open_link(self.token, visitor=self.visitor(), at=self.now)
        except TooManyTries as error:
            return self.sealed(self.ended(str(error), error.status))
        order = portal.tracked(link.order_key) if link else None
        if link is None or order is None:
            return self.sealed(self.ended())
        self.link, self.order = link, order
        refused = self.opened()
        if refused is not None:
            return self.sealed(refused)
        if request.method == "POST":
            response = submit_once(
                request,
                f"tracking:{link.pk}",
                lambda: super(LinkPage, self).dispatch(request, *args, **kwargs),
            )
            return self.sealed(response)
        return super().dispatch(request, *args, **kwargs)

    def opened(self) -> HttpResponseBase | None:
        """Look once the link is known, before the method runs; answer to refuse."""
        return None

    @property
    def order_key(self) -> str:
        """Return the business key of the link's order."""
        return self.link.order_key

    @property
    def actor(self) -> Actor:
        """Return the customer as the one who acts: known by the link, not by a name."""
        return Actor("customer", self.link.pk, self.order.order_number)

    def url(self, name: str, *args: object) -> str:
        """Return the address of a page below the same link."""
        return reverse(name, args=[self.token, *args])

    def show(
        self, template: str, context: dict[str, Any] | None = None, status: int = 200
    ) -> HttpResponse:
        """Return a template; it knows the token and the order."""
        own = {"token": self.token, "order": getattr(self, "order", None)}
        return super().show(template, {**own, **(context or {})}, status)

    def brand(self) -> dict[str, Any]:
        """Return the brand of the channel that sold the order."""
        return brand_of(self.order) if hasattr(self, "order") else {}


def brand_of(order: TrackedOrder) -> dict[str, Any]:
    """Return what the frame shows of the brand of an order."""
    shown: dict[str, Any] = {}
    if order.brand.get("name"):
        shown["brand_name"] = order.brand["name"]
    color = str(order.brand.get("color") or "")
    if brand_colors.is_readable(color):
        shown["brand_sheet"] = reverse("portal-brand-color", args=[color.lstrip("#").lower()])
    if order.brand.get("logo"):
        shown["brand_logo"] = reverse("portal-brand-logo", args=[order.brand["logo"]])
    return shown
