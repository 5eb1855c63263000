"""C8: customers sign in by a mailed link and see their orders and returns."""

from __future__ import annotations

from typing import Any, Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from config import portal_accounts
from config.views.account_forms import SignInForm
from config.views.account_page import COOKIE, AccountPage, let_in
from core import clock
from core.errors import NotFound
from core.tries import TooManyTries
from customers import configured
from customers.domain import account_settings
from customers.domain.drafts import normal_email
from customers.services import accounts
from orders.models import Order
from returns.models import ReturnRequest
from shipping.models import TrackedOrder
from shipping.portal_page import PortalPage
from shipping.services import links, portal

PAGE: Final = 10
#: Filter -> the stages it keeps; the first shows all.
FILTERS: Final[dict[str, tuple[Any, tuple[str, ...]]]] = {
    "all": (_("All"), ()),
    "open": (
        _("On the way"),
        ("new", "attention", "held", "routed", "released", "picking", "packed", "shipped"),
    ),
    "delivered": (_("Delivered"), ("delivered",)),
    "returned": (_("Returned"), ("returned_part", "returned")),
}
STAGES: Final[dict[str, Any]] = {
    **dict.fromkeys(("new", "attention", "held", "routed"), _("Received")),
    **dict.fromkeys(("released", "picking", "packed"), _("Being packed")),
    "shipped": _("On its way"),
    "delivered": _("Delivered"),
    "cancelled": _("Cancelled"),
    "returned_part": _("Partly returned"),
    "returned": _("Returned"),
}


class SignIn(PortalPage):
    """Ask for a link. Known and unknown addresses get the same answer after the same work."""

    referrer = "same-origin"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show("portal/account/sign_in.html", {"form": SignInForm()})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SignInForm(request.POST)
        if not form.is_valid():
            return self.show("portal/account/sign_in.html", {"form": form}, status=422)
        email, now = form.cleaned_data["email"], clock.now()
        try:
            self._count(email)
        except TooManyTries as error:
            form.refuse(error)
            return self.show("portal/account/sign_in.html", {"form": form}, status=error.status)
        accounts.ask_for_link(email, language=translation.get_language() or "en", at=now)
        return self.show("portal/account/sign_in.html", {"form": SignInForm(), "is_sent": True})

    def _count(self, email: str) -> None:
        """Count a try of the visitor and one of the address, known or not."""
        limit, now = configured.whole(account_settings.SIGN_IN_TRIES), clock.now()
        portal.count_try("sign-in", self.visitor(), limit=limit, at=now)
        portal.count_try("sign-in-to", portal.email_hash(normal_email(email)), limit=limit, at=now)


class Enter(PortalPage):
    """The mailed link: a page with one button, for mail scanners open every link."""

    referrer = "same-origin"

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        if not accounts.is_living(token, at=clock.now()):
            return self._spent()
        return self.show("portal/account/enter.html", {"token": token})

    def post(self, request: HttpRequest, token: str) -> HttpResponseBase:
        try:
            opened = accounts.sign_in(
                token, device=request.headers.get("User-Agent", ""), at=clock.now()
            )
        except accounts.LinkSpent:
            return self._spent()
        return let_in(redirect("account"), opened)

    def _spent(self) -> HttpResponse:
        try:
            portal.count_try("enter", self.visitor(), limit=portal.MISSES, at=clock.now())
        except TooManyTries as error:
            return self.ended(str(error), error.status)
        return self.show("portal/account/spent.html", status=404)


class Orders(AccountPage):
    """The customer's orders, newest first, with what became of their returns."""

    def get(self, request: HttpRequest) -> HttpResponse:
        chosen = request.GET.get("show", "all")
        chosen = chosen if chosen in FILTERS else "all"
        stages = FILTERS[chosen][1]
        found = portal_accounts.orders_of(self.account).exclude(status="draft")
        if stages:
            found = found.filter(stage__in=stages)
        pages = Paginator(found.select_related("channel").order_by("-placed_at", "-pk"), PAGE)
        page = pages.get_page(request.GET.get("page"))
        rows = _rows(list(page.object_list))
        _add_returns(rows)
        context = {
            "rows": rows,
            "page": page,
            "chosen": chosen,
            "filters": [(code, text) for code, (text, _stages) in FILTERS.items()],
            "total": pages.count,
        }
        return self.show("portal/account/orders.html", context)


class OpenOrder(AccountPage):
    """One order's own page: the customer gets a fresh secret link to it."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        order = (
            portal_accounts.orders_of(self.account).exclude(status="draft").filter(pk=pk).first()
        )
        if order is None or portal.tracked(order.key) is None:
            raise NotFound
        token = links.issue(order.key, at=self.now)
        wanted = "portal-return" if request.POST.get("to") == "return" else "tracking"
        return redirect(wanted, token)


class SignOut(AccountPage):
    """End this browser's session."""

    def post(self, request: HttpRequest) -> HttpResponseBase:
        accounts.end_session(self.account, self.session.pk, at=self.now)
        response = redirect("account-sign-in")
        response.delete_cookie(COOKIE, path="/account/")
        return response


def _rows(orders: list[Order]) -> list[dict[str, Any]]:
    keys = [order.key for order in orders]
    shown = TrackedOrder.objects.filter(order_key__in=keys)
    public = set(shown.values_list("order_key", flat=True))
    return [_row(order, is_public=order.key in public) for order in orders]


def _row(order: Order, *, is_public: bool) -> dict[str, Any]:
    return {
        "order": order,
        "state": STAGES.get(order.stage, STAGES["new"]),
        "is_public": is_public,
        "is_returnable": is_public and order.stage in ("delivered", "returned_part"),
        "returns": [],
    }


def _add_returns(rows: list[dict[str, Any]]) -> None:
    by_order = {row["order"].pk: row for row in rows}
    asked = ReturnRequest.objects.filter(order__in=list(by_order)).order_by("-requested_at", "-pk")
    for request in asked:
        by_order[request.order_id]["returns"].append(request)
