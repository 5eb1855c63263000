"""Routing of an order (O4): what each warehouse would cost, which filter removed it, and why."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from core import clock
from core.errors import DomainError
from inventory.models import Sku
from orders import queries, words
from orders.forms import RerouteForm
from orders.models import Order, RoutingDecision
from orders.services import allocation
from orders.views.page import OrderView


class RoutingPage(OrderView):
    """The stored decision; POST routes again, by rule or to chosen warehouses with a reason."""

    capability = "orders.view"
    write_capability = "orders.override_routing"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._answer(request, self.order(pk), RerouteForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        order, form = self.order(pk), RerouteForm(request.POST)
        by_rule = request.POST.get("by") == "rule"
        chosen = [int(value) for value in request.POST.getlist("warehouse") if value.isdecimal()]
        if not by_rule and (not form.is_valid() or not chosen):
            if not chosen:
                form.add_error(None, _("Choose at least one warehouse, then give the reason."))
            return self._answer(request, order, form, 422)
        try:
            done = allocation.reroute(
                order.pk,
                warehouse_ids=None if by_rule else chosen,
                reason="" if by_rule else form.cleaned_data["reason"],
                actor=self.principal.actor,
                at=clock.now(),
            )
        except DomainError as error:
            form.add_error(None, str(error))
            return self._answer(request, order, form, 422)
        text = _("Routed again.") if done.has_changed else _("Routing gives the same answer.")
        messages.success(request, text)
        return self.back(order)

    def _answer(
        self, request: HttpRequest, order: Order, form: RerouteForm, status: int = 200
    ) -> HttpResponse:
        decision = queries.latest_decision(order)
        context = {
            "order": order,
            "decision": decision,
            "candidates": _candidates(decision) if decision else [],
            "removed": _removed(decision) if decision else [],
            "preset": words.PRESETS.get(decision.preset, decision.preset) if decision else "",
            "terms": list(words.TERMS.values()),
            "history": RoutingDecision.objects.filter(order=order).order_by("-pk")[:10],
            "warehouses": queries.warehouses(self.principal),
            "may_override": self.principal.may("orders.override_routing"),
            "form": form,
        }
        return render(request, "orders/routing.html", context, status=status)


def _candidates(decision: RoutingDecision) -> list[dict[str, Any]]:
    chosen = [leg["warehouse"] for leg in decision.chosen.get("legs", [])]
    rows = []
    for row in decision.candidates:
        if row["filter"]:
            continue
        terms = row.get("terms", {})
        rows.append(
            {
                "name": " + ".join(row["warehouses"]),
                "is_chosen": sorted(row["warehouses"]) == sorted(chosen),
                "terms": [
                    {"text": words.TERMS.get(key, key), "amount": Decimal(value)}
                    for key, value in terms.items()
                ],
                "cost": Decimal(row["cost"]) if row.get("cost") else None,
                "score": Decimal(row["score"]) if row.get("score") else None,
                "arrives_by": row.get("arrives_by") or "",
                "km": row.get("km"),
                "services": ", ".join(map(str, row.get("services") or [])),
            }
        )
    return sorted(rows, key=lambda row: (row["score"] is None, row["score"], row["name"]))


def _removed(decision: RoutingDecision) -> list[dict[str, Any]]:
    rows = [row for row in decision.candidates if row["filter"]]
    codes = Sku.objects.in_bulk(
        {pk for row in rows for pk, _qty in row.get("detail", {}).get("missing", [])}
    )
    return [
        {
            "name": " + ".join(row["warehouses"]),
            "text": words.reason(row["filter"]),
            "advice": words.advice(row["filter"]),
            "detail": _detail(row.get("detail", {}), codes),
        }
        for row in rows
    ]


def _detail(detail: dict[str, Any], skus: dict[int, Sku]) -> str:
    """Return what a filter noted, units missing by SKU code."""
    missing = [(skus[pk], qty) for pk, qty in detail.get("missing", []) if pk in skus]
    parts = [f"{sku.code} \N{MINUS SIGN}{qty}" for sku, qty in missing]
    parts += [f"{key} {value}" for key, value in detail.items() if key != "missing"]
    return ", ".join(parts)
