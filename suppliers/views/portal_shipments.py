"""V4: a shipment built from an order, row by row, until it arrives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import DomainError
from suppliers.domain import carton_measures, shipment_rows
from suppliers.domain.shipment_rows import Problem
from suppliers.models import Asn, AsnContent, PurchaseOrder
from suppliers.portal_page import SupplierPage
from suppliers.queries import portal
from suppliers.queries.portal import PortalLine
from suppliers.services import carton_papers, portal_drafts, supplier_shipments
from suppliers.services.answer_errors import ShipmentLimit, ShipmentRefused
from suppliers.services.shipment_drafts import ShipmentDraft
from suppliers.views.portal_forms import (
    HEAD_FIELDS,
    MOST_BYTES,
    ROW_FIELDS,
    ShipmentForm,
    rows_of_text,
)

BLANK_ROWS = 3
DONE: dict[str, Any] = {
    "save": gettext_lazy("Saved. Nothing is announced yet."),
    "forget": gettext_lazy("Forgotten. The rows are those of the order again."),
}

WORDS: dict[str, Any] = {
    shipment_rows.LINE_UNKNOWN: gettext_lazy("Choose the SKU of this row."),
    shipment_rows.CARTON_EMPTY: gettext_lazy("%(sku)s: the carton is empty. Enter its units."),
    shipment_rows.OVER_ORDER: gettext_lazy("%(sku)s: only %(n)s units are left on the order."),
    shipment_rows.LOT_MISSING: gettext_lazy("%(sku)s: enter the lot."),
    shipment_rows.EXPIRY_MISSING: gettext_lazy("%(sku)s: enter the expiry date."),
    shipment_rows.EXPIRED: gettext_lazy("%(sku)s: expired on %(text)s. Ship another lot."),
    shipment_rows.SSCC_BAD: gettext_lazy("%(text)s is not an SSCC: 18 digits with a check digit."),
    shipment_rows.SSCC_KNOWN: gettext_lazy("SSCC %(text)s is on another shipment already."),
    shipment_rows.ROW_TWICE: gettext_lazy("%(sku)s: the same carton and lot stand here twice."),
    shipment_rows.TOO_MANY_ROWS: gettext_lazy("At most %(n)s rows fit in one shipment."),
    shipment_rows.NO_ROWS: gettext_lazy("Fill at least one row."),
    shipment_rows.DAY_MISSING: gettext_lazy("Enter the day it arrives."),
    shipment_rows.DAY_FAR: gettext_lazy("The day it arrives is today or within %(n)s days."),
}


class ShipmentPage(SupplierPage):
    """What a new and an amended shipment share."""

    is_for_order_links = True
    hit_limit: PurchaseOrder | None = None

    def after_post(self) -> None:
        # The refusal undid its transaction; the alarm must stay.
        if self.hit_limit is not None:
            supplier_shipments.raise_alarm(self.hit_limit, at=self.now)

    def found(self, number: str, shipment: str) -> tuple[PurchaseOrder, Asn] | None:
        order = self.order(number)
        if order is None or portal.is_changing(order):
            return None
        asn = Asn.objects.filter(purchase_order=order, number=shipment).first()
        return (order, asn) if asn is not None else None

    def work(self, order: PurchaseOrder, asn: Asn | None) -> HttpResponse:
        lines = portal.lines_of(order)
        form = ShipmentForm(self.request.POST, lines=lines)
        act = self.request.POST.get("act", "")
        if act in ("add", "paste"):
            form.is_valid()
            return self._regrow(order, asn, lines, form, act)
        if act in ("save", "forget") and asn is None:
            return self._keep(order, form, act)
        if not form.is_valid():
            return self.page(order, asn, {"form": form}, 422)
        rows = form.shipment_rows()
        data = form.cleaned_data
        draft = ShipmentDraft(
            order_id=order.pk,
            rows=tuple(row for _number, row in rows),
            expected_on=data["expected_on"],
            reference=data["reference"],
            carrier=data["carrier"],
            tracking=data["tracking"],
            measures=form.measures(),
        )
        try:
            if asn is None:
                supplier_shipments.submit(draft, actor=self.actor, at=self.now)
                portal_drafts.drop(order.pk)
            else:
                supplier_shipments.amend(asn.pk, draft, actor=self.actor, at=self.now)
        except ShipmentRefused as error:
            numbers = [number for number, _row in rows]
            problems = _sentences(error.data["problems"], numbers)
            return self.page(order, asn, {"form": form, "problems": problems}, error.status)
        except DomainError as error:
            if isinstance(error, ShipmentLimit):
                self.hit_limit = order
            return self.page(order, asn, {"form": form, "problem": str(error)}, error.status)
        done = "announced" if asn is None else "amended"
        return redirect(f"{self.url('supplier-portal-order', order.number)}?done={done}")

    def _keep(self, order: PurchaseOrder, form: ShipmentForm, act: str) -> HttpResponse:
        """Save what was typed as it is, or forget what was saved; nothing is announced."""
        try:
            if act == "save":
                portal_drafts.save(order.pk, form.typed(), actor=self.actor, at=self.now)
            else:
                portal_drafts.drop(order.pk)
        except DomainError as error:
            return self.page(order, None, {"form": form, "problem": str(error)}, error.status)
        return redirect(f"{self.url('supplier-portal-shipment-new', order.number)}?done={act}")

    def _regrow(
        self,
        order: PurchaseOrder,
        asn: Asn | None,
        lines: Sequence[PortalLine],
        form: ShipmentForm,
        act: str,
    ) -> HttpResponse:
        """Show the page again with more rows, or with those of a sheet; nothing is announced."""
        rows = [_typed(form.data, number) for number in range(1, form.row_total + 1)]
        problem = ""
        if act == "paste":
            pasted = rows_of_text(self._sheet(), lines)
            rows = pasted or rows
            problem = "" if pasted else _("No row was found. Paste or choose a sheet first.")
        else:
            rows += [{}] * 5
        fresh = ShipmentForm(
            lines=lines,
            rows=rows[:5000],
            initial={name: form.data.get(name) for name in HEAD_FIELDS},
        )
        return self.page(order, asn, {"form": fresh, "problem": problem})

    def _sheet(self) -> str:
        upload = self.request.FILES.get("sheet")
        if upload is not None and upload.size and upload.size <= MOST_BYTES:
            return upload.read().decode("utf-8-sig", errors="replace")
        return self.request.POST.get("pasted", "")[:MOST_BYTES]

    def page(
        self,
        order: PurchaseOrder,
        asn: Asn | None,
        more: Mapping[str, Any],
        status: int = 200,
    ) -> HttpResponse:
        lines = portal.lines_of(order)
        context = {
            "order": order,
            "asn": asn,
            "lines": lines,
            "complete": sum(1 for line in lines if line.left_qty == 0),
            **more,
        }
        return self.show("suppliers/portal/shipment.html", context, status)


class NewShipment(ShipmentPage):
    """Announce a shipment: one row for each line that has something left."""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        order = self._order(number)
        if order is None:
            return self.ended()
        lines = portal.lines_of(order)
        draft = portal_drafts.of_order(order.pk)
        if draft is not None:
            count = str(draft.fields.get("row_count", ""))
            numbers = range(1, int(count) + 1) if count.isdigit() else range(0)
            rows = [_typed(draft.fields, number) for number in numbers]
            head = {name: draft.fields.get(name, "") for name in HEAD_FIELDS}
        else:
            rows = [{"line": str(line.pk), "qty": line.left_qty} for line in lines if line.left_qty]
            rows += [{}] * BLANK_ROWS
            head = {"expected_on": order.expected_on}
        form = ShipmentForm(lines=lines, rows=rows, initial=head)
        done = DONE.get(request.GET.get("done", ""), "")
        return self.page(order, None, {"form": form, "draft": draft, "done": done})

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        order = self._order(number)
        return self.work(order, None) if order else self.ended()

    def _order(self, number: str) -> PurchaseOrder | None:
        order = self.order(number)
        return None if order is None or portal.is_changing(order) else order


class AmendShipment(ShipmentPage):
    """Change or take back a shipment that has not arrived."""

    def get(self, request: HttpRequest, number: str, shipment: str) -> HttpResponse:
        found = self.found(number, shipment)
        if found is None:
            return self.ended()
        order, asn = found
        rows = [
            {
                "sscc": row.carton.sscc if row.carton else "",
                "line": str(row.asn_line.purchase_line_id),
                "qty": row.qty,
                "lot": row.lot_code,
                "expires": row.expires_on,
                **_measured(row),
            }
            for row in AsnContent.objects.filter(asn_line__asn=asn)
            .select_related("carton", "asn_line")
            .order_by("position", "pk")
        ]
        form = ShipmentForm(
            lines=portal.lines_of(order),
            rows=[*rows, *[{}] * BLANK_ROWS],
            initial={name: getattr(asn, name) for name in HEAD_FIELDS},
        )
        return self.page(order, asn, {"form": form})

    def post(self, request: HttpRequest, number: str, shipment: str) -> HttpResponse:
        found = self.found(number, shipment)
        if found is None:
            return self.ended()
        order, asn = found
        if request.POST.get("act") != "take_back":
            return self.work(order, asn)
        try:
            supplier_shipments.take_back(asn.pk, actor=self.actor, at=self.now)
        except DomainError as error:
            form = ShipmentForm(lines=portal.lines_of(order))
            return self.page(order, asn, {"form": form, "problem": str(error)}, error.status)
        return redirect(f"{self.url('supplier-portal-order', order.number)}?done=taken_back")


class Labels(ShipmentPage):
    """The labels of an announced shipment's cartons, to be printed and stuck on."""

    def get(self, request: HttpRequest, number: str, shipment: str) -> HttpResponse:
        found = self.found(number, shipment)
        if found is None:
            return self.ended()
        asn = found[1]
        paper = carton_papers.labels(asn, language=translation.get_language() or "en")
        if not paper:
            return self.ended(_("No carton of this shipment has an SSCC. Enter them first."), 409)
        response = HttpResponse(paper, content_type="application/pdf")
        response.headers["Content-Disposition"] = f'inline; filename="{asn.number}-labels.pdf"'
        return response


def _typed(data: Any, number: int) -> dict[str, Any]:
    return {name: data.get(f"{name}_{number}", "") for name in ROW_FIELDS}


def _measured(row: AsnContent) -> dict[str, str]:
    carton = row.carton
    if carton is None:
        return {}
    size = carton_measures.shown_cm(carton.length_mm, carton.width_mm, carton.height_mm)
    return {"kg": carton_measures.shown_kg(carton.weight_g), "size": size}


def _sentences(problems: Sequence[Problem], numbers: Sequence[int]) -> list[dict[str, Any]]:
    found = []
    for problem in problems:
        row = numbers[problem.row - 1] if problem.row else 0
        text = str(WORDS[problem.code]) % {
            "sku": problem.sku,
            "text": problem.text,
            "n": problem.n,
        }
        found.append({"row": row, "text": text, "anchor": f"id_qty_{row}" if row else ""})
    return found
