"""Recall of a lot (M6): one click from the lot to shipments, orders and customers, and the stop."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views import View

from core import audit, clock
from core.errors import DomainError
from core.htmx import redirect_to
from core.permissions import Principal, RequireCapability
from inventory.models import Lot
from inventory.queries.genealogy import kit_lots_with
from orders.forms import RecallForm
from orders.services import lot_recalls
from orders.services.lot_recalls import Recipient

MOST_SHOWN = 200
COLUMNS = (
    "order",
    "shipment",
    "channel",
    "customer",
    "name",
    "email",
    "country",
    "units",
    "status",
    "shipped_at",
)


class LotView(RequireCapability, View):
    """Base of the pages about who got a lot: they show customers, so orders must be in reach."""

    capability: Any = "orders.view"

    def lot(self, pk: int) -> Lot:
        rows = Lot.objects.visible_to(self.principal).select_related("sku")
        return get_object_or_404(rows, pk=pk)


class LotRecall(LotView):
    """Who has units of a lot and who was about to get them; POST recalls it for good."""

    write_capability = "inventory.hold_lot"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._answer(request, self.lot(pk), RecallForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        lot, form = self.lot(pk), RecallForm(request.POST)
        if not form.is_valid():
            return self._answer(request, lot, form, 422)
        try:
            outcome = lot_recalls.recall(
                lot.pk,
                event_key=f"screen:recall:{form.cleaned_data['submission_key']}",
                reason=form.cleaned_data["reason"],
                actor=self.principal.actor,
                at=clock.now(),
            )
        except DomainError as error:
            form.add_error(None, str(error))
            return self._answer(request, lot, form, 422)
        count = len(outcome.stopped_ids)
        messages.success(
            request,
            ngettext(
                "Lot recalled. %(count)s shipment was stopped.",
                "Lot recalled. %(count)s shipments were stopped.",
                count,
            )
            % {"count": count},
        )
        return redirect_to(request, reverse("lot-recall", args=[pk]))

    def _answer(
        self, request: HttpRequest, lot: Lot, form: RecallForm, status: int = 200
    ) -> HttpResponse:
        context = {
            "lot": lot,
            "reach": lot_recalls.reach_of(lot),
            "recipients": list(lot_recalls.recipients(lot, self.principal, most=MOST_SHOWN)),
            "kit_lots": kit_lots_with([lot.pk]),
            "form": form,
            "may_recall": self.principal.may("inventory.hold_lot") and lot.status != "recalled",
        }
        return render(request, "orders/recall.html", context, status=status)


class Contacts(LotView):
    """Everybody who got units of a lot as a file to write to them; each download is logged."""

    capability = ("inventory.hold_lot",)

    def get(self, request: HttpRequest, pk: int) -> StreamingHttpResponse:
        lot = self.lot(pk)
        audit.record(
            actor=self.principal.actor,
            action="orders.recall_contacts_exported",
            target=f"lot:{lot.pk}",
            at=clock.now(),
        )
        answer = StreamingHttpResponse(
            _rows(lot, self.principal), content_type="text/csv; charset=utf-8"
        )
        answer["Content-Disposition"] = f'attachment; filename="recall-{lot.pk}.csv"'
        return answer


class _Line:
    def write(self, text: str) -> str:
        return text


def _rows(lot: Lot, principal: Principal) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield "\ufeff" + writer.writerow(COLUMNS)
    for row in lot_recalls.recipients(lot, principal):
        yield writer.writerow([_safe(value) for value in _cells(row)])


def _cells(row: Recipient) -> tuple[object, ...]:
    return (
        row.order_number,
        row.shipment_number,
        row.channel_code,
        row.customer_id or "",
        row.name,
        row.email,
        row.country,
        row.qty,
        row.status,
        row.shipped_at.isoformat() if row.shipped_at else "",
    )


def _safe(value: object) -> str:
    # A name that begins like a formula must not be run by the spreadsheet that opens the file.
    text = str(value)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
