"""A14: requests about personal data with their due days, what is kept how long, and why."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import clock, erasing, files, pii, settings_store
from core.errors import DomainError
from core.forms import QForm
from core.htmx import redirect_to
from core.models import AuditEntry
from core.permissions import Principal, RequireCapability
from core.reauth import RecentSignIn
from core.tables import Column, EmptyText, IndexView, PageButton, Tab
from core.templatetags import ui
from core.upkeep import EVENTS_KEPT_FOR, JOBS_KEPT_FOR
from core.views.acts import Act
from customers.domain import account_settings
from customers.domain.privacy_states import ASKED, OPEN
from customers.models import Customer, PrivacyRequest
from customers.services import copies, privacy
from customers.services.privacy import Wish

DESK = "customers.privacy"
KINDS_OF_STATE = {
    "asked": "warn",
    "approved": "step",
    "running": "step",
    "done": "ok",
    "refused": "over",
    "withdrawn": "over",
    "expired": "over",
}


def state_chip(row: Any) -> Any:
    return ui.tag(row.get_state_display(), "", KINDS_OF_STATE[row.state])


class PrivacyDesk(IndexView):
    """Every request about personal data, what is due first."""

    key = "privacy-requests"
    url_name = "privacy-desk"
    capability = DESK
    title = _("Privacy")
    columns = (
        Column("number", _("Request"), fixed=True, sort="number"),
        Column("kind", _("Wish"), render=lambda row: row.get_kind_display()),
        Column("state", _("State"), bare=True, render=state_chip),
        Column("source", _("Came by"), render=lambda row: row.get_source_display()),
        Column("asked_at", _("Asked"), render=lambda row: ui.moment(row.asked_at)),
        Column(
            "grace_until",
            _("May be taken back until"),
            render=lambda row: ui.moment(row.grace_until) if row.grace_until else "",
        ),
        Column("due_on", _("Due"), sort="due_on", render=lambda row: ui.iso_day(row.due_on)),
    )
    tabs = (
        Tab("open", _("Open"), Q(state__in=OPEN), hot=True, sort="due_on"),
        Tab("erasure", _("Erasures"), Q(kind="erasure")),
        Tab("copy", _("Copies"), Q(kind="copy")),
        Tab("all", _("All")),
    )
    buttons = (
        PageButton(_("What is kept"), "list", "privacy-register", DESK),
        PageButton(_("Enter request"), "plus", "privacy-new", DESK, primary=True, create=True),
    )
    empty = EmptyText(
        _("No requests"),
        _("Customers ask on their own page; what comes by mail or phone is entered here."),
        "shield-check",
    )
    default_sort = "-pk"

    def rows_for(self, principal: Principal) -> QuerySet[Any]:
        return PrivacyRequest.objects.visible_to(principal)

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return rows.filter(Q(number=text.upper()) | Q(customer__number=text.upper()))

    def row_url(self, row: Any) -> str:
        return reverse("privacy-request", args=[row.pk])


class PrivacyRequestPage(RequireCapability, View):
    """One request: whose, what is in its way, who decided, what was done."""

    capability = DESK

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = PrivacyRequest.objects.visible_to(self.principal)
        row = get_object_or_404(rows.select_related("customer", "account", "file"), pk=pk)
        is_open = row.state == ASKED
        subject = privacy.subject_of(row) if is_open else None
        now = clock.now()
        context = {
            "row": row,
            "chip": state_chip(row),
            "blocks": privacy.blocks(subject) if subject and row.kind == "erasure" else [],
            "counts": {kind: len(ids) for kind, ids in subject.ids.items() if ids}
            if subject
            else {},
            "in_grace": bool(
                is_open and row.source == "account" and row.grace_until and now < row.grace_until
            ),
            "is_mine": row.asked_by == self.principal.actor.key,
            "can_fetch": row.file is not None and row.state == "done",
            "is_open": is_open,
            "timeline": [
                {"person": one.actor_label, "text": one.action, "at": one.at, "meta": one.reason}
                for one in AuditEntry.objects.of(row.key)[:50]
            ],
        }
        return render(request, "customers/privacy_request.html", context)


class NewRequestForm(QForm):
    """Whose data, and what is to happen."""

    customer = forms.CharField(label=_("Customer number"), max_length=32)
    kind = forms.ChoiceField(label=_("Wish"), choices=PrivacyRequest.Kind.choices)


class NewRequest(RequireCapability, View):
    """Enter what a customer asked for by mail or phone."""

    capability = DESK

    def get(self, request: HttpRequest) -> HttpResponse:
        known = {"customer": request.GET.get("customer", ""), "kind": request.GET.get("kind")}
        return self._page(NewRequestForm(initial=known), 200)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = NewRequestForm(request.POST)
        if not form.is_valid():
            return self._page(form, 422)
        number = form.cleaned_data["customer"].strip().upper()
        customer = Customer.objects.visible_to(self.principal).current().filter(number=number)
        found = customer.first()
        if found is None:
            form.add_error("customer", _("No customer has this number. Look it up in the list."))
            return self._page(form, 422)
        wish = Wish(form.cleaned_data["kind"], "desk", found.pk, None, found.language or "en")
        try:
            row = privacy.ask(wish, actor=self.principal.actor, at=clock.now())
        except DomainError as error:
            form.refuse(error)
            return self._page(form, error.status)
        return redirect_to(request, reverse("privacy-request", args=[row.pk]))

    def _page(self, form: NewRequestForm, status: int) -> HttpResponse:
        context = {
            "title": _("Enter a privacy request"),
            "text": _("A second person approves it. An erasure also needs that nothing is open."),
            "form": form,
            "action": self.request.path,
            "submit_text": _("Enter request"),
            "keep_text": "",
            "danger": False,
            "back_url": reverse("privacy-desk"),
        }
        return render(self.request, "core/act.html", context, status=status)


class _RequestAct(Act, View):
    capability = DESK

    def rows(self):
        return PrivacyRequest.objects.visible_to(self.principal)

    def done_url(self, found):
        return reverse("privacy-request", args=[found.pk])


class Approve(RecentSignIn, _RequestAct):
    """Let a request run, as the second person."""

    title = _("Approve the request")
    submit_text = _("Approve request")
    danger = True

    def text(self, found):
        if found.kind == "copy":
            return _("The copy is made now and can be fetched for some days.")
        return _("Erased data can't be brought back. Orders and stock stay without the person.")

    def do(self, found, form):
        privacy.approve(found.pk, actor=self.principal.actor, at=self.now)


class RefusalForm(QForm):
    """Why not."""

    reason = forms.CharField(label=_("Reason the customer is told"), max_length=300)


class Refuse(_RequestAct):
    """Say no, with a reason of law."""

    title = _("Refuse the request")
    submit_text = _("Refuse request")
    form_class = RefusalForm

    def do(self, found, form):
        reason = form.cleaned_data["reason"]
        privacy.refuse(found.pk, reason=reason, actor=self.principal.actor, at=self.now)


class Withdraw(_RequestAct):
    """The customer changed their mind."""

    title = _("Withdraw the request")
    submit_text = _("Withdraw request")

    def do(self, found, form):
        privacy.withdraw(found.pk, actor=self.principal.actor, at=self.now)


class FetchCopy(RequireCapability, View):
    """The finished copy, to be handed to the customer."""

    capability = DESK

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        rows = PrivacyRequest.objects.visible_to(self.principal).select_related("file")
        row = get_object_or_404(rows, pk=pk)
        return files.download(copies.fetch(row, at=clock.now()))


class Register(RequireCapability, View):
    """Which fields hold personal data, what erasure does with each, and how long things stay."""

    capability = DESK

    def get(self, request: HttpRequest) -> HttpResponse:
        settings = [
            (translate(spec.text), settings_store.get(spec.name), spec.unit)
            for spec in account_settings.SETTINGS
        ]
        context = {
            "models": register(),
            "settings": settings,
            "jobs_days": JOBS_KEPT_FOR.days,
            "events_days": EVENTS_KEPT_FOR.days,
        }
        return render(request, "customers/privacy_register.html", context)


ACTS = {
    "wipe": _("emptied"),
    "remove": _("row deleted"),
    "sweep": _("cut out wherever it stands"),
    "keep": _("kept"),
}


def register() -> list[dict[str, Any]]:
    """Return each model with its declared fields, their kind, and what erasure does with them."""
    done: dict[tuple[str, str], tuple[Any, str]] = {}
    for rule in erasing.rules("wipe", "sweep", "keep"):
        for name in rule.fields:
            done.setdefault((rule.label, name), (ACTS[rule.act], rule.why))
    removed = {rule.label for rule in erasing.rules("remove")}
    models: dict[str, list[dict[str, Any]]] = {}
    for entry in pii.declarations():
        if entry.data_class not in ("name", "contact", "free_text"):
            continue
        label = entry.model.lower()
        act, why = done.get((label, entry.field), ("", ""))
        if label in removed:
            act, why = ACTS["remove"], ""
        models.setdefault(entry.model, []).append(
            {"field": entry.field, "kind": entry.data_class, "act": act, "why": why}
        )
    return [{"model": model, "fields": rows} for model, rows in models.items()]
