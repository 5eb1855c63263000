"""What pages without sign-in share: language by link, and headers that keep a link secret."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.decorators import method_decorator
from django.views import View

LANGUAGES = {code for code, _name in settings.LANGUAGES}
_SHORT = {"en": "EN", "zh-hans": "中文"}


@method_decorator(login_not_required, name="dispatch")
class PublicPage(View):
    """A page by secret link or without any: never stored, never indexed, telling no other site."""

    referrer = "no-referrer"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        wanted = request.GET.get("lang", "")
        if wanted in LANGUAGES:
            translation.activate(wanted)
            request.LANGUAGE_CODE = wanted
        response = super().dispatch(request, *args, **kwargs)
        if wanted in LANGUAGES:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                wanted,
                max_age=365 * 86_400,
                samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
            )
        response.headers["Cache-Control"] = "no-store, private"
        response.headers["Referrer-Policy"] = self.referrer
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    def languages(self) -> list[dict[str, Any]]:
        active = translation.get_language()
        return [
            {"code": code, "short": _SHORT.get(code, code), "is_active": code == active}
            for code, _name in settings.LANGUAGES
        ]
