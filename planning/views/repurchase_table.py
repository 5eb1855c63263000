"""B-08: which products are bought again, when, how likely, and what goes with them."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core.permissions import Principal
from core.tables import Column, EmptyText, IndexView, Tab
from core.tables.state import IndexState
from core.templatetags import ui
from planning.queries import repurchase_table as reads

SEGMENT_WORDS = {
    "high": (_("High repurchase"), _("2 purchases or more, and active in the last 30 days")),
    "dormant": (_("Dormant"), _("one purchase, 60 to 90 days without a sign")),
    "new": (pgettext_lazy("customer segment", "New"), _("first purchase within 30 days")),
    "cooling": (_("Cooling"), _("one purchase, 31 to 59 days without a sign")),
    "lost": (_("Lost"), _("over 90 days without a sign, or hardly coming back")),
    "other": (pgettext_lazy("customer segment", "Other"), _("everybody else")),
}


def percent(share: float | None) -> str:
    """Return a share for reading, empty without one."""
    return "" if share is None else f"{share * 100:.0f} %"


def related(row: Any) -> str:
    """Return the product that goes with one, its share and how many buyers say so."""
    if row.related_code is None:
        return ""
    return gettext("%(code)s (%(share)s of %(n)s)") % {
        "code": row.related_code,
        "share": percent(row.related_chance),
        "n": row.related_watched,
    }


def confidence(row: Any) -> str:
    """Return how far a row can be trusted: by the gaps between purchases that were seen."""
    return gettext("low: few gaps") if row.low_confidence else gettext("enough gaps")


class RepurchaseTable(IndexView):
    """The products of the newest run by expected date."""

    key = "repurchase"
    url_name = "repurchase-table"
    capability = "planning.view"
    title = _("Repurchase")
    columns = (
        Column("code", _("Product"), fixed=True),
        Column("sku.name", _("Name"), off=True),
        Column(
            "expected_on",
            _("Expected on"),
            sort="expected_on",
            render=lambda row: ui.iso_day(row.expected_on),
        ),
        Column(
            "chance",
            _("Probability"),
            end=True,
            sort="chance",
            render=lambda row: percent(row.chance),
        ),
        Column("related_code", _("Related product"), render=related),
        Column(
            "related_chance",
            _("Related probability"),
            end=True,
            off=True,
            render=lambda row: percent(row.related_chance),
        ),
        Column("gaps", _("n (gaps)"), end=True),
        Column("buyers", _("Buyers"), end=True),
        Column("low_confidence", _("Confidence"), render=confidence, export=confidence),
        Column(
            "median_days",
            _("Usual gap (days)"),
            end=True,
            off=True,
            render=lambda row: f"{row.median_days:.0f}",
        ),
    )
    tabs = (
        Tab("all", _("All")),
        Tab("sure", _("Enough gaps"), Q(low_confidence=False)),
        Tab("few", _("Few gaps"), Q(low_confidence=True)),
    )
    empty = EmptyText(
        _("No repurchase forecast yet"),
        _("It appears after the first night with orders of customers who came back."),
        "repeat",
    )
    default_sort = "expected_on"
    template_name = "planning/repurchase_table.html"

    def rows_for(self, principal: Principal) -> QuerySet[Any]:
        return reads.table(reads.newest_run())

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return rows.filter(Q(sku__code__istartswith=text) | Q(sku__name__icontains=text))

    def row_url(self, row: Any) -> str:
        try:
            return reverse("sku-planning", args=[row.sku_id])
        except NoReverseMatch:
            return reverse("sku", args=[row.sku_id])

    def page_context(self, state: IndexState) -> dict[str, Any]:
        run = reads.newest_run()
        counts = reads.segment_counts(run)
        return {
            **super().page_context(state),
            "run": run,
            "segments": [
                {"text": SEGMENT_WORDS[code][0], "rule": SEGMENT_WORDS[code][1], "count": count}
                for code, count in counts
            ],
        }
