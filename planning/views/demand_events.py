"""The calendar of demand: what is coming, what is on, what was."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import clock, formats
from core.errors import DomainError
from core.htmx import redirect_to
from core.permissions import Principal, RequireCapability
from core.tables import Column, EmptyText, Filter, IndexView, PageButton, Tab
from core.templatetags import ui
from core.views.acts import Act
from core.views.notes import leave_note
from planning.forms.forecasts import EVENT_KINDS, EndForm, EventForm
from planning.models import DemandEvent
from planning.services import demand_calendar
from planning.services.demand_calendar import EventEntry
from planning.views.forecast_words import event_scope

VIEW, MANAGE = "planning.view", "planning.manage"


def _factor(row: DemandEvent) -> Any:
    if row.factor is None:
        return None
    return f"\N{MULTIPLICATION SIGN} {formats.number(row.factor.normalize())}"


def _running(rows: QuerySet[Any]) -> QuerySet[Any]:
    today = clock.now().date()
    return rows.filter(from_on__lte=today, until_on__gte=today)


class DemandEventIndex(IndexView):
    """Promotions, events and seasons, the newest first."""

    key = "demand-events"
    url_name = "demand-events"
    capability = VIEW
    title = _("Demand events")
    columns = (
        Column("name", _("Event"), fixed=True),
        Column("kind", _("Kind"), bare=True, render=lambda row: ui.tag(row.get_kind_display())),
        Column("from_on", _("From"), sort="from_on", render=lambda row: ui.iso_day(row.from_on)),
        Column("until_on", _("Until"), render=lambda row: ui.iso_day(row.until_on)),
        Column("factor", _("Factor"), end=True, render=_factor),
        Column("scope", _("For"), render=event_scope, export=event_scope),
        Column("reason", _("Reason")),
        Column("created_at", _("Entered at"), off=True, render=lambda r: ui.moment(r.created_at)),
    )
    tabs = (
        Tab("all", _("All")),
        Tab("ahead", _("Coming"), lambda rows: rows.filter(from_on__gt=clock.now().date())),
        Tab("now", _("Running"), _running),
        Tab("over", _("Over"), lambda rows: rows.filter(until_on__lt=clock.now().date())),
    )
    filters = (
        Filter("kind", _("Kind"), options=EVENT_KINDS, promoted=True),
        Filter("sku", _("SKU"), field="sku__code", kind="text", promoted=True),
        Filter("from", _("From"), field="from_on", kind="day"),
    )
    buttons = (
        PageButton(_("Add event"), "plus", "demand-event-new", MANAGE, primary=True, create=True),
    )
    empty = EmptyText(
        _("No events yet"),
        _("Add promotions, events and seasons ahead: forecasts multiply the weeks they cover."),
        "calendar-days",
        action_text=_("Add event"),
        action_url_name="demand-event-new",
        link_text=_("Import events"),
        link_url_name="import-new",
    )
    default_sort = "-from_on"

    def rows_for(self, principal: Principal) -> QuerySet[Any]:
        rows = DemandEvent.objects.visible_to(principal)
        rows = rows.exclude(kind=DemandEvent.Kind.ODD_DAYS)
        return rows.select_related("sku", "warehouse", "channel")

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return rows.filter(Q(name__icontains=text) | Q(sku__code__startswith=text))

    def row_url(self, row: Any) -> str:
        return reverse("demand-event", args=[row.pk])


class EventNew(RequireCapability, View):
    """Add an event."""

    capability = MANAGE

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._answer(request, EventForm(principal=self.principal), 200)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = EventForm(request.POST, principal=self.principal)
        if not form.is_valid():
            return self._answer(request, form, 422)
        try:
            demand_calendar.enter(_entry(form), actor=self.principal.actor, now=clock.now())
        except DomainError as error:
            form.refuse(error)
            return self._answer(request, form, 422)
        leave_note(request, str(_("The event is kept. It counts from the next run on.")))
        return redirect_to(request, reverse("demand-events"))

    def _answer(self, request: HttpRequest, form: EventForm, status: int) -> HttpResponse:
        context = {
            "form": form,
            "title": _("Add event"),
            "submit_text": _("Add event"),
            "action": request.path,
        }
        return render(request, "planning/demand_event.html", context, status=status)


class EventPage(RequireCapability, View):
    """One event; who may, changes it while it is not over."""

    capability = VIEW

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self._row(pk)
        first = {
            **{name: getattr(row, name) for name in ("kind", "name", "from_on", "until_on")},
            **{name: getattr(row, name) for name in ("category", "reason")},
            "factor": None if row.factor is None else row.factor.normalize(),
            "sku": row.sku.code if row.sku else "",
            "warehouse": row.warehouse.code if row.warehouse else "",
            "channel": row.channel.code if row.channel else "",
        }
        return self._answer(request, row, EventForm(principal=self.principal, initial=first), 200)

    def _row(self, pk: int) -> DemandEvent:
        rows = DemandEvent.objects.visible_to(self.principal)
        rows = rows.exclude(kind=DemandEvent.Kind.ODD_DAYS)
        return get_object_or_404(rows.select_related("sku", "warehouse", "channel"), pk=pk)

    def _answer(
        self, request: HttpRequest, row: DemandEvent, form: EventForm, status: int
    ) -> HttpResponse:
        mine = DemandEvent.objects.editable_by(self.principal).filter(pk=row.pk).exists()
        is_over = row.until_on < clock.now().date()
        context = {
            "row": row,
            "scope": event_scope(row),
            "factor": _factor(row),
            "is_over": is_over,
            "may_change": mine and self.principal.may(MANAGE) and not is_over,
            "form": form,
            "title": row.name,
            "submit_text": _("Save event"),
            "action": reverse("demand-event-edit", args=[row.pk]),
        }
        return render(request, "planning/demand_event.html", context, status=status)


class EventEdit(EventPage):
    """Change an event that is not over."""

    capability = MANAGE
    http_method_names = ("post",)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self._row(pk)
        get_object_or_404(DemandEvent.objects.editable_by(self.principal), pk=pk)
        form = EventForm(request.POST, principal=self.principal)
        if not form.is_valid():
            return self._answer(request, row, form, 422)
        try:
            demand_calendar.change(pk, _entry(form), actor=self.principal.actor, now=clock.now())
        except DomainError as error:
            form.refuse(error)
            return self._answer(request, row, form, 422)
        leave_note(request, str(_("The event is changed. It counts from the next run on.")))
        return redirect_to(request, reverse("demand-event", args=[pk]))


class EventEnd(Act, View):
    """End a running event, or take one off that has not begun."""

    capability = MANAGE
    title = _("End this event?")
    submit_text = _("End event")
    keep_text = _("Keep event")
    form_class = EndForm
    danger = True
    note = _("The event is ended. Forecasts follow with the next run.")

    def rows(self) -> QuerySet[Any]:
        rows = DemandEvent.objects.editable_by(self.principal)
        return rows.exclude(kind=DemandEvent.Kind.ODD_DAYS)

    def text(self, found: Any) -> Any:
        return _(
            "%(name)s: yesterday becomes its last day; one that has not begun is taken off."
        ) % {"name": found.name}

    def do(self, found: Any, form: Any) -> None:
        reason = form.cleaned_data["reason"]
        demand_calendar.end(found.pk, reason=reason, actor=self.principal.actor, now=self.now)

    def done_url(self, found: Any) -> str:
        return reverse("demand-events")


def _entry(form: EventForm) -> EventEntry:
    data = form.cleaned_data
    return EventEntry(
        kind=data["kind"],
        name=data["name"],
        from_on=data["from_on"],
        until_on=data["until_on"],
        factor=data["factor"],
        reason=data["reason"],
        sku_id=data["sku_row"].pk if data["sku_row"] else None,
        category=data["category"].strip(),
        warehouse_id=data["place"].pk if data["place"] else None,
        channel_id=data["shop"].pk if data["shop"] else None,
    )
