"""Subscriptions: the index, one of them, setting one up, and its acts."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import clock
from core.errors import DomainError
from core.htmx import redirect_to
from core.permissions import Principal, RequireCapability
from core.tables import Column, EmptyText, Filter, IndexView, PageButton, Tab
from core.templatetags import ui
from core.views.acts import Act
from customers.domain.drafts import AddressDraft
from orders import queries, words
from orders.forms import (
    EndForm,
    NewSubscriptionForm,
    PauseForm,
    SkipForm,
    VersionForm,
    active_channels,
)
from orders.models import Subscription
from orders.services import subscriptions
from orders.services.subscriptions import ItemDraft, SubscriptionDraft, Version

AHEAD = 4


def _every(row: Subscription) -> Any:
    return words.interval(row.interval_unit, row.interval_count)


def _channels(principal: Principal) -> list[tuple[str, Any]]:
    return [(row.code, row.name) for row in active_channels(principal)]


class SubscriptionIndex(IndexView):
    """All subscriptions, the next due day first."""

    key = "subscriptions"
    capability = "orders.view"
    title = _("Subscriptions")
    columns = (
        Column("number", _("Subscription"), fixed=True),
        Column("ship_name", _("Customer"), capability="customers.view_names"),
        Column("every", _("Every"), render=_every, export=_every),
        Column("next_on", _("Next due"), render=lambda row: ui.day(row.next_on), sort="next_on"),
        Column("state", _("Status"), render=lambda row: ui.chip("subscription", row.state)),
        Column("channel.name", _("Channel")),
        Column("refused_count", _("Refused"), end=True),
    )
    tabs = (
        Tab("active", _("Active"), Q(state="active")),
        Tab("paused", _("Paused"), Q(state="paused")),
        Tab("ended", _("Ended"), Q(state="ended"), counted=False),
    )
    filters = (
        Filter("channel", _("Channel"), field="channel__code", options=_channels, promoted=True),
        Filter("next", _("Next due"), field="next_on", kind="day", promoted=True),
    )
    buttons = (
        PageButton(
            _("Set up subscription"),
            "plus",
            "subscription-new",
            "orders.manage_subscriptions",
            primary=True,
            create=True,
        ),
    )
    empty = EmptyText(
        _("No subscription yet"),
        _("A subscription makes its orders by itself, some days before each is due."),
        "calendar-clock",
        _("Set up subscription"),
        "subscription-new",
    )
    default_sort = "next_on"

    def rows_for(self, principal: Principal) -> QuerySet[Subscription]:
        return (
            Subscription.objects.visible_to(principal)
            .select_related("channel")
            .annotate(refused_count=Count("runs", filter=Q(runs__state="refused")))
        )

    def search(self, rows: QuerySet[Subscription], text: str) -> QuerySet[Subscription]:
        return rows.filter(
            Q(number__startswith=text.upper()) | Q(email=text.lower()) | Q(ship_name__iexact=text)
        )

    def row_url(self, row: Subscription) -> str:
        return reverse("subscription", args=[row.pk])


class SubscriptionPage(RequireCapability, View):
    """One subscription: what comes when, what came, and its acts."""

    capability = "orders.view"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(
            Subscription.objects.visible_to(self.principal).select_related("channel"), pk=pk
        )
        context = {
            "row": row,
            "every": _every(row),
            "lines": row.lines.select_related("sku").order_by("pk"),
            "runs": row.runs.select_related("order").order_by("-due_on")[:24],
            "ahead": _ahead(row),
            "timeline": queries.subscription_timeline(row.pk),
            "may": {
                "manage": self.principal.may("orders.manage_subscriptions"),
                "names": self.principal.may("customers.view_names"),
                "pii": self.principal.may("customers.view_pii"),
            },
        }
        return render(request, "orders/subscription.html", context)


def _ahead(row: Subscription) -> list[dt.date]:
    days: list[dt.date] = []
    found = (0, row.next_on) if row.next_on else None
    while found is not None and len(days) < AHEAD:
        days.append(found[1])
        found = subscriptions.schedule_of(row).next_after(found[1])
    return days


class NewSubscription(RequireCapability, View):
    """Type in recipient, lines and interval."""

    capability = "orders.manage_subscriptions"

    def get(self, request: HttpRequest) -> HttpResponse:
        form = NewSubscriptionForm(channels=active_channels(self.principal))
        return render(request, "orders/subscription_new.html", {"form": form})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = NewSubscriptionForm(request.POST, channels=active_channels(self.principal))
        if form.is_valid():
            try:
                row = subscriptions.create(_draft(form), actor=self.principal.actor, at=clock.now())
            except DomainError as error:
                form.add_error(None, str(error))
            else:
                return redirect_to(request, reverse("subscription", args=[row.pk]))
        return render(request, "orders/subscription_new.html", {"form": form}, status=422)


def _draft(form: NewSubscriptionForm) -> SubscriptionDraft:
    data = form.cleaned_data
    return SubscriptionDraft(
        channel=data["channel"],
        items=[ItemDraft(code, qty, Decimal(price)) for code, qty, price in form.line_values()],
        ship_to=AddressDraft(
            name=data["name"],
            line1=data["line1"],
            postcode=data["postcode"],
            city=data["city"],
            country=data["country"],
        ),
        first_on=data["first_on"],
        interval_unit=data["interval_unit"],
        interval_count=data["interval_count"],
        ends_on=data["ends_on"],
        email=data["email"],
    )


class SubscriptionAct(Act, View):
    """One act on one subscription; the form carries the version the person saw."""

    capability = "orders.manage_subscriptions"
    form_class = VersionForm

    def rows(self) -> QuerySet[Subscription]:
        return Subscription.objects.visible_to(self.principal)

    def first_values(self, found: Subscription) -> dict[str, Any]:
        return {"version": found.version, "due_on": found.next_on}

    def done_url(self, found: Subscription) -> str:
        return reverse("subscription", args=[found.pk])

    def version(self, found: Subscription, form: Any) -> Version:
        return Version(found.pk, form.cleaned_data["version"])


class Pause(SubscriptionAct):
    """No orders until a day, or until somebody resumes it."""

    form_class = PauseForm
    title = _("Pause this subscription?")
    submit_text = _("Pause subscription")

    def text(self, found: Subscription) -> Any:
        return _("Due days that pass meanwhile are left out. Orders that exist go on.")

    def do(self, found: Subscription, form: Any) -> None:
        subscriptions.pause(
            self.version(found, form),
            until=form.cleaned_data["until"],
            reason=form.cleaned_data["reason"],
            actor=self.principal.actor,
            at=self.now,
        )


class Resume(SubscriptionAct):
    """Orders again."""

    title = _("Resume this subscription?")
    submit_text = _("Resume subscription")

    def text(self, found: Subscription) -> Any:
        return _("It goes on with the first due day after today.")

    def do(self, found: Subscription, form: Any) -> None:
        subscriptions.resume(
            self.version(found, form),
            today=self.now.date(),
            actor=self.principal.actor,
            at=self.now,
        )


class Skip(SubscriptionAct):
    """Leave out the next one."""

    form_class = SkipForm
    title = _("Skip the next delivery?")
    submit_text = _("Skip delivery")

    def text(self, found: Subscription) -> Any:
        return _("Due on %(day)s. The one after it comes as planned.") % {
            "day": ui.day(found.next_on)
        }

    def do(self, found: Subscription, form: Any) -> None:
        subscriptions.skip(
            self.version(found, form),
            due_on=form.cleaned_data["due_on"],
            reason=form.cleaned_data["reason"],
            actor=self.principal.actor,
            at=self.now,
        )


class End(SubscriptionAct):
    """No more orders, for good."""

    form_class = EndForm
    title = _("End this subscription?")
    submit_text = _("End subscription")
    danger = True

    def text(self, found: Subscription) -> Any:
        return _("It can't be resumed. Orders that exist go on.")

    def do(self, found: Subscription, form: Any) -> None:
        subscriptions.end(
            self.version(found, form),
            reason=form.cleaned_data["reason"],
            actor=self.principal.actor,
            at=self.now,
        )
