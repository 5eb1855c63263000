"""Notifications (G7): what a person should know, unread first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views import View

from core import clock, notices
from core.htmx import mark_varying, redirect_to, wants_partial
from core.permissions import SIGNED_IN, RequireCapability

SHOWN = 50


class NoticeIndex(RequireCapability, View):
    """The person's notices; POST marks one or all of them read."""

    capability = SIGNED_IN

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = notices.of_user(self.principal.actor.id or 0)[:SHOWN]
        entries = [{"notice": row, "text": notices.sentence(row)} for row in rows]
        template = "shell/notices.html" + ("#list" if wants_partial(request) else "")
        answer = render(request, template, {"entries": entries})
        return mark_varying(answer, fragment=wants_partial(request))

    def post(self, request: HttpRequest) -> HttpResponse:
        one = request.POST.get("notice", "")
        ids = [int(one)] if one.isdecimal() else None
        notices.mark_read(self.principal.actor.id or 0, at=clock.now(), ids=ids)
        return redirect_to(request, reverse("notices-index"))
