"""The order page (O2) and what can be done from it: hold, release, cancel, edit, decide."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from core import clock
from core.errors import DomainError, gettext_noop
from core.htmx import mark_varying, redirect_to, wants_partial
from core.permissions import RequireCapability
from core.services.rates import RateUnknown
from orders import queries, words
from orders.domain.drafts import PaymentDraft
from orders.forms import AddressForm, HoldForm, PaymentForm, QtyForm, ReasonForm
from orders.models import Order, ShipmentLine
from orders.services import editing, floor, holds, lifecycle, margins, paying, substituting
from orders.services.editing import OrderEdit, with_address


class OrderView(RequireCapability, View):
    """Base: the order within the principal's scope, or 404."""

    capability: Any = "orders.view"

    def order(self, pk: int) -> Order:
        rows = Order.objects.visible_to(self.principal).select_related("channel", "customer")
        return get_object_or_404(rows, pk=pk)

    def back(self, order: Order) -> HttpResponse:
        return redirect_to(self.request, reverse("order", args=[order.pk]))

    def refused(self, order: Order, error: DomainError) -> HttpResponse:
        messages.error(self.request, str(error))
        return self.back(order)

    def done(self, order: Order, text: str) -> HttpResponse:
        messages.success(self.request, text)
        return self.back(order)


class OrderPage(OrderView):
    """Status strip, lines by warehouse, parcels, money, holds, timeline."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        order = self.order(pk)
        context: dict[str, Any] = {
            "order": order,
            "page": queries.page_of(order, now=clock.now()),
            "holds": [
                {"hold": hold, "text": words.reason(hold.kind), "advice": words.advice(hold.kind)}
                for hold in order.holds.filter(released_at=None).order_by("placed_at", "pk")
            ],
            "causes": [
                {"text": words.reason(code), "advice": words.advice(code)}
                for code in order.attention_codes
            ],
            "offers": substituting.open_proposals(order.pk),
            "may": {
                "edit": self.principal.may("orders.edit"),
                "hold": self.principal.may("orders.hold"),
                "cancel": self.principal.may("orders.cancel"),
                "pay": self.principal.may("orders.record_payment"),
                "refund": self.principal.may("returns.manage"),
                "returns": self.principal.may("returns.view"),
                "decide": self.principal.may("fulfillment.decide_short"),
                "names": self.principal.may("customers.view_names"),
                "pii": self.principal.may("customers.view_pii"),
                "cost": self.principal.may("inventory.view_cost"),
            },
            "is_closed": order.status in {"cancelled", "completed"},
        }
        if context["may"]["cost"]:
            context |= _margin(order)
        return render(request, "orders/order.html", context)


def _margin(order: Order) -> dict[str, Any]:
    try:
        return {"margin": margins.margins_of(order), "margin_problem": ""}
    except RateUnknown as error:
        return {"margin": None, "margin_problem": str(error)}


class Act(OrderView):
    """A dialog that asks, then one service call; refusals come back into the dialog (422)."""

    form_class: Any = ReasonForm
    title = ""
    text = ""
    submit_text = ""
    danger = False

    def get(self, request: HttpRequest, pk: int, **_more: Any) -> HttpResponse:
        order = self.order(pk)
        return self._ask(request, order, self.form_class(initial=self.initial(order)))

    def post(self, request: HttpRequest, pk: int, **_more: Any) -> HttpResponse:
        order = self.order(pk)
        form = self.form_class(request.POST)
        if not form.is_valid():
            return self._ask(request, order, form, 422)
        try:
            text = self.act(order, form.cleaned_data)
        except DomainError as error:
            form.add_error(self.field_of(error), str(error))
            return self._ask(request, order, form, 409 if error.status == 409 else 422)
        return self.done(order, text)

    def field_of(self, error: DomainError) -> str | None:
        return None

    def initial(self, order: Order) -> dict[str, Any]:
        return {}

    def act(self, order: Order, data: dict[str, Any]) -> str:
        raise LookupError(f"{type(self).__name__} does nothing")

    def _ask(self, request: HttpRequest, order: Order, form: Any, status: int = 200):
        context = {
            "order": order,
            "title": _(self.title) % {"number": order.number},
            "text": _(self.text) if self.text else "",
            "form": form,
            "action": request.path,
            "submit_text": _(self.submit_text),
            "danger": self.danger,
        }
        fragment = wants_partial(request)
        template = "components/confirm.html" if fragment else "orders/act.html"
        return mark_varying(render(request, template, context, status=status), fragment=fragment)


class Hold(Act):
    """Put the order on hold."""

    capability = "orders.hold"
    form_class = HoldForm
    title = gettext_noop("Hold order %(number)s?")
    text = gettext_noop("Its next step stops at once. Promised stock stays promised for 48 hours.")
    submit_text = gettext_noop("Hold order")

    def act(self, order: Order, data: dict[str, Any]) -> str:
        holds.place_hold(
            order.pk,
            data["kind"],
            note=data["note"],
            until=data["until"],
            actor=self.principal.actor,
            at=clock.now(),
        )
        return _("Order is on hold.")


class ReleaseHold(Act):
    """Release one hold; others stay."""

    capability = "orders.hold"
    title = gettext_noop("Release the hold of order %(number)s?")
    text = gettext_noop("When it was the last one, the order goes on by itself.")
    submit_text = gettext_noop("Release hold")

    def act(self, order: Order, data: dict[str, Any]) -> str:
        holds.release_hold(
            order.pk,
            self.kwargs["kind"],
            reason=data["reason"],
            actor=self.principal.actor,
            at=clock.now(),
        )
        return _("Hold released.")


class Cancel(Act):
    """Cancel what has not left."""

    capability = "orders.cancel"
    title = gettext_noop("Cancel order %(number)s?")
    text = gettext_noop(
        "Stock is freed, picked goods go back to their bins, and what was paid is owed back."
    )
    submit_text = gettext_noop("Cancel order")
    danger = True

    def act(self, order: Order, data: dict[str, Any]) -> str:
        result = lifecycle.cancel(
            order.pk, reason=data["reason"], actor=self.principal.actor, at=clock.now()
        )
        if result.is_repeat:
            return _("The order was cancelled already.")
        return _("Order cancelled.")


class RecordPayment(Act):
    """Write down money that a gateway or a bank says has come in."""

    capability = "orders.record_payment"
    form_class = PaymentForm
    title = gettext_noop("Record a payment for order %(number)s")
    text = gettext_noop("A reference counts once. A payment hold goes when all is paid.")
    submit_text = gettext_noop("Record payment")

    def initial(self, order: Order) -> dict[str, Any]:
        return {"amount": paying.still_due(order) or None}

    def field_of(self, error: DomainError) -> str | None:
        return "gateway_reference" if isinstance(error, paying.PaymentReferenceUsed) else None

    def act(self, order: Order, data: dict[str, Any]) -> str:
        payment = PaymentDraft(
            data["amount"], order.currency, data["gateway_reference"], data["method"]
        )
        paying.record_payment(order.pk, payment, actor=self.principal.actor, at=clock.now())
        return _("Payment recorded.")


class EditAddress(Act):
    """Correct the address; the order is checked and routed again."""

    capability = ("orders.edit",)
    form_class = AddressForm
    title = gettext_noop("Correct the address of order %(number)s")
    text = gettext_noop("The country can't change: cancel and order again for another country.")
    submit_text = gettext_noop("Save address")

    def initial(self, order: Order) -> dict[str, Any]:
        return AddressForm.initial_of(order)

    def act(self, order: Order, data: dict[str, Any]) -> str:
        parts = {key: data[key] for key in AddressForm.base_fields if key != "version"}
        change = OrderEdit(version=data["version"], ship_to=with_address(order, **parts))
        result = editing.edit(order.pk, change, actor=self.principal.actor, at=clock.now())
        if result.address_problems:
            return _("Saved, and still incomplete: %(what)s.") % {
                "what": ", ".join(result.address_problems)
            }
        return _saved_address(result)


def _saved_address(result: editing.EditResult) -> str:
    texts = [_("Address saved.")]
    if result.relabelled:
        text = _("New labels are on their way for %(parcels)s: stick them over the old ones.")
        texts.append(text % {"parcels": ", ".join(result.relabelled)})
    if result.parcels_gone:
        text = _("%(parcels)s left before: they go to the old address.")
        texts.append(text % {"parcels": ", ".join(result.parcels_gone)})
    return " ".join(texts)


class EditQty(Act):
    """Change the quantity of one line."""

    capability = "orders.edit"
    form_class = QtyForm
    title = gettext_noop("Change a quantity of order %(number)s")
    text = gettext_noop("Stock, promise and money follow. 0 cancels the line.")
    submit_text = gettext_noop("Save quantity")

    def initial(self, order: Order) -> dict[str, Any]:
        line = get_object_or_404(order.lines, position=self.kwargs["position"])
        return {
            "position": line.position,
            "qty": line.qty - line.cancelled_qty,
            "version": order.version,
        }

    def act(self, order: Order, data: dict[str, Any]) -> str:
        change = OrderEdit(version=data["version"], qty={self.kwargs["position"]: int(data["qty"])})
        editing.edit(order.pk, change, actor=self.principal.actor, at=clock.now())
        return _("Quantity saved.")


class DecideShort(OrderView):
    """What happens to units nobody found: ship the rest, wait, split or cancel."""

    capability = "fulfillment.decide_short"

    def post(self, request: HttpRequest, pk: int, line_pk: int, choice: str) -> HttpResponse:
        order = self.order(pk)
        line = get_object_or_404(ShipmentLine, pk=line_pk, shipment__order=order)
        try:
            floor.decide_short(line.pk, choice=choice, actor=self.principal.actor, at=clock.now())
        except DomainError as error:
            return self.refused(order, error)
        return self.done(order, _("Decided."))
