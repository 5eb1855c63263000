"""Start a review now instead of waiting for the night."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from core import jobs
from core.htmx import mark_varying, redirect_to, wants_partial
from core.permissions import RequireCapability
from core.views.acts import NoFields
from core.views.notes import leave_note

JOB = "planning.review_replenishment"


class StartReview(RequireCapability, View):
    """Ask, then queue one review; a repeated press starts no second one."""

    capability = "planning.manage"

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {
            "title": _("Review everything now?"),
            "text": _(
                "Stock, orders and forecasts are read again. What people changed stays changed."
            ),
            "form": NoFields(),
            "action": request.path,
            "submit_text": _("Start review"),
            "back_url": reverse("proposal-index"),
        }
        fragment = wants_partial(request)
        name = "components/confirm.html" if fragment else "core/act.html"
        return mark_varying(render(request, name, context), fragment=fragment)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = NoFields(request.POST)
        form.is_valid()
        with transaction.atomic():
            jobs.enqueue(
                JOB,
                key=f"{JOB}:{form.cleaned_data['submission_key']}",
                queue="interactive",
                started_by=self.principal.actor.key,
                title=_("Review of replenishment"),
            )
        leave_note(request, _("The review has started. The jobs list shows how far it is."))
        return redirect_to(request, reverse("proposal-index"))
