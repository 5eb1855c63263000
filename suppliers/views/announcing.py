"""Staff announce what comes of a purchase order, and move the day an arrival is expected."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import clock
from core.errors import DomainError
from core.htmx import redirect_to
from core.permissions import RequireCapability
from suppliers.forms import DayForm, OrderArrivalForm
from suppliers.models import Asn, PurchaseLine, PurchaseOrder
from suppliers.queries.to_announce import may_come, with_units_left
from suppliers.services import announcing
from suppliers.services.drafts import OrderArrivalDraft
from suppliers.views.arrivals import MANAGE, ArrivalAct


class OrderArrivalNew(RequireCapability, View):
    """Announce what comes of an order; every line begins with what is still open of it."""

    capability = MANAGE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        order = self._order(pk)
        form = self._form(order, initial={"expected_on": order.due_on})
        return self._answer(request, order, form)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        order = self._order(pk)
        form = self._form(order, request.POST)
        if not form.is_valid():
            return self._answer(request, order, form, 422)
        data = form.cleaned_data
        draft = OrderArrivalDraft(
            order_id=order.pk,
            units=form.units(),
            reference=data["reference"],
            carrier=data["carrier"],
            tracking=data["tracking"],
            expected_on=data["expected_on"],
        )
        try:
            asn = announcing.announce(draft, actor=self.principal.actor, at=clock.now())
        except DomainError as error:
            form.refuse(error)
            return self._answer(request, order, form, 409 if error.status == 409 else 422)
        return redirect_to(request, reverse("arrival", args=[asn.pk]))

    def _order(self, pk: int) -> PurchaseOrder:
        rows = PurchaseOrder.objects.visible_to(self.principal)
        return get_object_or_404(rows.select_related("supplier", "warehouse"), pk=pk)

    def _form(self, order: PurchaseOrder, data: Any = None, **more: Any) -> OrderArrivalForm:
        rows = with_units_left(PurchaseLine.objects.filter(order=order)).select_related("sku")
        lines = rows.order_by("position", "pk")
        return OrderArrivalForm(data, lines=[line for line in lines if line.left_qty], **more)

    def _answer(
        self, request: HttpRequest, order: PurchaseOrder, form: OrderArrivalForm, status: int = 200
    ) -> HttpResponse:
        context = {"order": order, "form": form, "may_come": may_come(order) and form.lines}
        return render(request, "suppliers/order_arrival.html", context, status=status)


class RescheduleArrival(ArrivalAct):
    """Expect an arrival on another day."""

    title = _("When does it arrive?")
    submit_text = _("Change day")
    keep_text = _("Keep the day")
    form_class = DayForm

    def text(self, found: Asn) -> str:
        return f"{found.number} · {found.supplier.name} → {found.warehouse.code}"

    def first_values(self, found: Asn) -> dict[str, Any]:
        return {"expected_on": found.expected_on}

    def do(self, found: Asn, form: Any) -> None:
        announcing.reschedule(
            found.pk,
            expected_on=form.cleaned_data["expected_on"],
            actor=self.principal.actor,
            at=self.now,
        )
