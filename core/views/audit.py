"""A13: the audit log: who did what to what, and the proof that nobody rewrote it."""

from __future__ import annotations

import json

from django.db import transaction
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import audit, clock
from core.models import AuditEntry, AuditSeal
from core.permissions import RequireCapability
from core.tables import Column, EmptyText, Filter, IndexView, PageButton
from core.views.notes import leave_note


def target_of(entry) -> str:
    return f"{entry.target_kind}:{entry.target_id}"


def compact(value) -> str:
    return "" if not value else json.dumps(value, ensure_ascii=False, sort_keys=True)


def changed(entry) -> str:
    """Return what changed in one line."""
    before, after = entry.before or {}, entry.after or {}
    names = [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]
    return ", ".join(names[:6])


class AuditIndex(IndexView):
    """Every entry, newest first."""

    capability = "audit.view"
    key = "audit"
    title = _("Audit log")
    columns = (
        Column("at", _("When"), fixed=True),
        Column("actor_label", _("Who")),
        Column("action", _("What"), bare=True),
        Column("target", _("Object"), render=target_of, export=target_of, bare=True),
        Column("changed", _("Changed"), render=changed, export=changed),
        Column("reason", _("Reason")),
        Column("before", _("Before"), off=True, export=lambda entry: compact(entry.before)),
        Column("after", _("After"), off=True, export=lambda entry: compact(entry.after)),
        Column("request_id", _("Request"), off=True, bare=True),
    )
    filters = (
        Filter("day", _("Day"), field="recorded_at", kind="day", promoted=True),
        Filter("action", _("What"), field="action", kind="text", promoted=True),
        Filter(
            "object",
            _("Object"),
            kind="text",
            narrow=lambda rows, values: rows.of(values[0]).order_by(),
            promoted=True,
        ),
        Filter("request", _("Request"), field="request_id", kind="text"),
        Filter(
            "kind",
            _("Kind of actor"),
            field="actor_kind",
            options=(
                ("user", _("People")),
                ("api_key", _("API keys")),
                ("system", _("System")),
                ("customer", _("Customers and strangers")),
            ),
        ),
    )
    buttons = (PageButton(_("Check the chain"), "shield-check", "audit-verify", "audit.view"),)
    empty = EmptyText(_("Nothing has happened yet"), _("Every change leaves an entry."), "history")

    def rows_for(self, principal):
        return AuditEntry.objects.visible_to(principal)

    def search(self, rows, text):
        return rows.filter(actor_label__istartswith=text)

    def row_url(self, row):
        return reverse("audit-entry", args=[row.pk])

    def post(self, request, *args, **kwargs):
        self.principal.require("audit.export")
        with transaction.atomic():
            audit.record(
                actor=self.principal.actor,
                action="audit.exported",
                target="audit:log",
                after={"query": request.POST.get("query", "")[:500]},
                at=clock.now(),
            )
            return super().post(request, *args, **kwargs)


class AuditPage(RequireCapability, View):
    """One entry with everything it says."""

    capability = "audit.view"

    def get(self, request, pk):
        entry = get_object_or_404(AuditEntry.objects.visible_to(self.principal), pk=pk)
        before, after = entry.before or {}, entry.after or {}
        context = {
            "entry": entry,
            "target": target_of(entry),
            "changes": [
                (name, shown(before.get(name)), shown(after.get(name)))
                for name in sorted({*before, *after})
            ],
            "others": AuditEntry.objects.of(target_of(entry)).exclude(pk=entry.pk)[:20],
        }
        return render(request, "core/audit_entry.html", context)


def shown(value) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else compact(value)


class VerifyAudit(RequireCapability, View):
    """The state of the chain; POST checks every sealed day again."""

    capability = "audit.view"
    write_capability = "audit.export"

    def get(self, request):
        return self._page(request, None)

    def post(self, request):
        breaches = audit.verify()
        if not breaches:
            leave_note(request, str(_("Every sealed day is as it was written.")))
        return self._page(request, breaches)

    def _page(self, request, breaches):
        newest = AuditSeal.objects.order_by("-on").first()
        context = {
            "breaches": breaches,
            "newest": newest,
            "days": AuditSeal.objects.count(),
            "entries": AuditEntry.objects.count(),
            "may_check": self.principal.may("audit.export"),
        }
        return render(request, "core/audit_chain.html", context)
