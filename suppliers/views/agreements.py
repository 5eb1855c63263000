"""Agreements in the office: the list, one version with prices, batches and its changes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import clock
from core.errors import DomainError
from core.htmx import redirect_to
from core.models import ApprovalRequest, AuditEntry
from core.permissions import Principal, RequireCapability
from core.tables import Column, EmptyText, Filter, IndexView, PageButton, Tab
from core.templatetags import ui
from core.views.acts import Act
from suppliers.models import Agreement, AgreementLine, CallOff, Supplier
from suppliers.queries.agreement_terms import changes, coverage, fingerprint
from suppliers.queries.agreements import batches, used_of
from suppliers.services import agreement_approving, agreement_drafts, agreements, pricing
from suppliers.views.arrivals import supplier_options
from suppliers.views.term_forms import (
    AgreementForm,
    DaysForm,
    ReasonForm,
    SignForm,
    first_agreement_values,
)

BUY, PRICES = "suppliers.buy", "suppliers.view_prices"


class AgreementIndex(IndexView):
    """Every agreement, its newest version first."""

    key = "agreements"
    capability = PRICES
    title = _("Agreements")
    columns = (
        Column("number", _("Agreement"), fixed=True, render=str, sort="number"),
        Column("supplier.name", _("Supplier")),
        Column("title", _("Title"), off=True),
        Column("state", _("State"), bare=True, render=lambda row: ui.chip("agreement", row.state)),
        Column("valid_from", _("Valid from"), render=lambda row: ui.iso_day(row.valid_from)),
        Column("valid_until", _("Valid until"), render=lambda row: ui.iso_day(row.valid_until)),
        Column("currency", _("Currency")),
        Column("sku_n", _("SKUs"), end=True),
        Column(
            "approved_at", _("Approved"), off=True, render=lambda row: ui.moment(row.approved_at)
        ),
    )
    tabs = (
        Tab("all", _("All")),
        Tab("pending", _("To approve"), Q(state="pending_approval"), hot=True),
        Tab("active", _("Active"), Q(state="active")),
        Tab("draft", _("Drafts"), Q(state="draft")),
        Tab("over", _("Over"), Q(state__in=("expired", "terminated"))),
    )
    filters = (
        Filter(
            "supplier",
            _("Supplier"),
            field="supplier__code",
            options=supplier_options,
            promoted=True,
        ),
        Filter("until", _("Valid until"), field="valid_until", kind="day"),
    )
    buttons = (
        PageButton(_("Create agreement"), "plus", "agreement-new", BUY, primary=True, create=True),
    )
    empty = EmptyText(
        _("No agreements yet"),
        _("Write down what you agreed with a supplier: orders then take its prices by themselves."),
        "file-text",
        action_text=_("Create agreement"),
        action_url_name="agreement-new",
    )
    default_sort = "-pk"

    def rows_for(self, principal: Principal) -> QuerySet[Any]:
        rows = Agreement.objects.visible_to(principal).select_related("supplier")
        return rows.annotate(sku_n=Count("lines__sku", distinct=True))

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        named = AgreementLine.objects.filter(sku__code=text).values("agreement_id")
        return rows.filter(Q(number__iexact=text) | Q(pk__in=named))

    def row_url(self, row: Any) -> str:
        return reverse("agreement", args=[row.pk])


class AgreementPage(RequireCapability, View):
    """One version: prices, caps, batches, what changed, warnings, who did what."""

    capability = PRICES

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = Agreement.objects.visible_to(self.principal)
        agreement = get_object_or_404(rows.select_related("supplier", "previous"), pk=pk)
        used = used_of([agreement.pk])[agreement.pk]
        call_offs = CallOff.objects.filter(agreement=agreement).select_related("sku")
        gaps, overlaps = coverage(agreement)
        changed = changes(agreement)
        context = {
            "agreement": agreement,
            "prices": _prices(agreement, changed),
            "dropped": [one for one in changed if one.kind == "price" and one.what == "removed"],
            "header_changes": [_header_row(one) for one in changed if one.kind == "header"],
            "batches": batches(list(call_offs), used.by_sku),
            "used": used,
            "left_qty": None if agreement.cap_qty is None else agreement.cap_qty - used.qty,
            "left_amount": None
            if agreement.cap_amount is None
            else agreement.cap_amount - used.amount,
            "factors": pricing.factors(),
            "gaps": gaps,
            "overlaps": overlaps,
            "versions": Agreement.objects.filter(number=agreement.number).order_by("-version"),
            "timeline": _timeline(agreement),
            "waiting": _waiting(agreement),
            **self._may(agreement),
        }
        return render(request, "suppliers/agreement.html", context)

    def _may(self, agreement: Agreement) -> dict[str, bool]:
        buys, state = self.principal.may(BUY), agreement.state
        newest = not Agreement.objects.filter(previous=agreement).exists()
        waits = state == "pending_approval"
        standing = state in {"active", "suspended"}
        return {
            "may_edit": buys and state == "draft",
            "may_withdraw": buys and waits,
            "may_suspend": buys and state == "active",
            "may_resume": buys and state == "suspended",
            "may_end": buys and standing,
            "may_sign": buys and not agreement.ended_at,
            "may_renew": buys and newest and state not in {"draft", "pending_approval"},
        }


def _waiting(agreement: Agreement) -> ApprovalRequest | None:
    if agreement.state != Agreement.State.PENDING_APPROVAL:
        return None
    key = agreement_approving.key_of(agreement.pk)
    return ApprovalRequest.objects.waiting().filter(document_key=key).first()


def _prices(agreement: Agreement, changed: list[Any]) -> list[dict[str, Any]]:
    marks = {one.key: one for one in changed if one.kind == "price"}
    lines = agreement.lines.select_related("sku").order_by("sku__code", "min_qty")
    return [{"line": line, "change": marks.get((line.sku.code, line.min_qty))} for line in lines]


def _header_row(change: Any) -> dict[str, Any]:
    name = change.key[0]
    field = Agreement._meta.get_field(name)
    return {
        "text": getattr(field, "verbose_name", name),
        "before": _plain(change.before),
        "after": _plain(change.after),
    }


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value in (None, ""):
        return "—"
    return value.isoformat() if isinstance(value, dt.date) else value


def _timeline(agreement: Agreement) -> list[dict[str, Any]]:
    words = {
        "created": _("Created"),
        "edited": _("Edited"),
        "versioned": _("Version begun"),
        "submitted": _("Submitted"),
        "withdrawn": _("Taken back"),
        "rejected": _("Rejected"),
        "approval_expired": _("Approval expired"),
        "approved": _("Approved"),
        "suspended": _("Suspended"),
        "resumed": _("Resumed"),
        "signed": _("Acceptance recorded"),
        "ended": _("Ended"),
        "expired": _("Expired"),
        "replaced": _("Replaced by a newer version"),
    }
    entries = AuditEntry.objects.filter(
        target_kind="agreement",
        target_id=str(agreement.pk),
        action__startswith="suppliers.agreement_",
    )
    return [
        {
            "person": entry.actor_label if entry.actor_kind == "user" else "",
            "glyph": "circle-dot",
            "text": words.get(entry.action.removeprefix("suppliers.agreement_"), entry.action),
            "at": entry.at,
            "meta": entry.reason,
        }
        for entry in entries.order_by("-at", "-pk")[:50]
    ]


class AgreementNew(RequireCapability, View):
    """Write an agreement; `?supplier=` names whose."""

    capability = BUY

    def get(self, request: HttpRequest) -> HttpResponse:
        chosen = self._suppliers().filter(code=request.GET.get("supplier", "")).first()
        initial = {"supplier": chosen.code, "currency": chosen.currency} if chosen else {}
        return self._answer(request, self._form(initial=initial))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self._form(request.POST)
        if not form.is_valid():
            return self._answer(request, form, 422)
        supplier = get_object_or_404(self._suppliers(), code=form.cleaned_data["supplier"])
        try:
            made = agreement_drafts.create(
                supplier.pk, form.draft(), actor=self.principal.actor, at=clock.now()
            )
        except DomainError as error:
            form.refuse(error)
            return self._answer(request, form, 422)
        return redirect_to(request, reverse("agreement", args=[made.pk]))

    def _suppliers(self) -> QuerySet[Supplier]:
        return Supplier.objects.visible_to(self.principal).active().order_by("code")

    def _form(self, *args: Any, **more: Any) -> AgreementForm:
        form = AgreementForm(*args, **more)
        form.ask_supplier([(row.code, f"{row.code} · {row.name}") for row in self._suppliers()])
        return form

    def _answer(self, request: HttpRequest, form: AgreementForm, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "title": _("Create agreement"),
            "submit_text": _("Save draft"),
            "back_url": reverse("agreements-index"),
        }
        return render(request, "suppliers/agreement_form.html", context, status=status)


class AgreementEdit(RequireCapability, View):
    """Edit a draft."""

    capability = BUY

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = self._found(pk)
        values = first_agreement_values(agreement_drafts.as_draft(found))
        return self._answer(
            request, found, AgreementForm(initial={**values, "expected": fingerprint(found)})
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = self._found(pk)
        form = AgreementForm(request.POST)
        if not form.is_valid():
            return self._answer(request, found, form, 422)
        try:
            agreement_drafts.edit(
                found.pk,
                form.draft(),
                expected=form.cleaned_data["expected"],
                actor=self.principal.actor,
                at=clock.now(),
            )
        except DomainError as error:
            form.refuse(error)
            return self._answer(request, found, form, 409 if error.status == 409 else 422)
        return redirect_to(request, reverse("agreement", args=[found.pk]))

    def _found(self, pk: int) -> Agreement:
        return get_object_or_404(Agreement.objects.visible_to(self.principal), pk=pk)

    def _answer(
        self, request: HttpRequest, found: Agreement, form: AgreementForm, status: int = 200
    ) -> HttpResponse:
        context = {
            "form": form,
            "agreement": found,
            "title": _("Edit agreement"),
            "submit_text": _("Save draft"),
            "back_url": reverse("agreement", args=[found.pk]),
        }
        return render(request, "suppliers/agreement_form.html", context, status=status)


class AgreementAct(Act, View):
    """An act on one agreement."""

    capability: Any = BUY

    def rows(self):
        return Agreement.objects.visible_to(self.principal).select_related("supplier")

    def text(self, found):
        return f"{found} · {found.supplier.name}"

    def done_url(self, found):
        return reverse("agreement", args=[found.pk])

    def who(self) -> dict[str, Any]:
        return {"actor": self.principal.actor, "at": self.now}


class SubmitAgreement(AgreementAct):
    """Ask for approval."""

    title = _("Submit agreement?")
    submit_text = _("Submit agreement")

    def do(self, found, form):
        agreement_approving.submit(found.pk, **self.who())


class WithdrawAgreement(AgreementAct):
    """Take a submitted agreement back."""

    title = _("Take the agreement back?")
    submit_text = _("Take back")

    def do(self, found, form):
        agreement_approving.withdraw(found.pk, **self.who())


class SuspendAgreement(AgreementAct):
    """Stop call-offs for a while."""

    title = _("Suspend agreement?")
    submit_text = _("Suspend agreement")
    form_class = ReasonForm
    danger = True

    def do(self, found, form):
        agreements.suspend(found.pk, reason=form.cleaned_data["reason"], **self.who())


class ResumeAgreement(AgreementAct):
    """Let call-offs go on."""

    title = _("Resume agreement?")
    submit_text = _("Resume agreement")

    def do(self, found, form):
        agreements.resume(found.pk, **self.who())


class EndAgreement(AgreementAct):
    """End an agreement for good."""

    title = _("End agreement?")
    submit_text = _("End agreement")
    form_class = ReasonForm
    danger = True

    def do(self, found, form):
        agreements.end(found.pk, reason=form.cleaned_data["reason"], **self.who())


class SignAgreement(AgreementAct):
    """Note who accepted it for the supplier."""

    title = _("Record acceptance")
    submit_text = _("Record acceptance")
    form_class = SignForm

    def first_values(self, found):
        return {"signed_by": found.signed_by, "signed_on": found.signed_on or self.now.date()}

    def do(self, found, form):
        data = form.cleaned_data
        agreements.sign(
            found.pk, signed_by=data["signed_by"], signed_on=data["signed_on"], **self.who()
        )


class RenewAgreement(AgreementAct):
    """Begin the next version."""

    title = _("New version")
    submit_text = _("Begin version")
    form_class = DaysForm

    def first_values(self, found):
        length = found.valid_until - found.valid_from
        begins = found.valid_until + dt.timedelta(days=1)
        return {"valid_from": begins, "valid_until": begins + length}

    def do(self, found, form):
        data = form.cleaned_data
        self.made = agreement_drafts.new_version(
            found.pk,
            valid_from=data["valid_from"],
            valid_until=data["valid_until"],
            **self.who(),
        )

    def done_url(self, found):
        made = getattr(self, "made", None)
        return reverse("agreement", args=[made.pk if made else found.pk])


class DiscardAgreement(AgreementAct):
    """Delete a draft that was never in force."""

    title = _("Delete draft?")
    submit_text = _("Delete draft")
    danger = True

    def do(self, found, form):
        self.is_gone = True
        agreement_drafts.discard(found.pk, **self.who())

    def done_url(self, found):
        if getattr(self, "is_gone", False):
            return reverse("agreements-index")
        return super().done_url(found)
