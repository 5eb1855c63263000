"""What a level-1 response would do: read and shown before anybody confirms it (B-41)."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory.models import Warehouse
from orders.services.allocation import waiting_orders
from orders.services.arrival_days import MOST_ORDERS, Foreseen, foresee
from planning.domain.risk import Response, Step, preview
from planning.domain.risk_states import MOST_DELAY_DAYS, SUBJECTS
from planning.services.risk_errors import RiskRefused
from suppliers.models import Supplier, SupplierSku
from suppliers.queries.backups import ranks_of, skus_coming
from suppliers.queries.eta import LaterArrival

MOST_TEXT: Final = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyEntry:
    """What a person says of an interruption: whom it hits, for how long, why, and the words.

    A lane is a `mode`, with a country of origin or any, to a warehouse or any. Empty words are
    written by `plan`.
    """

    subject_kind: str
    reason: str
    delay_days: int
    supplier_id: int | None = None
    mode: str = ""
    country: str = ""
    warehouse_id: int | None = None
    until_on: dt.date | None = None
    support_en: str = ""
    support_zh: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a risk is about: its key, the name people read, the suppliers it hits."""

    key: str
    label: str
    suppliers: tuple[Supplier, ...]


@dataclass(frozen=True, slots=True)
class SupplyPlan:
    """The preview: nothing happened yet. `digest` names its steps, but for the words.

    `terms` holds by step subject what executing it needs. `without_backup` are SKU codes nobody
    else sells; `undated_count` orders wait for goods that no paper dates.
    """

    subject: Subject
    entry: SupplyEntry
    response: Response
    later: tuple[LaterArrival, ...]
    sku_ids: frozenset[int]
    without_backup: tuple[str, ...]
    undated_count: int
    terms: Mapping[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Return a name of the steps; another one means that the situation changed."""
        steps = [step for step in self.response.steps if step.kind != "SEND_SUPPORT_TEXT"]
        return hashlib.sha256(repr(steps).encode()).hexdigest()[:16]

    def of_kind(self, kind: str) -> list[Step]:
        """Return the steps of one kind, in order."""
        return [step for step in self.response.steps if step.kind == kind]


def plan(entry: SupplyEntry) -> SupplyPlan:
    """Return what a level-1 response to this interruption would do. Constant queries.

    Raises:
        RiskRefused: no such subject, no reason, or days out of range.
    """
    check(entry)
    subject = subject_of(entry)
    later = tuple(
        LaterArrival(row.pk, entry.delay_days, entry.mode, entry.warehouse_id)
        for row in subject.suppliers
    )
    ranks = ranks_of([row.pk for row in subject.suppliers]) if entry.mode == "" else []
    sku_ids = frozenset({mine.sku_id for mine, _other in ranks} | skus_coming(later))
    moved = foresee(sku_ids, later)
    waiting = waiting_orders(sku_ids, limit=MOST_ORDERS)
    entry = with_words(entry)
    switched, terms = _switches(ranks)
    dated, order_terms = _dates(moved)
    text = [(f"{subject.key}", "", entry.support_en)] if waiting else []
    response = preview(
        1,
        {
            "USE_BACKUP_SUPPLIER": switched,
            "SHOW_EXPECTED_DATE": dated,
            "SEND_SUPPORT_TEXT": text,
            "RAISE_INDEX": [(subject.key, "", "high")],
        },
    )
    return SupplyPlan(
        subject=subject,
        entry=entry,
        response=response,
        later=later,
        sku_ids=sku_ids,
        without_backup=tuple(mine.sku.code for mine, other in ranks if other is None),
        undated_count=len(set(waiting) - {row.order_id for row in moved}),
        terms={**terms, **order_terms},
    )


def subject_of(entry: SupplyEntry) -> Subject:
    """Return whom an entry is about.

    Raises:
        RiskRefused: there is no such supplier, country or warehouse.
    """
    if entry.subject_kind == "supplier":
        supplier = Supplier.objects.filter(pk=entry.supplier_id or 0).first()
        if supplier is None:
            raise RiskRefused(what="Supplier", why="choose one of the list.")
        return Subject(f"supplier:{supplier.code}", supplier.name, (supplier,))
    suppliers = Supplier.objects.active().order_by("code")
    if entry.country:
        suppliers = suppliers.filter(country=entry.country)
    if entry.subject_kind == "country":
        return Subject(f"country:{entry.country}", entry.country, tuple(suppliers))
    place = Warehouse.objects.filter(pk=entry.warehouse_id or 0).first()
    if entry.warehouse_id and place is None:
        raise RiskRefused(what="Warehouse", why="choose one of the list.")
    parts = (entry.mode, entry.country or "*", place.code if place else "*")
    return Subject(f"lane:{':'.join(parts)}", " · ".join(parts), tuple(suppliers))


def check(entry: SupplyEntry) -> None:
    """Refuse an entry that says too little.

    Raises:
        RiskRefused: with what is missing and what to do.
    """
    if entry.subject_kind not in SUBJECTS:
        raise RiskRefused(what=entry.subject_kind, why="choose a supplier, a lane or a country.")
    if not entry.reason.strip():
        raise RiskRefused(what="Reason", why="write what happened, so that others can judge it.")
    if not 0 <= entry.delay_days <= MOST_DELAY_DAYS:
        raise RiskRefused(what="Delay", why=f"goods come 0 to {MOST_DELAY_DAYS} days later.")
    if entry.subject_kind == "lane" and not entry.mode:
        raise RiskRefused(what="Lane", why="choose the means of transport.")
    if entry.subject_kind == "country" and not entry.country:
        raise RiskRefused(what="Country", why="enter its code of two letters.")
    if entry.subject_kind != "lane" and entry.mode:
        raise RiskRefused(what="Lane", why="only a lane has a means of transport.")
    if max(len(entry.support_en), len(entry.support_zh)) > MOST_TEXT:
        raise RiskRefused(what="Text", why=f"it has at most {MOST_TEXT} characters.")


def with_words(entry: SupplyEntry) -> SupplyEntry:
    """Return the entry with words for customers where none were written."""
    return SupplyEntry(
        subject_kind=entry.subject_kind,
        reason=entry.reason.strip(),
        delay_days=entry.delay_days,
        supplier_id=entry.supplier_id,
        mode=entry.mode,
        country=entry.country,
        warehouse_id=entry.warehouse_id,
        until_on=entry.until_on,
        support_en=entry.support_en.strip() or _words("en", entry.delay_days),
        support_zh=entry.support_zh.strip() or _words("zh-hans", entry.delay_days),
    )


def _words(language: str, days: int) -> str:
    with translation.override(language):
        why = _("Goods you ordered are held up on their way to our warehouse.")
        then = _("Your order leaves as soon as they are here.")
        if not days:
            return f"{why} {then}"
        later = ngettext(
            "They come about %(days)d day later than planned.",
            "They come about %(days)d days later than planned.",
            days,
        )
        return f"{why} {later % {'days': days}} {then}"


Change = tuple[str, str, str]


def _switches(
    ranks: Sequence[tuple[SupplierSku, SupplierSku | None]],
) -> tuple[list[Change], dict[str, dict[str, Any]]]:
    changes: list[Change] = []
    terms: dict[str, dict[str, Any]] = {}
    for mine, other in ranks:
        if other is None:
            continue
        key = f"sku:{mine.sku.code}"
        changes.append((key, mine.supplier.code, other.supplier.code))
        terms[key] = {"goods_id": other.pk, "rank": other.rank, "new_rank": mine.rank}
    return changes, terms


def _dates(moved: Sequence[Foreseen]) -> tuple[list[Change], dict[str, dict[str, Any]]]:
    changes: list[Change] = []
    terms: dict[str, dict[str, Any]] = {}
    for row in moved:
        key = f"order:{row.number}"
        changes.append((key, row.before.isoformat() if row.before else "", row.after.isoformat()))
        terms[key] = {"order_id": row.order_id}
    return changes, terms
