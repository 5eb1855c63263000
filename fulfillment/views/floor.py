"""The floor's pages: see the work, and one card per task. The start of the shift is `start.py`.

W2: the next best task and the queues; any scan leads to its own step.
W8, W12, W14, put-back: one card, one next scan. Each scan goes to `Scan`, which answers with the
verdict and the card as it is now; a reload always shows the server's state.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.generic import TemplateView, View

from core import clock, sessions
from core.errors import DomainError
from core.permissions import RequireCapability
from fulfillment import queries
from fulfillment.forms import WeightForm
from fulfillment.models import Carton, Manifest, PickTask, PutBackTask
from fulfillment.services import box_closing, dispatch, packing, scan_desk, stations
from fulfillment.views import cards, work
from inventory.models import Warehouse
from orders.models import Shipment
from shipping.models import Carrier

FLOOR = (
    "fulfillment.pick",
    "fulfillment.pack",
    "fulfillment.dispatch",
    "fulfillment.receive",
    "fulfillment.count",
    "fulfillment.move",
    "fulfillment.build_kits",
)
STATION_COOKIE = "q_station"


class FloorView(RequireCapability):
    """What every floor page shows: station, last scans, the scan address."""

    capability: Any = FLOOR
    on_shared_device = True
    screen = "home"
    request: HttpRequest

    def floor_context(self, **context: Any) -> dict[str, Any]:
        return {
            "station": self.request.COOKIES.get(STATION_COOKIE, ""),
            "scan_url": reverse("floor-scan", args=[self.screen]),
            "scan_task": context.get("scan_task", ""),
            "floor_home_url": reverse("floor-home"),
            "scans": scan_desk.last_scans(self.principal.actor, 5),
            "now": clock.now(),
            "screen": self.screen,
            "on_device": sessions.is_badge(self.request.session),
            "worker": self.request.user,
            **context,
        }


class TaskHome(FloorView, TemplateView):
    """W2: what to do next."""

    template_name = "fulfillment/floor/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **self.floor_context(
                queues=queries.queues(self.principal),
                work=work.rows_for(self.principal),
                next_pick=queries.next_pick(self.principal, self.principal.actor.key),
                to_pack=queries.to_pack(self.principal)[:6],
                manifests=Manifest.objects.visible_to(self.principal)
                .filter(state="open")
                .select_related("warehouse")
                .order_by("pk")[:6],
                put_backs=PutBackTask.objects.visible_to(self.principal)
                .open()
                .select_related("sku", "from_bin")[:6],
            ),
            **kwargs,
        )


class PickNext(FloorView, View):
    """Go to the task this picker should do; without one, back to the task home."""

    capability = "fulfillment.pick"

    def get(self, request: HttpRequest) -> HttpResponse:
        task = queries.next_pick(self.principal, self.principal.actor.key)
        return redirect("floor-pick-task", task.pk) if task else redirect("floor-home")


class Pick(FloorView, View):
    """W8: bin, item (and lot), tote."""

    capability = "fulfillment.pick"
    screen = "pick"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        task = get_object_or_404(PickTask.objects.visible_to(self.principal).for_walk(), pk=pk)
        if task.state not in {"open", "skipped"}:
            return redirect("floor-pick")
        if task.round is not None and task.round.state == "open":
            return redirect("floor-round", task.round_id)
        context = self.floor_context(**cards.pick_context(task), scan_task=f"pick_task:{task.pk}")
        return render(request, "fulfillment/floor/pick.html", context)


class PackHome(FloorView, TemplateView):
    """W12 before a tote is scanned: what waits to be packed."""

    capability = "fulfillment.pack"
    screen = "pack-home"
    template_name = "fulfillment/floor/pack_home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        waiting = queries.to_pack(self.principal)[:12]
        return super().get_context_data(**self.floor_context(waiting=waiting), **kwargs)


class PackOpen(FloorView, View):
    """Open the carton of a shipment and go to it."""

    capability = "fulfillment.pack"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        shipment = get_object_or_404(Shipment.objects.visible_to(self.principal), pk=pk)
        try:
            carton = packing.open_carton(
                shipment_id=shipment.pk,
                station_bin_id=station_bin_id(request, shipment.warehouse_id),
                actor=self.principal.actor,
                at=clock.now(),
            )
        except DomainError as error:
            context = self.floor_context(
                waiting=queries.to_pack(self.principal)[:12], problem=str(error)
            )
            return render(request, PackHome.template_name, context, status=error.status)
        return redirect("floor-carton", carton.pk)


class Pack(FloorView, View):
    """W12: every unit, the box, the label. POST takes the weight by hand."""

    capability = "fulfillment.pack"
    screen = "pack"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._answer(request, self._carton(pk), WeightForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        carton, form = self._carton(pk), WeightForm(request.POST)
        if form.is_valid():
            weight_g = form.cleaned_data["weight_g"]
            box_closing.weigh(carton.pk, weight_g, actor=self.principal.actor, at=clock.now())
            return redirect("floor-carton", pk)
        return self._answer(request, carton, form, status=422)

    def _carton(self, pk: int) -> Carton:
        visible = Carton.objects.visible_to(self.principal)
        return get_object_or_404(queries.carton_bundle([pk]) & visible, pk=pk)

    def _answer(
        self, request: HttpRequest, carton: Carton, form: WeightForm, status: int = 200
    ) -> HttpResponse:
        context = self.floor_context(
            **cards.pack_context(carton), scan_task=f"carton:{carton.pk}", form=form
        )
        return render(request, "fulfillment/floor/pack.html", context, status=status)


class DispatchHome(FloorView, View):
    """W14 before a manifest is chosen: open ones, and carriers that wait for one."""

    capability = "fulfillment.dispatch"
    screen = "dispatch-home"

    def get(self, request: HttpRequest) -> HttpResponse:
        places = Warehouse.objects.visible_to(self.principal).filter(is_active=True)
        context = self.floor_context(
            manifests=Manifest.objects.visible_to(self.principal)
            .filter(state="open")
            .select_related("warehouse")
            .order_by("pk"),
            warehouses=places.order_by("code"),
            carriers=Carrier.objects.filter(is_active=True).order_by("code"),
        )
        return render(request, "fulfillment/floor/dispatch_home.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        place = get_object_or_404(
            Warehouse.objects.visible_to(self.principal), code=request.POST.get("warehouse", "")
        )
        carrier = get_object_or_404(Carrier, code=request.POST.get("carrier", ""))
        manifest = dispatch.open_manifest(
            warehouse_id=place.pk,
            carrier_code=carrier.code,
            actor=self.principal.actor,
            at=clock.now(),
        )
        return redirect("floor-manifest", manifest.pk)


class Dispatch(FloorView, View):
    """W14: scan parcels onto the van, then CMD-OK."""

    capability = "fulfillment.dispatch"
    screen = "dispatch"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        manifest = get_object_or_404(
            Manifest.objects.visible_to(self.principal).select_related("warehouse"), pk=pk
        )
        context = self.floor_context(
            **cards.dispatch_context(manifest), scan_task=f"manifest:{manifest.pk}"
        )
        return render(request, "fulfillment/floor/dispatch.html", context)


class PutBack(FloorView, View):
    """Put-back: carry the units to a bin and scan it."""

    capability = "fulfillment.pick"
    screen = "put-back"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        task = get_object_or_404(
            PutBackTask.objects.visible_to(self.principal).select_related(
                "sku", "lot", "from_bin", "to_bin", "shipment__order"
            ),
            pk=pk,
        )
        if task.state != "open":
            return redirect("floor-home")
        context = self.floor_context(task=task, scan_task=f"put_back:{task.pk}")
        return render(request, "fulfillment/floor/put_back.html", context)


def station_bin_id(request: HttpRequest, warehouse_id: int) -> int:
    """Return the bin of the device's station, else the first pack bench of the warehouse."""
    bench_id = stations.bench_at(warehouse_id, request.COOKIES.get(STATION_COOKIE, ""))
    if bench_id is None:
        raise Http404
    return bench_id
