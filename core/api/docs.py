"""The published contract: the OpenAPI document and a page to read it, for those with the right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from core.api.authentication import ApiKeyAuthentication, PersonAuthentication
from core.api.permissions import CapabilityPermission

AUTHENTICATION = [ApiKeyAuthentication, PersonAuthentication]


class Schema(SpectacularAPIView):
    """The OpenAPI document."""

    capability = "api.docs"
    authentication_classes = AUTHENTICATION
    permission_classes = [CapabilityPermission]


class Docs(SpectacularSwaggerSplitView):
    """The document as a page, from files of our own."""

    capability = "api.docs"
    url_name = "api-schema"
    authentication_classes = AUTHENTICATION
    permission_classes = [CapabilityPermission]
    template_name = "core/api_docs.html"


def add_problems(result, generator, request, public):
    """Describe the error answers of every operation. A hook of the schema generator."""
    reference = {"$ref": "#/components/schemas/Problem"}
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    schemas.setdefault("Problem", PROBLEM_SCHEMA)
    for operations in result.get("paths", {}).values():
        for method, operation in operations.items():
            for status in _statuses(method, operation):
                operation.setdefault("responses", {}).setdefault(
                    str(status),
                    {
                        "description": "A problem document.",
                        "content": {"application/problem+json": {"schema": reference}},
                    },
                )
    return result


def _statuses(method: str, operation: Mapping[str, Any]) -> tuple[int, ...]:
    reading = (400, 401, 403, 404, 406, 429)
    if method != "get":
        return (*reading, 409, 412, 413, 415, 422, 428)
    is_filtered = any(one.get("in") == "query" for one in operation.get("parameters", ()))
    return (*reading, 422) if is_filtered else reading


PROBLEM_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "instance"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "example": "INSUFFICIENT_STOCK"},
        "instance": {"type": "string"},
        "reference": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail"],
                "properties": {
                    "pointer": {"type": "string", "example": "/lines/0/qty"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
