"""W19 and W21: report a problem and go on; hand over what is unfinished and sign out."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.generic import TemplateView, View

from core import clock
from fulfillment.forms import ProblemForm
from fulfillment.models import Carton, PickTask
from fulfillment.services import problems
from fulfillment.views.floor import STATION_COOKIE, FloorView


class Problem(FloorView, View):
    """W19: one reason, a note, and back to work."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, ProblemForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ProblemForm(request.POST)
        if not form.is_valid():
            return self._page(request, form, 422)
        problems.report(
            form.cleaned_data["reason"],
            form.cleaned_data["note"],
            task_key=self._task(),
            station_code=request.COOKIES.get(STATION_COOKIE, ""),
            actor=self.principal.actor,
            at=clock.now(),
        )
        return self._page(request, None)

    def _task(self) -> str:
        given = self.request.POST.get("task", "") or self.request.GET.get("task", "")
        return given.replace("\x00", "")[:40]

    def _page(
        self, request: HttpRequest, form: ProblemForm | None, status: int = 200
    ) -> HttpResponse:
        context = self.floor_context(form=form, task=self._task(), scan_url="")
        return render(request, "fulfillment/floor/problem.html", context, status=status)


class HandOver(FloorView, TemplateView):
    """W21: what I leave unfinished; scans that wait must be sent first."""

    template_name = "fulfillment/floor/hand_over.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mine = self.principal.actor.key
        begun = PickTask.objects.visible_to(self.principal).filter(assigned_to=mine)
        boxes = Carton.objects.visible_to(self.principal).filter(packed_by=mine)
        return super().get_context_data(
            **self.floor_context(
                tasks=begun.filter(state__in=("open", "skipped"))
                .select_related("bin", "sku")
                .order_by("sequence", "pk")[:12],
                cartons=boxes.filter(state__in=("open", "verified"))
                .select_related("shipment")
                .order_by("pk")[:12],
                scan_url="",
            ),
            **kwargs,
        )
