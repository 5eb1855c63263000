"""How fast a caller may go. The answer says how much is left."""

from __future__ import annotations

import time

from django.conf import settings
from rest_framework.throttling import SimpleRateThrottle

from core import sessions
from core.permissions import principal_of


class PrincipalThrottle(SimpleRateThrottle):
    """Count requests per key or person, and per address for strangers."""

    scope = "principal"

    def get_rate(self):
        return settings.API_RATE

    def get_cache_key(self, request, view):
        principal = principal_of(request._request)
        who = (
            sessions.client_ip(request._request) if principal.is_anonymous else principal.actor.key
        )
        return f"throttle:{who}"

    def allow_request(self, request, view):
        allowed = super().allow_request(request, view)
        if self.rate is not None:
            used = len(self.history)
            reset = (
                self.duration - (time.time() - self.history[-1]) if self.history else self.duration
            )
            request._request.rate_limit = (
                self.num_requests,
                max(0, self.num_requests - used),
                max(1, int(reset)),
            )
        return allowed
