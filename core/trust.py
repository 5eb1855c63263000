"""Trusted browsers at the door: the cookie, the stage of sign-in that skips the second factor.

allauth signs a cookie over password and factors and checks it; the register of
`core.services.trusted_browsers` must know the browser, too, so that trust can be listed and ended.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from allauth.mfa.internal.flows import trust as allauth_trust
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn.internal.flows import did_use_passwordless_login
from django.conf import settings

from core import clock, sessions
from core.services import trusted_browsers
from core.services.trusted_browsers import BrowserDraft

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from core.models.people import User

COOKIE = "quayside_browser"
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
_WISH = "_quayside_trust_this_browser"


class SecondFactorStage(AuthenticateStage):  # type: ignore[misc]  # allauth ships no types
    """Ask for the second factor unless the browser is trusted by cookie and by register."""

    def _should_handle(self, request: HttpRequest) -> bool:
        user = self.login.user
        if user is None or not is_mfa_enabled(user, FACTORS):
            return False
        if did_use_passwordless_login(request, user):
            return False
        return not is_trusted(request, user)


def is_trusted(request: HttpRequest, user: User) -> bool:
    """Say whether this browser is trusted for the person now; a yes is noted as its use."""
    if not allauth_trust.is_trusted_browser(request, user):
        return False
    return trusted_browsers.is_trusted(user, token_of(request), at=clock.now())


def token_of(request: HttpRequest) -> str:
    """Return the secret text of this browser, empty when it has none."""
    return request.COOKIES.get(COOKIE, "")


def wish(request: HttpRequest) -> None:
    """Note that this browser shall be trusted once sign-in is complete."""
    setattr(request, _WISH, True)


def settle_wish(request: HttpRequest, user: User, response: HttpResponse) -> None:
    """Trust this browser if that was asked for in this request."""
    if not getattr(request, _WISH, False):
        return
    token = token_of(request) or secrets.token_urlsafe(32)
    draft = BrowserDraft(token, sessions.client_ip(request), request.headers.get("User-Agent", ""))
    trusted_browsers.trust(user, draft, at=clock.now())
    allauth_trust.trust_browser(request, user, response)
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(trusted_browsers.TRUSTED_FOR.total_seconds()),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
