"""The dock: arrivals (W3), receiving (W4), unidentified goods (W5), put-away (W6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.generic import TemplateView, View

from core import clock, files
from core.errors import DomainError
from core.models import StoredFile
from fulfillment.forms import PhotoForm
from fulfillment.models import PutAwayRun
from fulfillment.services import dock_desk, put_away_desk, receive_desk
from fulfillment.services.receive_desk import DockScan
from fulfillment.services.scan_desk import ScanAnswer
from fulfillment.views.desks import Desk, ScanCall
from fulfillment.views.floor import FloorView
from inventory.models import Warehouse
from suppliers.models import Asn, AsnLine, Receipt, ReceiptLine, Supplier, UnidentifiedGoods
from suppliers.queries import arrivals_at_dock
from suppliers.queries.dock import dock_goods
from suppliers.services import damage_photos, receiving, unidentified

RECEIVE = "fulfillment.receive"
SHOWN_LINES = 12


class DockHome(FloorView, TemplateView):
    """W3: what is expected and what stands at the dock. POST registers an unplanned arrival."""

    capability = RECEIVE
    screen = "dock-home"
    template_name = "fulfillment/floor/dock.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = self.floor_context(
            arrivals=list(arrivals_at_dock(self.principal)[:20]),
            unfinished=dock_desk.unfinished(self.principal),
            suppliers=Supplier.objects.active().order_by("code"),
            warehouses=Warehouse.objects.visible_to(self.principal).active().order_by("code"),
            held_count=UnidentifiedGoods.objects.visible_to(self.principal).held().count(),
        )
        return super().get_context_data(**context, **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        places = Warehouse.objects.visible_to(self.principal)
        place = get_object_or_404(places, code=request.POST.get("warehouse", ""))
        rows = Supplier.objects.active()
        supplier = get_object_or_404(rows, code=request.POST.get("supplier", ""))
        try:
            receipt = dock_desk.register(
                supplier.pk, place.pk, principal=self.principal, at=clock.now()
            )
        except DomainError as error:
            return self.render_to_response(
                self.get_context_data(problem=str(error)), status=error.status
            )
        return redirect("floor-receipt", receipt.pk)


class DockOpen(FloorView, View):
    """Open an arrival: it has arrived, and this person counts it."""

    capability = RECEIVE

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        asn = get_object_or_404(Asn.objects.visible_to(self.principal), pk=pk)
        try:
            receipt = receiving.open_receipt(asn.pk, actor=self.principal.actor, at=clock.now())
        except DomainError as error:
            context = self.floor_context(
                arrivals=list(arrivals_at_dock(self.principal)[:20]), problem=str(error)
            )
            return render(request, DockHome.template_name, context, status=error.status)
        return redirect("floor-receipt", receipt.pk)


class Receive(FloorView, View):
    """W4: count, lot and expiry, damaged, sample, finish."""

    capability = RECEIVE
    screen = "receive"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        receipt = get_object_or_404(_receipts(self.principal), pk=pk)
        if receipt.state == "finished":
            return redirect("floor-dock")
        context = self.floor_context(**receive_context(receipt), scan_task=f"receipt:{receipt.pk}")
        return render(request, "fulfillment/floor/receive.html", context)


class Unidentified(FloorView, TemplateView):
    """W5: goods on hold with their tags, and the photo each of them needs."""

    capability = RECEIVE
    template_name = "fulfillment/floor/unidentified.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = UnidentifiedGoods.objects.visible_to(self.principal).held()
        goods = list(rows.select_related("asn__supplier", "sku").order_by("-pk")[:20])
        return super().get_context_data(**self.floor_context(goods=goods), **kwargs)


class UnidentifiedPhoto(FloorView, View):
    """Take the photo of held goods."""

    capability = RECEIVE

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = UnidentifiedGoods.objects.visible_to(self.principal).held()
        goods = get_object_or_404(rows, pk=pk)
        form = PhotoForm(request.POST, request.FILES)
        if not form.is_valid():
            context = self.floor_context(goods=[goods], form=form)
            return render(request, Unidentified.template_name, context, status=422)
        stored = _kept(form, goods.number, "goods-photo")
        unidentified.add_photo(goods.pk, stored, actor=self.principal.actor, at=clock.now())
        return redirect("floor-unidentified")


class DamagePhotos(FloorView, View):
    """W4: pictures of the units of a receipt that came damaged; nobody has to take them."""

    capability = RECEIVE
    template = "fulfillment/floor/damage_photos.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        receipt = get_object_or_404(_receipts(self.principal), pk=pk)
        return self._answer(request, receipt)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        receipt = get_object_or_404(_receipts(self.principal), pk=pk)
        if not damage_photos.are_offered():
            raise Http404
        form = PhotoForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._answer(request, receipt, form, status=422)
        rows = ReceiptLine.objects.damaged().filter(receipt=receipt)
        line = get_object_or_404(rows, pk=_whole(request.POST.get("line", "")))
        stored = _kept(form, f"{receipt.number}-{line.pk}", "damage-photo")
        damage_photos.add_photo(line.pk, stored, actor=self.principal.actor, at=clock.now())
        return redirect("floor-receipt-photos", receipt.pk)

    def _answer(
        self,
        request: HttpRequest,
        receipt: Receipt,
        form: PhotoForm | None = None,
        status: int = 200,
    ) -> HttpResponse:
        if not damage_photos.are_offered():
            raise Http404
        rows = ReceiptLine.objects.damaged().filter(receipt=receipt).select_related("sku", "lot")
        context = self.floor_context(
            receipt=receipt, lines=list(rows.order_by("pk")[:50]), form=form
        )
        return render(request, self.template, context, status=status)


class PutAwayHome(FloorView, View):
    """Go on with this person's put-away, in the warehouse that has goods at its dock.

    Who never put anything away there has no run yet: the first scan makes it.
    """

    capability = RECEIVE
    screen = "put-away-home"

    def get(self, request: HttpRequest) -> HttpResponse:
        place = put_away_desk.warehouse_with_work(self.principal)
        if place is None:
            return redirect("floor-home")
        key = self.principal.actor.key
        run = PutAwayRun.objects.filter(warehouse=place, actor_key=key).first()
        if run is not None:
            return redirect("floor-put-away-run", run.pk)
        fresh = PutAwayRun(warehouse=place, actor_key=key, updated_at=clock.now())
        context = self.floor_context(**put_away_context(fresh))
        return render(request, "fulfillment/floor/put_away.html", context)


def start_put_away(call: ScanCall) -> ScanAnswer:
    """Answer a person's first put-away scan in a warehouse: it makes the run, then counts on it."""
    place = put_away_desk.warehouse_with_work(call.principal)
    if place is None:
        return ScanAnswer("warn", "NOTHING_TO_DO")
    run = put_away_desk.run_for(place, actor=call.actor, at=call.at)
    answer = put_away_desk.scan(run, _scan_of(call))
    if answer.verdict == "reject" or answer.next_key:
        return answer
    return replace(answer, next_key=f"put_away:{run.pk}")


class PutAway(FloorView, View):
    """W6: goods, then the shelf."""

    capability = RECEIVE
    screen = "put-away"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = get_object_or_404(_runs(self.principal), pk=pk)
        context = self.floor_context(**put_away_context(run), scan_task=f"put_away:{run.pk}")
        return render(request, "fulfillment/floor/put_away.html", context)


def receive_context(receipt: Receipt) -> dict[str, Any]:
    """Return what the receiving card shows: what is counted, what is expected, what was booked."""
    card = receive_desk.card_of(receipt)
    lines = list(receipt.asn.lines.select_related("sku").order_by("sku__code", "pk"))
    now = next((line for line in lines if line.sku.code == card.sku_code), None)
    lines.sort(key=lambda line: (line is not now, line.open_qty == 0))
    booked = ReceiptLine.objects.counted().filter(receipt=receipt).select_related("sku", "lot")
    return {
        "receipt": receipt,
        "asn": receipt.asn,
        "card": card,
        "sku": now.sku if now else receipt.pending_sku,
        "line": now,
        "lines": lines[:SHOWN_LINES],
        "more_lines": max(0, len(lines) - SHOWN_LINES),
        "booked": list(booked.order_by("-pk")[:4]),
        "to_photograph": _to_photograph(receipt, lines),
        "open_qty": sum(line.open_qty for line in lines),
        "counted_qty": sum(line.counted_qty for line in lines),
    }


def put_away_context(run: PutAwayRun) -> dict[str, Any]:
    """Return what the put-away card shows: the goods carried and their bins, or the dock."""
    goods = dock_goods(run.warehouse_id)
    card = put_away_desk.card_of(run, goods)
    carried = None
    if card.row is not None:
        dock_id, sku_id, lot_id = card.row.key
        carried = next(
            row
            for row in goods
            if (row.dock.pk, row.sku.pk, row.lot.pk if row.lot else None)
            == (dock_id, sku_id, lot_id)
        )
    return {
        "run": run,
        "card": card,
        "carried": carried,
        "offered": put_away_desk.suggestions_of(run, card),
        "goods": goods[:SHOWN_LINES],
        "goods_count": len(goods),
    }


def open_arrival(call: ScanCall) -> ScanAnswer:
    """Answer a scan on the dock's own page; CMD-NEXT goes on to the put-away."""
    if call.raw.strip().upper() == "CMD-NEXT":
        place = put_away_desk.warehouse_with_work(call.principal)
        if place is not None:
            run = put_away_desk.run_for(place, actor=call.actor, at=call.at)
            return ScanAnswer("accept", "OPENED", {}, f"put_away:{run.pk}")
    opened = dock_desk.open_by_code(
        call.raw, principal=call.principal, at=call.at, station_code=call.station_code
    )
    if opened is not None:
        return opened
    return ScanAnswer("reject", "UNKNOWN_CODE", {"scanned": call.raw.strip()[:64], "wanted": "ASN"})


def _to_photograph(receipt: Receipt, lines: Iterable[AsnLine]) -> int:
    if not any(line.damaged_qty for line in lines) or not damage_photos.are_offered():
        return 0
    return ReceiptLine.objects.damaged().filter(receipt=receipt, photo=None).count()


def _kept(form: PhotoForm, name: str, kind: str) -> StoredFile:
    photo = form.cleaned_data["photo"]
    return files.store(
        photo.read(),
        f"{name}.{photo.image_kind}",
        kind,
        content_type=f"image/{photo.image_kind}",
    )


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0


def _receipts(principal: Any) -> Any:
    rows = Receipt.objects.visible_to(principal)
    return rows.select_related("asn__supplier", "asn__warehouse", "dock", "pending_sku")


def _runs(principal: Any) -> Any:
    rows = PutAwayRun.objects.visible_to(principal).filter(actor_key=principal.actor.key)
    return rows.select_related("warehouse", "sku", "lot")


def _scan_of(call: ScanCall) -> DockScan:
    return DockScan(call.raw, call.scan_id, call.actor, call.at, call.station_code)


RECEIVE_DESK = Desk(
    screen="receive",
    capability=RECEIVE,
    task_kind="receipt",
    page="floor-receipt",
    home="floor-dock",
    template="fulfillment/floor/receive_card.html",
    rows=_receipts,
    scan=lambda receipt, call: receive_desk.scan(receipt, _scan_of(call)),
    card=lambda receipt, call: receive_context(receipt),
)
PUT_AWAY_DESK = Desk(
    screen="put-away",
    capability=RECEIVE,
    task_kind="put_away",
    page="floor-put-away-run",
    home="floor-put-away",
    template="fulfillment/floor/put_away_card.html",
    rows=_runs,
    scan=lambda run, call: put_away_desk.scan(run, _scan_of(call)),
    card=lambda run, call: put_away_context(run),
)
DESKS = (RECEIVE_DESK, PUT_AWAY_DESK)
