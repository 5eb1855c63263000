"""Count plan (M8): bins that are due, differences to approve or recount, accuracy by week.

Adjustments above the limit wait here too.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic import TemplateView

from core import clock
from core.errors import DomainError
from core.htmx import redirect_to
from core.permissions import RequireCapability
from core.tables import Column, EmptyText, Filter, IndexView, PageButton, Tab
from core.tables.state import IndexState
from core.templatetags import ui
from core.views.acts import Act
from inventory.forms import CountRequestForm, NoteForm
from inventory.models import AdjustmentRequest, Bin, CycleCount, CycleCountLine
from inventory.queries.count_accuracy import accuracy_by_week
from inventory.services import adjusting, cycle_counts
from inventory.services.cycle_counts import SHIFT, CountRequest
from inventory.views.stock import warehouse_options


class CountIndex(IndexView):
    """All counts: what is due, what waits for somebody, what was posted."""

    key = "counts"
    template_name = "inventory/counts.html"
    capability = "inventory.view"
    title = gettext_lazy("Count plan")
    columns = (
        Column("number", gettext_lazy("Count"), fixed=True),
        Column("bin.code", gettext_lazy("Bin")),
        Column("warehouse.code", gettext_lazy("Warehouse")),
        Column("abc", gettext_lazy("Class")),
        Column("state", gettext_lazy("Status"), render=lambda row: row.get_state_display()),
        Column(
            "due_at", gettext_lazy("Due"), render=lambda row: ui.moment(row.due_at), sort="due_at"
        ),
        Column("variance_qty", gettext_lazy("Units of difference"), end=True, sort="variance_qty"),
        Column(
            "variance_amount",
            gettext_lazy("Value of the difference"),
            end=True,
            capability="inventory.view_cost",
        ),
    )
    tabs = (
        Tab("due", gettext_lazy("Due"), Q(state__in=("requested", "counting", "recount"))),
        Tab("review", gettext_lazy("To approve"), Q(state="review"), hot=True),
        Tab("posted", gettext_lazy("Posted"), Q(state="posted"), counted=False),
        Tab("all", gettext_lazy("All"), counted=False),
    )
    filters = (
        Filter(
            "warehouse",
            gettext_lazy("Warehouse"),
            field="warehouse__code",
            options=warehouse_options,
            promoted=True,
        ),
        Filter("bin", gettext_lazy("Bin"), field="bin__code", kind="text"),
    )
    buttons = (
        PageButton(gettext_lazy("Count bins"), "plus", "count-new", "inventory.adjust"),
        PageButton(
            gettext_lazy("Adjustments to approve"), "list", "adjustments-index", "inventory.view"
        ),
    )
    empty = EmptyText(
        gettext_lazy("Nothing due"),
        gettext_lazy("The plan asks for counts each morning; you can ask for bins yourself."),
    )

    def rows_for(self, principal: Any) -> QuerySet[Any]:
        return CycleCount.objects.visible_to(principal).select_related("bin", "warehouse")

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return rows.filter(Q(number__startswith=text) | Q(bin__code__startswith=text))

    def page_context(self, state: IndexState) -> dict[str, Any]:
        weeks = accuracy_by_week(self.principal, as_of=clock.now())
        return super().page_context(state) | {"weeks": weeks}

    def row_url(self, row: Any) -> str:
        return reverse("count", args=[row.pk])


class CountPage(RequireCapability, TemplateView):
    """One count with its rounds: who counted what against what, and what moved meanwhile."""

    capability = "inventory.view"
    template_name = "inventory/count.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = CycleCount.objects.visible_to(self.principal).select_related("bin", "warehouse")
        count = get_object_or_404(rows, pk=kwargs["pk"])
        lines = CycleCountLine.objects.filter(round__count=count, expected_qty__isnull=False)
        return super().get_context_data(
            count=count,
            lines=lines.select_related("round", "sku", "lot").order_by("-round__round_no", "pk"),
            rounds=count.rounds.order_by("-round_no"),
            may_decide=self.principal.may("inventory.approve_counts"),
            is_open=count.state in CycleCount.OPEN,
            **kwargs,
        )


class CountNew(RequireCapability, View):
    """Ask for counts of bins by their codes."""

    capability = "inventory.adjust"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._answer(request, CountRequestForm(), 200)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CountRequestForm(request.POST)
        if not form.is_valid():
            return self._answer(request, form, 422)
        codes = form.cleaned_data["bins"].upper().split()
        places = Bin.objects.visible_to(self.principal).real().filter(code__in=codes)
        found = {place.code: place for place in places.order_by("-pk")}
        missing = [code for code in codes if code not in found]
        if missing:
            form.add_error("bins", _("No bin is called %(codes)s.") % {"codes": ", ".join(missing)})
            return self._answer(request, form, 422)
        at = clock.now()
        try:
            made = cycle_counts.request(
                [CountRequest(place.pk, "OFFICE", at + SHIFT) for place in found.values()],
                actor=self.principal.actor,
                at=at,
            )
        except DomainError as error:
            form.add_error("bins", str(error))
            return self._answer(request, form, 422)
        messages.success(request, _("Counts asked for: %(count)s.") % {"count": len(made)})
        return redirect_to(request, reverse("counts-index"))

    def _answer(self, request: HttpRequest, form: CountRequestForm, status: int) -> HttpResponse:
        context = {
            "title": _("Count bins"),
            "text": _("A bin that waits for a count already gets no second one."),
            "form": form,
            "action": request.path,
            "submit_text": _("Ask for counts"),
            "back_url": reverse("counts-index"),
        }
        return render(request, "core/act.html", context, status=status)


class CountAct(Act, View):
    """One decision about a count."""

    capability = "inventory.approve_counts"
    form_class = NoteForm

    def rows(self) -> QuerySet[CycleCount]:
        return CycleCount.objects.visible_to(self.principal).select_related("bin")

    def text(self, found: CycleCount) -> str:
        return f"{found.number} · {found.bin.code} · {found.variance_qty}"

    def done_url(self, found: CycleCount) -> str:
        return reverse("count", args=[found.pk])

    def service(self) -> Any:
        raise LookupError(f"{type(self).__name__} does nothing")

    def do(self, found: CycleCount, form: Any) -> None:
        self.service()(
            found.pk, actor=self.principal.actor, at=self.now, note=form.cleaned_data["note"]
        )


class ApproveCount(CountAct):
    title = gettext_lazy("Approve the count")
    submit_text = gettext_lazy("Book difference")

    def service(self) -> Any:
        return cycle_counts.approve


class RecountCount(CountAct):
    title = gettext_lazy("Count once more")
    submit_text = gettext_lazy("Ask for a recount")

    def service(self) -> Any:
        return cycle_counts.ask_recount


class CancelCount(CountAct):
    title = gettext_lazy("Cancel the count")
    submit_text = gettext_lazy("Cancel count")
    danger = True

    def service(self) -> Any:
        return cycle_counts.cancel


def _approve_link(row: AdjustmentRequest) -> Any:
    return format_html(
        '<span class="cluster"><a class="btn btn-sm" href="{}">{}</a>'
        '<a class="btn btn-sm" href="{}">{}</a></span>',
        reverse("adjustment-approve", args=[row.pk]),
        _("Approve"),
        reverse("adjustment-refuse", args=[row.pk]),
        _("Refuse"),
    )


class AdjustmentIndex(IndexView):
    """Adjustments above the limit, which a second person books or refuses."""

    key = "adjustments"
    capability = "inventory.view"
    title = gettext_lazy("Adjustments to approve")
    columns = (
        Column("sku.code", gettext_lazy("SKU"), fixed=True),
        Column("bin.warehouse.code", gettext_lazy("Warehouse")),
        Column("bin.code", gettext_lazy("Bin")),
        Column("delta_qty", gettext_lazy("Difference"), end=True, sort="delta_qty"),
        Column(
            "value_amount",
            gettext_lazy("Value of the difference"),
            end=True,
            capability="inventory.view_cost",
        ),
        Column("reason", gettext_lazy("Reason")),
        Column(
            "requested_at", gettext_lazy("Asked"), render=lambda row: ui.moment(row.requested_at)
        ),
        Column(
            "acts",
            gettext_lazy("Acts"),
            render=_approve_link,
            export=lambda row: "",
            capability="inventory.approve_counts",
        ),
    )
    tabs = (
        Tab("waiting", gettext_lazy("To approve"), Q(state="waiting"), hot=True),
        Tab("decided", gettext_lazy("Decided"), ~Q(state="waiting"), counted=False),
    )
    empty = EmptyText(
        gettext_lazy("Nothing to approve"),
        gettext_lazy("Adjustments above the limit wait here for a second person."),
    )

    def rows_for(self, principal: Any) -> QuerySet[Any]:
        rows = AdjustmentRequest.objects.visible_to(principal)
        return rows.select_related("bin__warehouse", "sku", "lot")

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return rows.filter(Q(sku__code__startswith=text) | Q(bin__code__startswith=text))

    def row_url(self, row: Any) -> str:
        return reverse("bin", args=[row.bin_id])


class AdjustmentAct(CountAct):
    """Book or refuse one adjustment."""

    def rows(self) -> QuerySet[Any]:
        rows = AdjustmentRequest.objects.visible_to(self.principal)
        return rows.select_related("bin", "sku")

    def text(self, found: Any) -> str:
        return f"{found.bin.code} · {found.sku.code} · {found.delta_qty:+d}"

    def done_url(self, found: Any) -> str:
        return reverse("adjustments-index")


class ApproveAdjustment(AdjustmentAct):
    title = gettext_lazy("Approve the adjustment")
    submit_text = gettext_lazy("Book difference")

    def do(self, found: Any, form: Any) -> None:
        adjusting.approve(found.pk, actor=self.principal.actor, at=self.now)


class RefuseAdjustment(AdjustmentAct):
    title = gettext_lazy("Refuse the adjustment")
    submit_text = gettext_lazy("Refuse adjustment")
    danger = True

    def service(self) -> Any:
        return adjusting.refuse
