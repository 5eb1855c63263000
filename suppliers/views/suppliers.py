"""Suppliers in the office: the list with their scores, one supplier with all its terms."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import clock, settings_store
from core.models import AuditEntry
from core.permissions import Principal, RequireCapability
from core.tables import Column, EmptyText, Filter, IndexView, PageButton, Tab
from core.templatetags import ui
from suppliers.domain import defaults
from suppliers.domain.scorecard import CV_LIMIT, DEFECT_LIMIT, ON_TIME_GOAL, Share
from suppliers.models import (
    Agreement,
    ListPrice,
    PurchaseOrder,
    Supplier,
    SupplierDocument,
    SupplierLeadTime,
    SupplierSku,
)
from suppliers.queries.scorecard import (
    Scorecard,
    score_of,
    scorecard,
    window_start,
    with_scores,
)

BUY = "suppliers.buy"
PRICES = "suppliers.view_prices"
GOODS_SHOWN = 200


def share_cell(share: Share, *, good: bool) -> Any:
    """Return a share with its number of cases, marked when it misses its goal."""
    if share.ratio is None:
        return None
    return format_html(
        '<span class="{}">{}</span> <span class="unit">n {}</span>',
        "" if good else "is-danger",
        ui.percent(share.ratio, 1),
        share.n,
    )


def _on_time(row: Any) -> Any:
    share = Share(row.timed_part, row.timed_n)
    return share_cell(share, good=share.ratio is None or share.ratio >= ON_TIME_GOAL)


def _in_full(row: Any) -> Any:
    share = Share(row.full_part, row.full_n)
    return share_cell(share, good=share.ratio is None or share.ratio >= ON_TIME_GOAL)


def _defects(row: Any) -> Any:
    share = Share(row.damaged_n + row.failed_n, row.counted_n)
    return share_cell(share, good=share.ratio is None or share.ratio <= DEFECT_LIMIT)


def _drift(row: Any) -> Any:
    found = score_of(row)
    if found.price_drift is None:
        return None
    return format_html(
        '{} <span class="unit">n {}</span>', ui.percent(found.price_drift, 1), found.priced_lines
    )


def _ratio(part: str) -> Any:
    return lambda row: getattr(score_of(row), part).ratio


def supplier_countries(principal: Principal) -> list[tuple[str, str]]:
    rows = Supplier.objects.visible_to(principal).exclude(country="")
    codes = rows.order_by("country").values_list("country", flat=True).distinct()
    return [(code, ui.country_name(code)) for code in codes]


class SupplierIndex(IndexView):
    """Every supplier with its score from real receipts."""

    key = "suppliers"
    capability = "suppliers.view"
    title = _("Suppliers")
    columns = (
        Column("code", _("Supplier"), fixed=True, sort="code"),
        Column("name", _("Name")),
        Column("name_zh", _("Chinese name"), off=True),
        Column("country", _("Country"), render=lambda row: ui.country(row.country)),
        Column("currency", _("Currency"), capability=PRICES),
        Column("risk", _("Risk"), render=lambda row: row.get_risk_display()),
        Column("on_time", _("On time"), end=True, render=_on_time, export=_ratio("on_time")),
        Column("in_full", _("In full"), end=True, render=_in_full, export=_ratio("in_full")),
        Column("defects", _("Defects"), end=True, render=_defects, export=_ratio("defects")),
        Column(
            "drift",
            _("Price drift"),
            end=True,
            render=_drift,
            export=lambda row: score_of(row).price_drift,
            capability=PRICES,
        ),
        Column("agreement_n", _("Agreements"), end=True, capability=PRICES),
        Column("open_n", _("Open orders"), end=True),
    )
    tabs = (
        Tab("all", _("All")),
        Tab("used", _("In use"), Q(is_active=True)),
        Tab("risky", _("High risk"), Q(risk="high")),
        Tab("papers", _("Documents ended"), Q(has_ended_paper=True), hot=True),
    )
    filters = (
        Filter("country", _("Country"), field="country", options=supplier_countries, promoted=True),
        Filter("risk", _("Risk"), field="risk", options=lambda _who: Supplier.Risk.choices),
    )
    buttons = (
        PageButton(_("Create supplier"), "plus", "supplier-new", BUY, primary=True, create=True),
    )
    empty = EmptyText(
        _("No suppliers yet"),
        _("Import your suppliers with their prices, or create the first one."),
        "truck",
        action_text=_("Create supplier"),
        action_url_name="supplier-new",
        link_text=_("Import suppliers"),
        link_url_name="import-new",
    )
    default_sort = "code"

    def rows_for(self, principal: Principal) -> QuerySet[Any]:
        now = clock.now()
        over = SupplierDocument.objects.out_by(now.date()).filter(supplier=OuterRef("pk"))
        rows = Supplier.objects.visible_to(principal).annotate(
            has_ended_paper=Exists(over),
            agreement_n=Count("agreements", filter=Q(agreements__state="active"), distinct=True),
            open_n=Count(
                "purchase_orders",
                filter=Q(
                    purchase_orders__state__in=("approved", "sent", "confirmed", "partly_received")
                ),
                distinct=True,
            ),
        )
        return with_scores(rows, window_start(now))

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return rows.filter(
            Q(code__istartswith=text) | Q(name__icontains=text) | Q(name_zh__icontains=text)
        )

    def row_url(self, row: Any) -> str:
        return reverse("supplier", args=[row.pk])


class SupplierPage(RequireCapability, View):
    """One supplier: score, terms, people, goods, papers, agreements, who did what."""

    capability = "suppliers.view"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        supplier = get_object_or_404(Supplier.objects.visible_to(self.principal), pk=pk)
        now = clock.now()
        sees_prices = self.principal.may(PRICES)
        score = scorecard(supplier.pk, window_start(now))
        context = {
            "supplier": supplier,
            "score": score,
            "marks": _marks(score, sees_prices=sees_prices),
            "leads": _leads(supplier, score),
            "expected_days": settings_store.get(defaults.EXPECTED_DAYS),
            "goods": _goods(supplier, now.date(), sees_prices=sees_prices),
            "papers": _papers(supplier, now.date()),
            "timeline": _timeline(supplier),
            "may_buy": self.principal.may(BUY),
            "sees_prices": sees_prices,
            "contacts": supplier.contacts.order_by("-is_active", "name", "pk")
            if sees_prices
            else (),
            "agreements": _agreements(supplier) if sees_prices else (),
            "orders": _orders(supplier, self.principal) if sees_prices else (),
        }
        return render(request, "suppliers/supplier.html", context)


def _marks(score: Scorecard, *, sees_prices: bool) -> list[dict[str, Any]]:
    on_time, in_full, defects = score.on_time, score.in_full, score.defects
    rows = [
        {"text": _("On time"), "share": on_time, "goal": _("goal 95 %")},
        {"text": _("In full"), "share": in_full, "goal": _("goal 95 %")},
        {"text": _("Defects"), "share": defects, "goal": _("limit 2 %")},
    ]
    rows[0]["bad"] = on_time.ratio is not None and on_time.ratio < ON_TIME_GOAL
    rows[1]["bad"] = in_full.ratio is not None and in_full.ratio < ON_TIME_GOAL
    rows[2]["bad"] = defects.ratio is not None and defects.ratio > DEFECT_LIMIT
    if sees_prices:
        rows.append(
            {
                "text": _("Price drift"),
                "ratio": score.price_drift,
                "n": score.priced_lines,
                "goal": _("ordered against quoted"),
            }
        )
    return rows


def _leads(supplier: Supplier, score: Scorecard) -> list[dict[str, Any]]:
    agreed = dict(supplier.lead_times.values_list("mode", "agreed_days"))
    rows = []
    for mode, text in SupplierLeadTime.Mode.choices:
        seen = score.leads.get(mode)
        if mode in agreed or seen is not None:
            rows.append(
                {
                    "text": text,
                    "agreed": agreed.get(mode),
                    "seen": seen,
                    "slow": seen is not None
                    and mode in agreed
                    and seen.mean_days is not None
                    and seen.mean_days > agreed[mode],
                    "wide": seen is not None and seen.cv is not None and seen.cv > CV_LIMIT,
                }
            )
    return rows


def _goods(supplier: Supplier, today: dt.date, *, sees_prices: bool) -> dict[str, Any]:
    rows = supplier.goods.select_related("sku").order_by("-is_active", "sku__code", "pk")
    if sees_prices:
        valid = ListPrice.objects.valid_on(today).order_by("-valid_from", "min_qty")
        rows = rows.prefetch_related(Prefetch("prices", valid, to_attr="valid_prices"))
    found = list(rows[:GOODS_SHOWN])
    backups = _backups(found)
    for row in found:
        row.backup = backups.get(row.pk, "")
        newest = row.valid_prices[0].valid_from if sees_prices and row.valid_prices else None
        row.breaks = [
            (one.min_qty, one.unit_price)
            for one in (row.valid_prices if sees_prices else ())
            if one.valid_from == newest
        ]
    return {"rows": found, "more": max(0, supplier.goods.count() - len(found))}


def _backups(goods: list[SupplierSku]) -> dict[int, str]:
    others = SupplierSku.objects.active().filter(sku_id__in=[row.sku_id for row in goods])
    by_sku: dict[int, list[SupplierSku]] = {}
    for row in others.select_related("supplier").order_by("rank", "pk"):
        by_sku.setdefault(row.sku_id, []).append(row)
    return {
        row.pk: " · ".join(
            f"{other.rank} {other.supplier.code}"
            for other in by_sku.get(row.sku_id, ())
            if other.pk != row.pk
        )
        for row in goods
    }


def _papers(supplier: Supplier, today: dt.date) -> dict[str, Any]:
    days = settings_store.get(defaults.EXPIRING_DAYS)
    soon = today + dt.timedelta(days=int(str(days)))
    rows = list(SupplierDocument.objects.on_file().filter(supplier=supplier).order_by("kind", "pk"))
    ended = [row for row in rows if row.valid_until and row.valid_until < today]
    ending = [row for row in rows if row.valid_until and today <= row.valid_until <= soon]
    return {"rows": rows, "ended": ended, "ending": ending, "today": today, "soon": soon}


def _agreements(supplier: Supplier) -> QuerySet[Agreement]:
    return supplier.agreements.annotate(line_n=Count("lines")).order_by("-valid_from", "-pk")[:50]


def _orders(supplier: Supplier, principal: Principal) -> QuerySet[PurchaseOrder]:
    rows = PurchaseOrder.objects.visible_to(principal).filter(supplier=supplier)
    return rows.exclude(state__in=("closed", "cancelled")).order_by("-pk")[:10]


def _timeline(supplier: Supplier) -> list[dict[str, Any]]:
    words = {
        "suppliers.supplier_created": _("Created"),
        "suppliers.supplier_edited": _("Terms edited"),
        "suppliers.contact_kept": _("Contact edited"),
        "suppliers.lead_times_set": _("Lead times set"),
        "suppliers.document_added": _("Document added"),
        "suppliers.document_withdrawn": _("Document taken out"),
        "suppliers.goods_kept": _("Goods edited"),
        "suppliers.list_set": _("List prices set"),
    }
    entries = AuditEntry.objects.filter(target_kind="supplier", target_id=str(supplier.pk))
    return [
        {
            "person": entry.actor_label if entry.actor_kind == "user" else "",
            "glyph": "circle-dot",
            "text": words.get(entry.action, entry.action),
            "at": entry.at,
            "meta": (entry.after or {}).get("sku") or (entry.after or {}).get("title") or "",
        }
        for entry in entries.order_by("-at", "-pk")[:30]
    ]
