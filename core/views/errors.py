"""Pages for what went wrong: what happened, a reference, the next step. No database needed."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from core import request_ids
from core.capabilities import CAPABILITIES
from core.errors import DomainError
from core.models.people import User

logger = logging.getLogger("quayside.errors")
API_PREFIX = "/api/"
MOST_NAMES = 3


@dataclass(frozen=True, slots=True)
class Explanation:
    """One page: its title and what the reader can do."""

    title: Any
    text: Any
    code: str


EXPLANATIONS: dict[int, Explanation] = {
    400: Explanation(
        gettext_lazy("This request can't be read"),
        gettext_lazy("Part of the address or the form is missing. Go back and send it again."),
        "BAD_REQUEST",
    ),
    403: Explanation(
        gettext_lazy("You can't open this"),
        gettext_lazy("Your roles do not include it. An administrator can grant it."),
        "NOT_PERMITTED",
    ),
    404: Explanation(
        gettext_lazy("Nothing is here"),
        gettext_lazy("The address may be old, or it lies outside your warehouses and channels."),
        "NOT_FOUND",
    ),
    405: Explanation(
        gettext_lazy("This page works another way"),
        gettext_lazy("Open the page itself and use its buttons."),
        "METHOD_NOT_ALLOWED",
    ),
    409: Explanation(
        gettext_lazy("Someone was faster"),
        gettext_lazy("The object has changed meanwhile. Reload to see it, then decide again."),
        "CONFLICT",
    ),
    410: Explanation(
        gettext_lazy("This link no longer works"),
        gettext_lazy("It was used, withdrawn or is too old. Ask for a new one."),
        "GONE",
    ),
    422: Explanation(
        gettext_lazy("Something needs a change"),
        gettext_lazy("Go back, correct the values and send them again."),
        "INPUT_REFUSED",
    ),
    429: Explanation(
        gettext_lazy("That was too fast"),
        gettext_lazy("Too many requests came from here. Wait a quarter of an hour, then go on."),
        "TOO_MANY_REQUESTS",
    ),
    500: Explanation(
        gettext_lazy("This did not work"),
        gettext_lazy("Nothing was saved. Try again; if it stays, tell us the reference below."),
        "SERVER_ERROR",
    ),
    503: Explanation(
        gettext_lazy("Quayside is being looked after"),
        gettext_lazy("It is back in a few minutes. What you saved before is safe."),
        "UNAVAILABLE",
    ),
}


def bad_request(request, exception=None):
    return answer(request, 400)


def forbidden(request, exception=None):
    text = str(exception) if exception and exception.args and exception.args[0] else ""
    return answer(request, 403, text=text)


def not_found(request, exception=None):
    return answer(request, 404)


def server_error(request):
    return answer(request, 500)


def too_many_requests(request, exception=None):
    response = answer(request, 429)
    response.headers["Retry-After"] = "900"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    logger.warning("csrf.refused", extra={"reason": reason, "path": request.path})
    text = _("The page was open too long, or the form came from another site. Reload it first.")
    return answer(request, 403, text=text, code="CSRF_REFUSED")


def refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Answer for a refusal that a view let through."""
    text = str(error)
    if "capability" in error.data:
        text = f"{text} {who_grants(error.data['capability'])}".strip()
    return answer(request, error.status, text=text, code=error.code)


def who_grants(capability: str) -> str:
    """Return a sentence naming who can grant the right, or nothing when the database is away."""
    if capability not in CAPABILITIES:
        return ""
    try:
        names = [
            str(user) for user in User.objects.holding("users.manage").order_by("pk")[:MOST_NAMES]
        ]
    except (DatabaseError, ImproperlyConfigured):
        return ""
    if not names:
        return ""
    return _("Ask %(names)s.") % {"names": _(" or ").join(names)}


def answer(request, status: int, *, text: str = "", code: str = "") -> HttpResponse:
    """Return the page, the fragment or the problem document for a status."""
    known = EXPLANATIONS.get(status, EXPLANATIONS[500])
    reference = getattr(request, "request_id", "") or request_ids.current()
    # A script that asks for JSON, such as the scan engine, shows `detail` and can use no page.
    asks_json = request.headers.get("Accept", "").startswith("application/json")
    if asks_json or request.path.startswith(API_PREFIX):
        return _problem(request, status, known, text, code, reference)
    context = {
        "status": status,
        "title": known.title,
        "text": text or known.text,
        "code": code or known.code,
        "reference": reference,
        "language": get_language() or settings.LANGUAGE_CODE,
        "retry_url": request.get_full_path() if request.method == "GET" else "",
        "home_url": settings.LOGIN_REDIRECT_URL,
    }
    if request.headers.get("HX-Request") == "true":
        return _fragment(context, status)
    return HttpResponse(render_to_string("errors/error.html", context), status=status)


def _fragment(context: dict[str, Any], status: int) -> HttpResponse:
    body = render_to_string("errors/error.html#fragment", context)
    headers = {"HX-Retarget": "#error-region", "HX-Reswap": "innerHTML"}
    return HttpResponse(body, status=status, headers=headers)


def _problem(request, status, known, text, code, reference) -> JsonResponse:
    code = code or known.code
    body = {
        "type": f"{settings.PUBLIC_URL}/api/problems/{code.lower()}",
        "title": str(known.title),
        "status": status,
        "detail": str(text or known.text),
        "code": code,
        "instance": request.path,
        "reference": reference,
    }
    return JsonResponse(body, status=status, content_type="application/problem+json")
