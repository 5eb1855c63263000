"""Callers: `Authorization: Bearer qk_…`, or the session of a signed-in person."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed

from core import clock, sessions
from core.models.people import ApiKey
from core.permissions import principal_for_key, remember_principal
from core.services import api_keys

KEYWORD = "bearer"


@dataclass(frozen=True, slots=True)
class KeyCaller:
    """Stands where DRF expects a user when a key calls."""

    key: ApiKey
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False
    pk: None = None

    def __str__(self) -> str:
        return str(self.key)


class ApiKeyAuthentication(BaseAuthentication):
    """Let a usable key call; any other `Authorization` header is refused, never ignored."""

    def authenticate(self, request):
        header = request.headers.get("Authorization")
        if header is None:
            return None
        keyword, _blank, token = header.partition(" ")
        ip, now = sessions.client_ip(request._request), clock.now()
        key = api_keys.find_by_token(token.strip(), ip=ip, at=now)
        if keyword.lower() != KEYWORD or key is None:
            raise AuthenticationFailed(
                _("This key does not open the API. Check it, its expiry and its networks.")
            )
        remember_principal(request._request, principal_for_key(key))
        api_keys.note_use(key, ip=ip, at=now)
        return KeyCaller(key), key

    def authenticate_header(self, request):
        return 'Bearer realm="api"'


class PersonAuthentication(SessionAuthentication):
    """Let a signed-in person call, with a CSRF token on writes."""

    def authenticate_header(self, request):
        return 'Bearer realm="api"'


class ApiKeyScheme(OpenApiAuthenticationExtension):
    """Describe the key in the schema."""

    target_class = "core.api.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema):
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "qk_…",
            "description": "A key from Settings, API keys.",
        }


class PersonScheme(OpenApiAuthenticationExtension):
    """Describe the session in the schema."""

    target_class = "core.api.authentication.PersonAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema):
        from django.conf import settings  # noqa: PLC0415  # read when the schema is made

        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}
