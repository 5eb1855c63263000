"""What every request passes: its id, safe headers, the person's session, language and zone.

Order in `MIDDLEWARE`: `RequestId` and `SafeHeaders` outermost, `Person` after authentication,
`SignIn` and `Refusals` last.
"""

from __future__ import annotations

import logging
import re
import zoneinfo
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, resolve_url
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control

from core import clock, request_ids, sessions
from core.errors import DomainError, NotPermitted, gettext_noop
from core.permissions import (
    ANONYMOUS,
    SAFE_METHODS,
    principal_of,
    set_current_principal,
    sign_in_first,
)

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

Answer = Callable[["HttpRequest"], "HttpResponseBase"]
logger = logging.getLogger("quayside.access")

_KNOWN_ID = re.compile(r"[0-9a-f]{32}")
PERMISSIONS_POLICY = (
    "accelerometer=(), autoplay=(self), camera=(self), display-capture=(), geolocation=(), "
    "gyroscope=(), hid=(self), magnetometer=(), microphone=(), midi=(), payment=(), "
    "publickey-credentials-get=(self), serial=(self), usb=(self)"
)
API_PREFIX = "/api/"
#: URL names a person without second factor may open while one is required.
MFA_SETUP = re.compile(r"^(mfa_|account_|security|set_language|sign-out)")


class RequestId:
    """Give each request an id, its own or that of a trusted proxy, and answer with it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        offered = request.headers.get("X-Request-ID", "") if settings.TRUSTED_PROXY_COUNT else ""
        own = offered if _KNOWN_ID.fullmatch(offered) else request_ids.fresh()
        request.request_id = own  # type: ignore[attr-defined]  # error pages show it
        with request_ids.running(own):
            response = self.get_response(request)
        response.headers["X-Request-ID"] = own
        return response


class SafeHeaders:
    """Add the headers that Django has no setting for, refuse TRACE and cross-site writes."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        if request.method in {"TRACE", "TRACK", "CONNECT"}:
            response: HttpResponseBase = HttpResponseNotAllowed(["GET", "HEAD", "POST", "OPTIONS"])
        else:
            response = self.get_response(request)
        headers = response.headers
        limits: tuple[int, int, int] | None = getattr(request, "rate_limit", None)
        if limits is not None:
            named = zip(("Limit", "Remaining", "Reset"), limits, strict=True)
            for name, value in named:
                headers[f"RateLimit-{name}"] = str(value)
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        headers.setdefault("X-Permitted-Cross-Domain-Policies", "none")
        if not request.path.startswith(f"/{settings.STATIC_URL.strip('/')}/"):
            self._keep_private(response)
        return response

    @staticmethod
    def _keep_private(response: HttpResponseBase) -> None:
        """Forbid copies of an answer unless its view allowed them on purpose."""
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, no_store=True, private=True)
        response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")


class CrossSiteWrites:
    """Refuse unsafe requests that the browser itself says come from another site."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        site = request.headers.get("Sec-Fetch-Site", "same-origin")
        foreign = site == "cross-site" and request.method not in SAFE_METHODS
        if foreign and not request.path.startswith(API_PREFIX):
            from core.views.errors import csrf_failure  # noqa: PLC0415  # pages load after apps

            refusal: HttpResponseBase = csrf_failure(request, "cross-site")
            return refusal
        return self.get_response(request)


class SecondFactorFirst(NotPermitted):
    """A second factor is required and the person has none yet."""

    code = "SECOND_FACTOR_FIRST"
    text = gettext_noop("Set up a second factor on your security page first.")


class Person:
    """End sessions past their limits; speak the person's language, in the person's time zone."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        set_current_principal(ANONYMOUS)
        user: Any = request.user
        if not user.is_authenticated:
            return self.get_response(request)
        now = clock.now()
        principal = principal_of(request)
        if not sessions.is_begun(request.session):
            sessions.begin(request, user, principal, now)
        elif sessions.is_over(request.session, principal, now) or sessions.left_device(request):
            return self._signed_out(request)
        else:
            sessions.touch(request.session, now)
        request.LANGUAGE_CODE = user.language
        with (
            translation.override(user.language),
            timezone.override(_zone(user.time_zone)),
        ):
            response = self._needs_second_factor(request) or self.get_response(request)
            response.headers.setdefault("Content-Language", user.language)
            return response

    @staticmethod
    def _signed_out(request: HttpRequest) -> HttpResponseBase:
        key = request.session.session_key
        sessions.end([key] if key else [])
        logout(request)
        return sign_in_first(request)

    @staticmethod
    def _needs_second_factor(request: HttpRequest) -> HttpResponseBase | None:
        user: Any = request.user
        if not (settings.MFA_REQUIRED_FOR_STAFF or user.second_factor_due):
            return None
        if sessions.is_badge(request.session):
            return None  # `SharedDevice` opens the floor to it and nothing else
        from core.accounts import has_second_factor  # noqa: PLC0415  # allauth loads after apps

        if _url_name(request) is None or has_second_factor(request):
            return None
        if request.path.startswith(API_PREFIX):
            from core.views.errors import refused  # noqa: PLC0415  # pages load after apps

            page: HttpResponseBase = refused(request, SecondFactorFirst())
            return page
        return HttpResponse(status=303, headers={"Location": reverse("security")})


def _url_name(request: HttpRequest) -> str | None:
    """Return the URL name to guard, or None for the pages that set up a second factor."""
    try:
        name = resolve(request.path_info).url_name or ""
    except Resolver404:
        return None
    return None if MFA_SETUP.match(name) else name


def _zone(name: str) -> zoneinfo.ZoneInfo:
    try:
        return zoneinfo.ZoneInfo(name)
    except (KeyError, ValueError):
        logger.warning("person.unknown_time_zone", extra={"zone": name})
        return zoneinfo.ZoneInfo("UTC")


class NotOnSharedDevice(NotPermitted):
    """A badge and PIN open the floor's screens only."""

    code = "SHARED_DEVICE"
    text = gettext_noop(
        "This is a shared floor device: only the floor opens here. Sign in with your own account "
        "in a browser of your own."
    )


class SharedDevice:
    """Open to a badge session only the views that say `on_shared_device = True`.

    Everything else is shut, views without such a word included: other people's, the API's, and
    those nobody has written yet.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> HttpResponseBase | None:
        """Refuse a badge session what is not meant for it; the home page leads to the floor."""
        if not request.user.is_authenticated or not sessions.is_badge(request.session):
            return None
        if getattr(getattr(view, "view_class", None), "on_shared_device", False):
            return None
        if request.path == resolve_url(settings.LOGIN_REDIRECT_URL) and request.method == "GET":
            return redirect(settings.SHARED_DEVICE_HOME)
        from core.views.errors import refused  # noqa: PLC0415  # pages load after apps

        page: HttpResponseBase = refused(request, NotOnSharedDevice())
        return page


class SignIn(LoginRequiredMiddleware):
    """Ask strangers to sign in on every page that is not marked `login_not_required`."""

    def handle_no_permission(  # type: ignore[override]  # htmx gets no redirect but a 401
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        """Send the stranger to the sign-in page, whichever way the request came."""
        return sign_in_first(request)


class Refusals:
    """Turn a `DomainError` that a view let through into its page, fragment or problem."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        """Answer for a refusal; leave everything else to Django."""
        if not isinstance(exception, DomainError):
            return None
        from core.views.errors import refused  # noqa: PLC0415  # pages load after apps

        page: HttpResponseBase = refused(request, exception)
        return page
