"""Settings: every figure of the product with its default, its value and where it came from."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from core import clock, settings_store
from core.errors import DomainError
from core.htmx import mark_varying, redirect_to, toast, wants_partial
from core.permissions import RequireCapability
from core.setting_names import dump


class SettingsPage(RequireCapability, View):
    """All settings by area; POST changes one or sets it back to its default."""

    capability = "settings.view"
    write_capability = "settings.manage"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._answer(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        name, raw = request.POST.get("name", ""), request.POST.get("value", "")
        try:
            if request.POST.get("reset"):
                settings_store.reset(name, actor=self.principal.actor, at=clock.now())
            else:
                settings_store.put(name, raw, actor=self.principal.actor, at=clock.now())
        except (DomainError, settings_store.UnknownSetting) as error:
            return self._answer(request, {"name": name, "raw": raw, "text": str(error)})
        return toast(
            redirect_to(request, f"{reverse('settings-index')}#{name}"), "ok", _("Setting saved")
        )

    def _answer(self, request: HttpRequest, problem: dict[str, str] | None = None) -> HttpResponse:
        rows = [
            {
                "spec": row.spec,
                "text": dump(row.value),
                "default_text": dump(row.spec.default),
                "is_default": row.is_default,
                "changed_at": row.changed_at,
                "changed_by_key": row.changed_by_key,
            }
            for row in settings_store.overview()
        ]
        areas = [
            (area, list(members))
            for area, members in groupby(rows, key=lambda row: row["spec"].name.partition(".")[0])
        ]
        fragment = wants_partial(request)
        template = "shell/settings.html" + ("#list" if fragment else "")
        context = {
            "areas": areas,
            "problem": problem,
            "may_change": self.principal.may("settings.manage"),
        }
        answer = render(request, template, context, status=422 if problem else 200)
        return mark_varying(answer, fragment=fragment)
