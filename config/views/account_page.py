"""The base of customers' own pages: who is signed in, and by which cookie."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.decorators import method_decorator

from core import clock
from core.actors import Actor
from core.errors import DomainError, NotFound
from core.submissions import submit_once
from customers.models import PortalAccount, PortalSession
from customers.services import accounts
from shipping.portal_page import PortalPage

COOKIE: Final = "quayside_customer"


@method_decorator(login_not_required, name="dispatch")
class AccountPage(PortalPage):
    """A page of the signed-in customer; everybody else is led to the sign-in. A POST acts once."""

    referrer = "same-origin"
    session: PortalSession

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.request, self.now = request, clock.now()
        method = (request.method or "").lower()
        if method not in self.http_method_names or not hasattr(self, method):
            return self.sealed(self.http_method_not_allowed(request))
        found = accounts.session(request.COOKIES.get(COOKIE, ""), at=self.now)
        if found is None:
            return self.sealed(redirect("account-sign-in"))
        self.session = found
        if request.method == "POST":
            respond = super().dispatch
            return self.sealed(
                submit_once(request, self.account.key, lambda: self._answer(respond, args, kwargs))
            )
        return self._answer(super().dispatch, args, kwargs)

    def _answer(
        self, respond: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase:
        """Answer what is not the customer's exactly as what does not exist."""
        try:
            answer: HttpResponseBase = respond(self.request, *args, **kwargs)
        except NotFound:
            return self.sealed(self.show("portal/account/missing.html", status=404))
        except DomainError as error:
            text = {"text": str(error)}
            return self.sealed(self.show("portal/account/missing.html", text, error.status))
        return answer

    @property
    def account(self) -> PortalAccount:
        return self.session.account

    @property
    def actor(self) -> Actor:
        return accounts.actor_of(self.account)

    def show(
        self, template: str, context: dict[str, Any] | None = None, status: int = 200
    ) -> HttpResponse:
        own = {"account": self.account if hasattr(self, "session") else None}
        return super().show(template, {**own, **(context or {})}, status)


def let_in(response: HttpResponseBase, opened: accounts.OpenSession) -> HttpResponseBase:
    """Put the session's secret into the browser, for these pages only."""
    response.set_cookie(
        COOKIE,
        opened.token,
        expires=opened.expires_at,
        path="/account/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
