"""A-05: which share of a SKU should lie in which warehouse, and what to move for it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import clock, formats
from core.permissions import Principal
from core.services.rates import base_currency
from core.tables import Column, EmptyText, Filter, PageButton, Tab
from core.templatetags import ui
from planning.domain.placement import WHOLE, Move, Place, Verdict
from planning.models import CoverStatus, Proposal
from planning.queries.placement import DAYS, Suggestions, placements
from planning.views.proposals import CoverIndex, item_cell, warehouses

SEE = "planning.view"
PLAN_TRANSFERS = "inventory.transfer"

VERDICTS: dict[Verdict, tuple[Any, str, str]] = {
    Verdict.FIRST: (_("first site"), "house", "tag"),
    Verdict.PAYS: (_("pays"), "circle-check", "ok"),
    Verdict.TOO_SLOW: (_("does not pay"), "circle-slash", "warn"),
    Verdict.NO_DEMAND: (_("no demand here"), "ring-dashed", "over"),
}


def _share(thousandths: int | None) -> Any:
    return None if thousandths is None else ui.percent(thousandths / WHOLE, 1)


def _placed(row: Any, name: str) -> Any:
    place: Place | None = row.placed
    return None if place is None or row.is_unasked else getattr(place, name)


def _percent(row: Any, name: str) -> Decimal | None:
    found = _placed(row, name)
    return None if found is None else Decimal(found) / 10


def _velocity(row: Any) -> Any:
    place: Place | None = row.placed
    if place is None:
        return None
    days = row.turnover_days
    turnover = gettext("turns in %(n)s days") % {"n": formats.number(days, 0)} if days else ""
    return format_html(
        '<span class="two"><b>{}</b><small>{}</small></span>',
        formats.number(place.daily, 2),
        turnover,
    )


def _verdict_text(row: Any) -> str:
    place: Place | None = row.placed
    return str(VERDICTS[place.verdict][0]) if place is not None else ""


def _verdict(row: Any) -> Any:
    place: Place | None = row.placed
    if place is None:
        return None
    text, glyph, kind = VERDICTS[place.verdict]
    return format_html(
        '<span class="two">{}<small>{}</small></span>',
        ui.tag(str(text), glyph, kind),
        _why(place),
    )


def _why(place: Place) -> str:
    """Return the yearly money of a further site, and the pace it would need."""
    if place.verdict in (Verdict.FIRST, Verdict.NO_DEMAND):
        return ""
    base = base_currency()
    text = gettext("saves %(saved)s, costs %(spent)s a year") % {
        "saved": formats.money(Decimal(round(place.saved)), base),
        "spent": formats.money(Decimal(round(place.spent)), base),
    }
    if place.verdict == Verdict.TOO_SLOW and place.least_daily is not None:
        pace = gettext("pays from %(n)s a day") % {"n": formats.number(place.least_daily, 2)}
        return f"{text}; {pace}"
    return text


def _signed(qty: int | None) -> Any:
    if qty is None:
        return None
    if qty == 0:
        return "0"
    sign = "+" if qty > 0 else "\N{MINUS SIGN}"
    return f"{sign}{formats.number(abs(qty))}"


def _moves(row: Any) -> Any:
    if not row.moves:
        return None
    return format_html_join("", '<a class="d-block nowrap" href="{}">{}</a>', row.moves)


def _spread(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Keep the SKUs that lie in more than one warehouse."""
    others = CoverStatus.objects.filter(sku=OuterRef("sku"), on_hand_qty__gt=0)
    return rows.filter(Exists(others.exclude(warehouse=OuterRef("warehouse"))), on_hand_qty__gt=0)


def _proposed(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Keep the SKUs of which a transfer waits as a proposal."""
    waiting = Proposal.objects.waiting().filter(sku=OuterRef("sku"), source_kind="transfer")
    return rows.filter(Exists(waiting))


class PlacementIndex(CoverIndex):
    """A row for each SKU and warehouse: region share, pace, share, break-even, transfer."""

    key = "placement"
    url_name = "placement-index"
    template_name = "planning/placement.html"
    capability = SEE
    title = _("Placement")
    columns = (
        Column("sku.code", _("Item"), fixed=True, sort="sku__code", render=item_cell),
        Column("warehouse.code", _("Warehouse"), sort="warehouse__code"),
        Column(
            "region_share",
            _("Region asks for %"),
            end=True,
            render=lambda r: _share(_placed(r, "region_share")),
            export=lambda r: _percent(r, "region_share"),
        ),
        Column(
            "velocity",
            _("Units a day"),
            end=True,
            render=_velocity,
            export=lambda r: round(_placed(r, "daily") or 0.0, 4),
        ),
        Column(
            "share",
            _("Suggested share %"),
            end=True,
            render=lambda r: _share(_placed(r, "share")),
            export=lambda r: _percent(r, "share"),
        ),
        Column(
            "stock",
            _("Here and coming"),
            end=True,
            render=lambda r: ui.qty(r.stock),
            export=lambda r: r.stock,
        ),
        Column(
            "target",
            _("Should lie here"),
            end=True,
            render=lambda r: ui.qty(_placed(r, "target")),
            export=lambda r: _placed(r, "target"),
        ),
        Column(
            "difference",
            _("Difference"),
            end=True,
            render=lambda r: _signed(_placed(r, "difference")),
            export=lambda r: _placed(r, "difference"),
        ),
        Column(
            "transfer",
            _("Transfer"),
            render=_moves,
            export=lambda r: ", ".join(text for _url, text in r.moves),
        ),
        Column("verdict", _("Break-even"), render=_verdict, export=_verdict_text),
        Column("turnover_days", _("Turnover days"), end=True, off=True),
    )
    tabs = (
        Tab("asked", _("With demand"), Q(daily_qty__gt=0)),
        Tab("spread", _("In several warehouses"), _spread),
        Tab("waiting", _("Transfer proposed"), _proposed, hot=True),
        Tab("all", _("All")),
    )
    filters = (
        Filter(
            "warehouse", _("Warehouse"), field="warehouse__code", options=warehouses, promoted=True
        ),
        Filter("category", _("Category"), field="sku__product__category", kind="text"),
    )
    buttons = (
        PageButton(_("Days of cover"), "gauge", "cover-index", SEE),
        PageButton(_("Transfers"), "truck", "transfers-index", PLAN_TRANSFERS),
    )
    default_sort = "sku__code"
    empty = EmptyText(
        _("Nothing to place yet"),
        _(
            "Placement is computed from what customers of each region ordered in 26 weeks and from "
            "the newest review of stock. The next review runs tonight."
        ),
        "map",
    )

    def rows_for(self, principal: Any) -> QuerySet[Any]:
        self.reader: Principal = principal
        return super().rows_for(principal)

    def complete(self, rows: Sequence[Any]) -> None:
        found = placements({row.sku_id for row in rows}, today=clock.now().date())
        may_plan = self.reader.may(PLAN_TRANSFERS)
        for row in rows:
            placement = found.by_sku.get(row.sku_id)
            row.stock = max(row.sellable_qty, 0) + row.inbound_qty
            row.placed = placement.places.get(row.warehouse_id) if placement else None
            row.is_unasked = placement is None or not any(
                one.share for one in placement.places.values()
            )
            row.moves = [
                _move(row, move, found, may_plan=may_plan)
                for move in (placement.moves if placement else ())
                if row.warehouse_id in (move.from_pk, move.to_pk)
            ]

    def extra_context(self, state: Any, page: Any) -> dict[str, Any]:
        return {"days": DAYS}


def _move(row: Any, move: Move, found: Suggestions, *, may_plan: bool) -> tuple[str, str]:
    """Return the page on which a transfer is decided, and its words as seen from the row."""
    if move.to_pk == row.warehouse_id:
        words = gettext("%(n)s from %(place)s")
        other = found.codes.get(move.from_pk, "")
    else:
        words = gettext("%(n)s to %(place)s")
        other = found.codes.get(move.to_pk, "")
    text = words % {"n": formats.number(move.qty), "place": other}
    waiting = found.proposals.get((row.sku_id, move.from_pk, move.to_pk))
    if waiting is not None:
        return reverse("proposal-card", args=[waiting]), text
    if not may_plan:
        return reverse("sku-planning", args=[row.sku_id]), text
    asked = {
        "source": found.codes.get(move.from_pk, ""),
        "destination": found.codes.get(move.to_pk, ""),
        "sku_1": row.sku.code,
        "qty_1": move.qty,
    }
    return f"{reverse('transfer-new')}?{urlencode(asked)}", text
