"""Sensitive acts ask who is there again, when the last proof is older than half an hour."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import resolve_url
from django.utils.http import urlencode

from core import sessions
from core.htmx import trigger

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def is_recent(request: HttpRequest) -> bool:
    """Say whether the person proved who they are within the last half hour, in this session."""
    user = request.user
    if not user.is_authenticated or sessions.is_badge(request.session):
        return False
    proofs = get_authentication_records(request, user)
    return bool(proofs) and time.time() - proofs[-1]["at"] < settings.REAUTHENTICATION_SECONDS


def ask_again(request: HttpRequest) -> HttpResponseBase:
    """Answer with the question who is there: a dialog for htmx, a page for everyone else."""
    here = request.get_full_path() if request.method in SAFE_METHODS else _page_of(request)
    question = f"{resolve_url('account_reauthenticate')}?{urlencode({'next': here})}"
    if request.headers.get("HX-Request") == "true":
        return trigger(HttpResponse(status=401), reauth={"url": question})
    return HttpResponse(status=303, headers={"Location": question})


def _page_of(request: HttpRequest) -> str:
    """Return the page a form was sent from, if it is one of ours: a POST can't be redirected to."""
    referrer = request.headers.get("Referer", "")
    own = f"{request.scheme}://{request.get_host()}/"
    return "/" + referrer.removeprefix(own) if referrer.startswith(own) else "/"


class RecentSignIn:
    """Open a view only after a recent proof of identity. Put it right after `RequireCapability`.

    `reauthenticate_reads` also asks before showing the page.
    """

    reauthenticate_reads = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer the request if the proof is recent."""
        asks = self.reauthenticate_reads or request.method not in SAFE_METHODS
        if asks and not is_recent(request):
            return ask_again(request)
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]  # the view is next in line
        return answer
