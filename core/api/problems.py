"""Every error of the API is application/problem+json with a stable code (RFC 9457)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions, serializers
from rest_framework.response import Response

from core import request_ids
from core.errors import DomainError

CONTENT_TYPE = "application/problem+json"


class Problem(exceptions.APIException):
    """A refusal of the API itself, with its own code and status."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        self.status_code = status
        self.problem_code = code
        super().__init__(detail)


class ProblemErrorSerializer(serializers.Serializer):
    """One fault in the request: where, which, and what to do."""

    pointer = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer):
    """The body of every error."""

    type = serializers.URLField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    instance = serializers.CharField()
    reference = serializers.CharField(required=False)
    errors = ProblemErrorSerializer(many=True, required=False)


def titles() -> dict[int, str]:
    """Return the titles by status, in the caller's language."""
    return {
        400: _("The request can't be read"),
        401: _("The caller is unknown"),
        403: _("The caller may not do this"),
        404: _("Nothing of this name is in reach"),
        405: _("This method is not offered here"),
        406: _("The answer can't be given in this form"),
        409: _("The object does not allow this now"),
        412: _("The object has changed meanwhile"),
        413: _("The request is too large"),
        415: _("The request has another content type"),
        422: _("Values of the request can't be used"),
        428: _("The request must name the version it changes"),
        429: _("Too many requests"),
    }


_CODES: dict[type[Exception], tuple[int, str]] = {
    exceptions.ParseError: (400, "BAD_JSON"),
    exceptions.NotAuthenticated: (401, "NO_CREDENTIALS"),
    exceptions.AuthenticationFailed: (401, "BAD_CREDENTIALS"),
    exceptions.PermissionDenied: (403, "NOT_PERMITTED"),
    PermissionDenied: (403, "NOT_PERMITTED"),
    exceptions.NotFound: (404, "NOT_FOUND"),
    Http404: (404, "NOT_FOUND"),
    exceptions.MethodNotAllowed: (405, "METHOD_NOT_ALLOWED"),
    exceptions.NotAcceptable: (406, "NOT_ACCEPTABLE"),
    exceptions.UnsupportedMediaType: (415, "UNSUPPORTED_MEDIA_TYPE"),
    exceptions.Throttled: (429, "TOO_MANY_REQUESTS"),
}


def problem_handler(exc, context):
    """Return the problem document for an exception; None leaves a 500 to Django's handler."""
    found = _describe(exc)
    if found is None:
        return None
    status, code, detail, errors = found
    body = problem_body(status, code, detail, context["request"].path, errors)
    response = Response(body, status=status, content_type=CONTENT_TYPE, headers=_headers(exc))
    response.exception = True
    return response


def _describe(exc) -> tuple[int, str, str, list[dict[str, str]]] | None:
    if isinstance(exc, DomainError):
        return exc.status, exc.code, str(exc), []
    if isinstance(exc, Problem):
        return exc.status_code, exc.problem_code, str(exc.detail), []
    if isinstance(exc, exceptions.ValidationError):
        text = _("Correct the fields listed in errors and send the request again.")
        return 422, "VALUES_REFUSED", text, list(_errors(exc.detail))
    for kind, (status, code) in _CODES.items():
        if isinstance(exc, kind):
            return status, code, _detail(exc, status), []
    if isinstance(exc, exceptions.APIException):
        return exc.status_code, "REFUSED", str(exc.detail), []
    return None


def _detail(exc, status: int) -> str:
    if status == 404:
        return _("It does not exist, or it is outside the warehouses and channels of this key.")
    return str(getattr(exc, "detail", "")) or titles()[status]


def problem_body(
    status: int, code: str, detail: str, instance: str, errors: list[dict[str, str]]
) -> dict[str, Any]:
    """Return the members of a problem document."""
    body: dict[str, Any] = {
        "type": f"{settings.PUBLIC_URL}/api/problems/{code.lower()}",
        "title": titles().get(status, code),
        "status": status,
        "detail": detail,
        "code": code,
        "instance": instance,
        "reference": request_ids.current(),
    }
    return {**body, "errors": errors} if errors else body


def _errors(detail: Any, pointer: str = "") -> Iterator[dict[str, str]]:
    """Yield one entry for each fault, with the JSON pointer of its field."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            step = "" if name == "non_field_errors" else f"/{name}"
            yield from _errors(inner, pointer + step)
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            nested = isinstance(inner, (dict, list))
            yield from _errors(inner, f"{pointer}/{index}" if nested else pointer)
    else:
        code = str(getattr(detail, "code", "") or "refused").upper()
        yield {"pointer": pointer, "code": code, "detail": str(detail)}


def _headers(exc) -> dict[str, str]:
    headers = {}
    if getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = exc.auth_header
    if getattr(exc, "wait", None):
        headers["Retry-After"] = str(max(1, int(exc.wait)))
    return headers
