"""One proposal with every term of its arithmetic, and what else it could have been."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from core import formats
from core.approvals import people
from core.htmx import mark_varying
from core.permissions import RequireCapability
from core.services.rates import base_currency
from planning.domain import proposal_states
from planning.models import CoverStatus, Proposal
from planning.views import proposal_words
from planning.views.proposal_chart import demand_weeks
from planning.views.proposals import (
    BUY,
    DECIDE,
    SEE,
    SEE_PRICES,
    cover_cell,
    due_cell,
    total_of,
)

JOINED = (
    "sku",
    "warehouse",
    "supplier",
    "from_warehouse",
    "review",
    "partner_of__sku",
    "purchase_order",
    "fast_order",
    "transfer",
    "work_order",
)


class OneProposal(RequireCapability):
    """What the page and the preview of a proposal share."""

    capability = SEE

    def row(self, pk: int) -> Proposal:
        """Return the proposal within scope."""
        rows = Proposal.objects.visible_to(self.principal).select_related(*JOINED)
        return get_object_or_404(rows, pk=pk)

    def told(self, row: Proposal) -> dict[str, Any]:
        """Return the context of both templates."""
        rows = CoverStatus.objects.filter(sku=row.sku_id, warehouse=row.warehouse_id)
        cover = rows.first()
        return {
            "row": row,
            "cover": cover,
            "lines": proposal_words.arithmetic(row.terms),
            "why": proposal_words.reason_text(cover.reason if cover else row.reason),
            "decision": proposal_words.reason_text(row.reason),
            "is_waiting": row.state in proposal_states.WAITING,
            "may_decide": self.principal.may_any(DECIDE),
            "may_buy": self.principal.may(BUY),
        }


class ProposalPeek(OneProposal, View):
    """The preview beside the list."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        answer = render(request, "planning/proposal_peek.html", self.told(self.row(pk)))
        return mark_varying(answer, fragment=True)


class ProposalCard(OneProposal, View):
    """The page of one proposal."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self.row(pk)
        partners = self._partners(row)
        told = self.told(row)
        cover = told["cover"]
        context = told | {
            "cover_cell": cover and cover_cell(cover.cover_days, cover.band, row.terms),
            "daily": cover and formats.number(Decimal(str(round(cover.daily_qty, 1)))),
            "options": _options(row),
            "partners": partners,
            "weeks": demand_weeks(row.sku_id, row.warehouse_id),
            "group_ids": ",".join(str(one.pk) for one in (row, *partners)),
            "warnings": [
                proposal_words.warning_text(code) for code in row.terms.get("warnings") or ()
            ],
            "source": proposal_words.source_text(row),
            "sees_prices": self.principal.may(SEE_PRICES),
            "base": base_currency(),
            "total": total_of(row),
            "due": due_cell(row.order_by_on),
            "made": _made(row),
            "override_by": _name_of(row.override_by),
            "may_reopen": row.state == proposal_states.SNOOZED,
        }
        return render(request, "planning/proposal.html", context)

    def _partners(self, row: Proposal) -> list[Proposal]:
        """Return the waiting proposals that follow this one, with the arithmetic of B-14."""
        if row.state not in proposal_states.WAITING:
            return []
        rows = Proposal.objects.visible_to(self.principal).waiting().filter(partner_of=row)
        found = list(rows.select_related("sku").order_by("sku__code", "pk"))
        for one in found:
            one.note = _partner_note(one)
        return found


def _partner_note(row: Proposal) -> str:
    """Return the units that buyers of the red SKU add to the partner."""
    extras = [line for line in row.terms.get("extra_rows") or () if line.get("why") == "PARTNER"]
    if not extras:
        return proposal_words.reason_text(row.reason)
    line = extras[0]
    return _("%(chance)s %% of its buyers take this next: + %(n)s") % {
        "chance": round(float(line.get("chance") or 0) * 100),
        "n": line.get("qty"),
    }


def _name_of(key: str) -> str:
    kind, _mark, number = key.partition(":")
    return people.names_of([int(number)]) if kind == "user" and number.isdecimal() else key


def _options(row: Proposal) -> list[dict[str, Any]]:
    """Return the sources and modes that were compared, the cheapest first, money as Decimal."""
    found = []
    for option in row.terms.get("options") or ():
        money = {
            name: None if option.get(name) is None else Decimal(str(option[name]))
            for name in ("unit_cost", "bring", "lost", "cost")
        }
        if option.get("kind") == row.source_kind and money["unit_cost"] is None:
            money["unit_cost"] = row.unit_cost_amount
        found.append({"currency": row.currency, **option, **money, "text": _option_text(option)})
    return sorted(found, key=lambda one: (one["cost"] is None, one["cost"] or 0))


def _option_text(option: dict[str, Any]) -> str:
    kinds, modes = dict(Proposal.Source.choices), dict(Proposal.Mode.choices)
    kind = str(kinds.get(option.get("kind", ""), option.get("kind", ""))).capitalize()
    mode = option.get("mode") or ""
    parts = (
        option.get("name"),
        kind,
        str(modes.get(mode, mode)) if mode and mode != Proposal.Mode.NONE else "",
    )
    return " · ".join(str(part) for part in parts if part)


def _made(row: Proposal) -> list[tuple[str, str]]:
    """Return what accepting made: number and page of each."""
    orders = [one for one in (row.purchase_order, row.fast_order) if one is not None]
    found = [(one.number, reverse("purchase-order", args=[one.pk])) for one in orders]
    if row.transfer is not None:
        found.append((row.transfer.number, reverse("transfer", args=[row.transfer_id])))
    if row.work_order is not None:
        found.append((row.work_order.number, reverse("work-order", args=[row.work_order_id])))
    return found
