"""The editor of a purchase order: lines by search, scan or paste, prices and packs as they come."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from core import clock
from core.errors import DomainError
from core.htmx import redirect_to, render_partial, wants_partial
from core.permissions import RequireCapability
from core.services.rates import RateUnknown, base_currency, to_base
from core.submissions import SubmitOnce
from inventory.models import Warehouse
from suppliers.domain import purchase_states
from suppliers.models import LandedCost, PurchaseOrder, Supplier
from suppliers.queries.budget import budget_for
from suppliers.queries.expected_days import expected_days
from suppliers.queries.landed_preview import likely_shares
from suppliers.services import (
    purchase_drafting,
    purchase_lines,
    purchase_revising,
    purchase_rows,
    purchase_submitting,
)
from suppliers.services.purchase_drafts import OrderDraft
from suppliers.services.purchase_errors import OrderStale
from suppliers.views.purchase_forms import ChangeForm, Lines, PurchaseHeadForm
from suppliers.views.purchase_words import difference_rows, source_word

BUY = "suppliers.buy"
TEMPLATE = "suppliers/purchase_editor.html"
REVISABLE = tuple(purchase_states.TRANSITIONS["revise"])
EDITABLE = ("draft", "pending", "rejected", *REVISABLE)


class Editor(RequireCapability):
    """What new and existing orders share: the form, its lines, the preview."""

    capability = BUY

    def form(
        self, data: Any = None, order: PurchaseOrder | None = None, **more: Any
    ) -> PurchaseHeadForm:
        """Return the head's form; an order the supplier may hold has to say why it changes."""
        kind = ChangeForm if order is not None and order.state in REVISABLE else PurchaseHeadForm
        return kind(
            data,
            suppliers=Supplier.objects.active().order_by("code"),
            warehouses=Warehouse.objects.visible_to(self.principal).order_by("code"),
            **more,
        )

    def draft(self, form: PurchaseHeadForm, lines: Lines) -> OrderDraft | None:
        """Return what was typed as a draft, or None when a line has to be corrected."""
        asks = lines.asks()
        if asks is None:
            return None
        data = form.cleaned_data
        return OrderDraft(
            supplier_id=int(data["supplier"]),
            warehouse_id=int(data["warehouse"]),
            lines=asks,
            currency=data["currency"],
            mode=data["mode"],
            required_by=data["required_by"],
            reason=data["reason"],
            note=data["note"],
        )

    def answer(
        self,
        request: HttpRequest,
        form: PurchaseHeadForm,
        lines: Lines,
        order: PurchaseOrder | None = None,
        status: int = 200,
        **more: Any,
    ) -> HttpResponse:
        """Return the editor's page."""
        context = {**self.context(form, lines, order), **more}
        return render(request, TEMPLATE, context, status=status)

    def context(
        self, form: PurchaseHeadForm, lines: Lines, order: PurchaseOrder | None
    ) -> dict[str, Any]:
        """Return what the template shows."""
        return {
            "form": form,
            "lines": lines,
            "order": order,
            "sources": {row.code: source_word(row.priced) for row in lines.rows if row.priced},
            "is_change": isinstance(form, ChangeForm),
            "base_currency": base_currency(),
        }


class PurchaseNew(Editor, SubmitOnce, View):
    """Write a new order."""

    def get(self, request: HttpRequest) -> HttpResponse:
        first = {name: request.GET.get(name, "") for name in ("supplier", "warehouse")}
        mode, supplier = PurchaseOrder.Mode.values[0], first["supplier"]
        days = expected_days(int(supplier) if supplier.isdecimal() else None, mode)
        due = clock.now().date() + dt.timedelta(days=days)
        return self.answer(request, self.form(initial={**first, "required_by": due}), Lines())

    def post(self, request: HttpRequest) -> HttpResponse:
        form, lines = self.form(request.POST), Lines.posted(request.POST)
        draft = self.draft(form, lines) if form.is_valid() else None
        if draft is None:
            return self.answer(request, form, lines, status=422)
        try:
            order = purchase_drafting.create_draft(
                draft, actor=self.principal.actor, at=clock.now()
            )
        except DomainError as error:
            form.refuse(error)
            return self.answer(request, form, lines, status=422)
        return redirect_to(request, reverse("purchase-order", args=[order.pk]))


class PurchaseEdit(Editor, View):
    """Change an order: a draft is saved, an approved order gets a new revision."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        order = self.order(pk)
        first = {
            name: getattr(order, name)
            for name in ("currency", "mode", "required_by", "reason", "note", "version")
        }
        first |= {"supplier": order.supplier_id, "warehouse": order.warehouse_id}
        lines = Lines.of(purchase_rows.lines_of(order))
        return self.answer(request, self.form(order=order, initial=first), lines, order)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        order = self.order(pk)
        form, lines = self.form(request.POST, order), Lines.posted(request.POST)
        draft = self.draft(form, lines) if form.is_valid() else None
        if draft is None:
            return self.answer(request, form, lines, order, 422)
        try:
            saved = self.save(order, form, draft)
            if request.POST.get("act") == "submit" and saved.state == "draft":
                purchase_submitting.submit(
                    saved.pk,
                    expected_version=saved.version,
                    actor=self.principal.actor,
                    at=clock.now(),
                )
        except OrderStale as error:
            rows = difference_rows(error.data["differences"])
            form.data = {**form.data.dict(), "version": str(error.data.get("version", ""))}
            return self.answer(
                request, form, lines, order, 409, conflict=rows, conflict_title=str(error)
            )
        except DomainError as error:
            form.refuse(error)
            return self.answer(request, form, lines, self.order(pk), error.status)
        return redirect_to(request, reverse("purchase-order", args=[order.pk]))

    def order(self, pk: int) -> PurchaseOrder:
        """Return the order within the buyer's scope."""
        rows = PurchaseOrder.objects.visible_to(self.principal).filter(state__in=EDITABLE)
        return get_object_or_404(rows.select_related("supplier", "warehouse"), pk=pk)

    def save(
        self, order: PurchaseOrder, form: PurchaseHeadForm, draft: OrderDraft
    ) -> PurchaseOrder:
        """Save over the version that was read, as a draft or as a new revision."""
        version = form.cleaned_data["version"] or 0
        if isinstance(form, ChangeForm):
            return purchase_revising.amend(
                order.pk,
                draft,
                expected_version=version,
                reason=form.cleaned_data["change_reason"],
                actor=self.principal.actor,
                at=clock.now(),
            )
        return purchase_drafting.edit_draft(
            order.pk,
            draft,
            expected_version=version,
            actor=self.principal.actor,
            at=clock.now(),
        )


class PurchaseLines(Editor, View):
    """Add lines to what is typed and show units and prices as they would be ordered."""

    def post(self, request: HttpRequest) -> HttpResponse:
        form, lines = self.form(request.POST), Lines.posted(request.POST)
        if request.POST.get("add"):
            lines.add(request.POST["add"].strip())
        elif request.POST.get("drop"):
            lines.rows = [row for row in lines.rows if row.code != request.POST["drop"]]
        elif request.POST.get("find", "").strip():
            lines.add(request.POST["find"].strip())
        if request.POST.get("table", "").strip():
            lines.paste(request.POST["table"])
        total = self.preview(form, lines) if form.is_valid() and lines.rows else None
        form.errors.clear()
        context = {**self.context(form, lines, None), "total": total}
        if wants_partial(request):
            return render_partial(request, TEMPLATE, "lines", {**context, "is_fragment": True})
        return render(request, TEMPLATE, context)

    def preview(self, form: PurchaseHeadForm, lines: Lines) -> dict[str, Any] | None:
        """Price the lines as they are typed; nothing is written."""
        draft = self.draft(form, lines)
        supplier = Supplier.objects.filter(pk=form.cleaned_data["supplier"]).first()
        if draft is None or supplier is None:
            return None
        now = clock.now()
        currency = (draft.currency or supplier.currency).upper()
        terms = purchase_lines.Terms(
            supplier_id=supplier.pk,
            currency=currency,
            on=now.date(),
            required_by=draft.required_by,
        )
        try:
            priced = purchase_lines.prepare(draft.lines, terms)
            total = purchase_rows.total_of(priced, currency)
        except (DomainError, ValueError) as error:
            lines.message = str(error) if isinstance(error, DomainError) else _no_currency()
            return None
        for row, line in zip(lines.rows, priced, strict=True):
            row.priced = line
        return {
            "amount": total,
            "currency": currency,
            **_outlook(lines, total, terms, draft.mode),
        }


def _outlook(
    lines: Lines, total: Decimal, terms: purchase_lines.Terms, mode: str
) -> dict[str, Any]:
    """Return what the goods are likely to cost landed, and what the budget has left."""
    shares = likely_shares(terms.supplier_id, mode)
    kinds = dict(LandedCost.Kind.choices)
    try:
        budget = budget_for(to_base(total, terms.currency, terms.on), now=clock.now())
    except RateUnknown:
        budget = None
    return {
        "landed": {
            row.code: shares.landed(row.priced.unit_price) for row in lines.rows if row.priced
        }
        if shares
        else {},
        "shares": [(kinds[kind], share) for kind, share in shares.by_kind.items()]
        if shares
        else [],
        "arrivals": shares.arrivals if shares else (),
        "budget": budget,
    }


def _no_currency() -> str:
    return _("Choose a currency such as USD or CNY.")
