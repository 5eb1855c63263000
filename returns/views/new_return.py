"""A return typed in at the desk: find the order, choose the lines, submit."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from core import clock
from core.errors import DomainError
from core.htmx import redirect_to
from core.permissions import RequireCapability
from core.views.notes import leave_note
from inventory.models import Warehouse
from orders.models import Order
from returns import policy_words
from returns.forms.requests import FindOrderForm, LineForm, NewReturnForm, reason_choices
from returns.services import eligibility, requesting
from returns.services.requesting import LineDraft, RequestDraft

MOST_FOUND = 20
MANAGE = "returns.manage"


class FindOrder(RequireCapability, View):
    """Which order something comes back from."""

    capability = MANAGE

    def get(self, request: HttpRequest) -> HttpResponse:
        text = request.GET.get("order", "").strip()[:80]
        form = FindOrderForm(initial={"order": text})
        found: list[Order] = []
        if text:
            found = self._orders(text)
            if len(found) == 1:
                return redirect_to(request, reverse("return-new-lines", args=[found[0].pk]))
        context = {"form": form, "found": found, "asked": text}
        return render(request, "returns/new.html", context)

    def _orders(self, text: str) -> list[Order]:
        rows = Order.objects.visible_to(self.principal).select_related("channel")
        exact = rows.filter(Q(number=text.upper()) | Q(external_id=text))
        wanted = exact if exact.exists() else rows.search(text)
        return list(wanted.order_by("-placed_at", "-pk")[:MOST_FOUND])


class NewReturn(RequireCapability, View):
    """Choose the lines of one order, reason and outcome of each; the policy's answer beside it."""

    capability = MANAGE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        order = self._order(pk)
        offer = eligibility.for_order(order.pk, at=clock.now())
        form = NewReturnForm(principal=self.principal)
        return self._page(request, offer, form, self._line_forms(offer, None), 200)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        order = self._order(pk)
        offer = eligibility.for_order(order.pk, at=clock.now())
        form = NewReturnForm(request.POST, principal=self.principal)
        lines = self._line_forms(offer, request.POST)
        wrong = [one for one in lines.values() if not one.is_valid()]
        if not form.is_valid() or wrong:
            return self._page(request, offer, form, lines, 422)
        try:
            row = requesting.submit(
                self._draft(order, form, lines), actor=self.principal.actor, at=clock.now()
            )
        except DomainError as error:
            form.refuse(error)
            status = 409 if error.status == 409 else 422
            return self._page(request, offer, form, lines, status)
        leave_note(request, _("Return %(number)s is open.") % {"number": row.number})
        return redirect_to(request, reverse("return-page", args=[row.pk]))

    def _order(self, pk: int) -> Order:
        rows = Order.objects.visible_to(self.principal).select_related("channel")
        return get_object_or_404(rows, pk=pk)

    def _line_forms(self, offer: Any, data: Any) -> dict[int, LineForm]:
        reasons = reason_choices()
        return {
            line.order_line_id: LineForm(
                data, prefix=f"line{line.order_line_id}", reasons=reasons, most=line.left_qty
            )
            for line in offer.lines
            if line.left_qty
        }

    def _draft(self, order: Order, form: Any, lines: dict[int, LineForm]) -> RequestDraft:
        data = form.cleaned_data
        place = None
        if data["warehouse"]:
            rows = Warehouse.objects.visible_to(self.principal)
            place = rows.filter(code=data["warehouse"]).values_list("pk", flat=True).first()
        return RequestDraft(
            order_id=order.pk,
            lines=tuple(_line_draft(pk, one) for pk, one in lines.items() if _units(one)),
            source="desk",
            method=data["method"],
            submission_key=f"desk-{data['submission_key']}",
            language=order.channel.language,
            note=data["note"],
            warehouse_id=place,
            override_reason=data["override_reason"],
        )

    def _page(
        self, request: HttpRequest, offer: Any, form: Any, lines: dict[int, LineForm], status: int
    ) -> HttpResponse:
        context = {
            "order": offer.order,
            "offer": offer,
            "form": form,
            "rows": [
                {
                    "line": line,
                    "form": lines.get(line.order_line_id),
                    "refusal": policy_words.REFUSALS.get(line.refusal, _(line.refusal_text))
                    if line.refusal
                    else "",
                }
                for line in offer.lines
            ],
            "line_errors": any(one.errors for one in lines.values() if one.is_bound),
        }
        return render(request, "returns/new_lines.html", context, status=status)


def _units(form: LineForm) -> int:
    return int(form.cleaned_data.get("qty") or 0)


def _line_draft(pk: int, form: LineForm) -> LineDraft:
    data = form.cleaned_data
    return LineDraft(
        order_line_id=pk,
        qty=_units(form),
        resolution=data["resolution"],
        reason_code=data["reason"],
        exchange_sku_id=data["exchange_sku_id"],
    )
