"""B-44, B-45, B-47: seasons before, during and after."""

from __future__ import annotations

import csv
import datetime as dt
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import clock
from core.permissions import RequireCapability
from core.submissions import SubmitOnce
from core.tables.cells import neutral
from core.views.acts import Act
from inventory.models import Product
from planning.forms.seasons import BuyersForm, DismissForm
from planning.models import SeasonPlan
from planning.queries import seasons as reads
from planning.queries.seasons import Wish
from planning.services import seasons
from suppliers.models import PurchaseOrder

SEE, MANAGE, BUY = "planning.view", "planning.manage", "suppliers.buy"
SHOWN = 300


class SeasonIndex(RequireCapability, View):
    """Seasons to prepare with their batches, and what outlasts its season."""

    capability = SEE

    def get(self, request: HttpRequest) -> HttpResponse:
        now = clock.now()
        context = {
            "seasons": _seasons(self.principal, now.date()),
            "leftovers": reads.leftovers(self.principal, now),
            "may_manage": self.principal.may(MANAGE),
            "may_buy": self.principal.may(BUY),
        }
        return render(request, "planning/seasons.html", context)


def _seasons(principal: Any, today: dt.date) -> list[dict[str, Any]]:
    rows = list(
        SeasonPlan.objects.visible_to(principal)
        .filter(event__until_on__gte=today)
        .select_related("event", "sku", "warehouse", "supplier")
        .order_by("event__from_on", "event_id", "sku__code", "warehouse__code", "pk")[:SHOWN]
    )
    ids = [pk for row in rows for pk in row.order_ids]
    orders = PurchaseOrder.objects.visible_to(principal).in_bulk(ids) if ids else {}
    return [
        {
            "event": event,
            "times": f"{event.factor.normalize():f}" if event.factor else "1",
            "more_pct": round(float((event.factor or 1) - 1) * 100),
            "days_left": (event.from_on - today).days,
            "plans": [
                {
                    "row": row,
                    "calls": [
                        {"on": dt.date.fromisoformat(call["on"]), "qty": call["qty"]}
                        for call in row.calls
                    ],
                    "orders": [orders[pk] for pk in row.order_ids if pk in orders],
                }
                for row in plans
            ],
        }
        for event, plans in groupby(rows, key=lambda row: row.event)
    ]


class SeasonAct(Act, SubmitOnce, View):
    """A decision on a season plan."""

    def rows(self):
        rows = SeasonPlan.objects.visible_to(self.principal)
        return rows.select_related("event", "sku", "warehouse")

    def done_url(self, found):
        return reverse("season-index")


class AcceptSeason(SeasonAct):
    """Write a draft of a purchase order for each batch."""

    capability = BUY
    title = _("Order this season in batches?")
    submit_text = _("Create drafts")
    note = _("Drafted. Each batch is a purchase order of its own.")

    def text(self, found):
        units = ", ".join(f"{call['on']}: {call['qty']}" for call in found.calls)
        return gettext("%(sku)s for %(place)s, %(total)s units. Batches: %(units)s.") % {
            "sku": found.sku.code,
            "place": found.warehouse.code,
            "total": found.total_qty,
            "units": units,
        }

    def do(self, found, form):
        seasons.accept(found.pk, actor=self.principal.actor, now=self.now)


class DismissSeason(SeasonAct):
    """Order nothing for it."""

    capability = MANAGE
    form_class = DismissForm
    title = _("Order nothing for this season?")
    submit_text = _("Dismiss plan")

    def text(self, found):
        return gettext("%(sku)s for %(place)s: the plan is not proposed again for this event.") % {
            "sku": found.sku.code,
            "place": found.warehouse.code,
        }

    def do(self, found, form):
        reason = form.cleaned_data["reason"]
        seasons.dismiss(found.pk, reason=reason, actor=self.principal.actor, now=self.now)


class SeasonBuyers(RequireCapability, View):
    """B-45: who bought a product within some days, as numbers, without names or addresses."""

    capability = SEE

    def get(self, request: HttpRequest) -> HttpResponse:
        is_asked = "from_on" in request.GET
        names = Product.objects.visible_to(self.principal).exclude(category="")
        form = BuyersForm(
            request.GET if is_asked else None,
            categories=names.order_by("category").values_list("category", flat=True).distinct(),
            initial=_last_summer(clock.now().date()),
        )
        found = None
        if is_asked and form.is_valid():
            data = form.cleaned_data
            wish = Wish(data["from_on"], data["until_on"], data["sku"], data["category"])
            if "file" in request.GET:
                return _file(reads.buyers_of(wish, self.principal, most=None))
            found = reads.buyers_of(wish, self.principal)
        query = request.GET.copy()
        query["file"] = "csv"
        context = {"form": form, "found": found, "file_query": query.urlencode()}
        status = 422 if is_asked and not form.is_valid() else 200
        return render(request, "planning/season_buyers.html", context, status=status)


def _last_summer(today: dt.date) -> dict[str, dt.date]:
    """Return June to August of the last summer that is over."""
    year = today.year if today >= dt.date(today.year, 9, 1) else today.year - 1
    return {"from_on": dt.date(year, 6, 1), "until_on": dt.date(year, 8, 31)}


def _file(found: reads.Buyers) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="season-buyers.csv"'
    response.write("\ufeff")
    sheet = csv.writer(response)
    sheet.writerow(["customer", "segment", "country", "units", "orders", "last_order"])
    for row in found.rows:
        last: Any = row["last_at"]
        words = [neutral(str(row[name])) for name in ("number", "segment", "country")]
        sheet.writerow([*words, row["units"], row["orders"], last.date().isoformat()])
    return response
