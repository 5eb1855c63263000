"""The one place that knows how fragments and full pages differ."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers, patch_vary_headers

VARY_ON = ("HX-Request", "HX-Target", "HX-Boosted", "HX-History-Restore-Request")


def wants_partial(request: HttpRequest) -> bool:
    """Say whether to answer with a fragment: htmx, but not boosted and not a history restore."""
    details = getattr(request, "htmx", None)
    if details is not None:
        return bool(details) and not details.boosted and not details.history_restore_request
    headers = request.headers
    plain = "true" not in (headers.get("HX-Boosted"), headers.get("HX-History-Restore-Request"))
    return headers.get("HX-Request") == "true" and plain


def target_of(request: HttpRequest) -> str:
    """Return the id of the element that the fragment will be put into, or nothing."""
    return request.headers.get("HX-Target", "")


def mark_varying(response: HttpResponse, *, fragment: bool) -> HttpResponse:
    """Tell caches that this URL has several faces; a fragment is never stored."""
    patch_vary_headers(response, VARY_ON)
    if fragment:
        add_never_cache_headers(response)
    return response


def render_partial(
    request: HttpRequest,
    template: str,
    partial: str,
    context: Mapping[str, Any],
    status: int = 200,
) -> HttpResponse:
    """Return one `{% partialdef %}` of a template as a fragment."""
    response = render(request, f"{template}#{partial}", dict(context), status=status)
    return mark_varying(response, fragment=True)


class PartialMixin:
    """Answer fragment requests with `template.html#partial_name`, page requests in full."""

    partial_name = "content"
    request: HttpRequest

    def get_template_names(self) -> list[str]:
        """Return the page's templates, or their partial for a fragment request."""
        names: list[str] = super().get_template_names()  # type: ignore[misc]  # from the view
        if wants_partial(self.request):
            return [f"{name}#{self.partial_name}" for name in names]
        return names

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        """Render and mark the answer as varying by the htmx headers."""
        response: HttpResponse = super().render_to_response(  # type: ignore[misc]  # from the view
            context, **kwargs
        )
        return mark_varying(response, fragment=wants_partial(self.request))


def trigger(response: HttpResponse, **events: Any) -> HttpResponse:
    """Add client events to the answer's `HX-Trigger`, keeping those already there."""
    known = json.loads(response.headers.get("HX-Trigger", "{}"))
    response.headers["HX-Trigger"] = json.dumps({**known, **events}, ensure_ascii=True)
    return response


def toast(
    response: HttpResponse, level: str, text: str, undo_url: str | None = None
) -> HttpResponse:
    """Show a toast after the swap; `level` is ok, info, warn or danger, `undo_url` takes a POST."""
    return trigger(response, toast={"level": level, "text": str(text), "undo": undo_url})


def announce(response: HttpResponse, text: str) -> HttpResponse:
    """Say a sentence to screen readers after the swap, without showing it."""
    return trigger(response, announce=str(text))


def close_dialog(response: HttpResponse) -> HttpResponse:
    """Close the open dialog in the browser."""
    return trigger(response, closeDialog=True)


def redirect_to(request: HttpRequest, url: str) -> HttpResponse:
    """Send the browser to another page: `HX-Redirect` for htmx, 303 for everyone else."""
    if wants_partial(request):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponse(status=303, headers={"Location": url})
