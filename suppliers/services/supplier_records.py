"""Suppliers and their terms: who they are, whom to write to, how long they take, what they sell.

Every change is in the audit log with the values before and after.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Max

from core import audit
from core.actors import Actor
from inventory.models import Sku
from suppliers.domain.pricing import BreaksRefused, PriceBreak, check_breaks
from suppliers.domain.terms import INCOTERMS, MOST_LEAD_DAYS
from suppliers.models import (
    ListPrice,
    Supplier,
    SupplierContact,
    SupplierDocument,
    SupplierLeadTime,
    SupplierSku,
)
from suppliers.services.agreement_drafts import MOST_UNITS, check_currency
from suppliers.services.agreement_errors import (
    BadFigure,
    BadPeriod,
    BadPriceBreak,
    ContactKnown,
    GoodsKnown,
    SupplierKnown,
)
from suppliers.services.errors import SkuMissing, SupplierMissing

#: Larger than any rank, so that ranks can be dealt anew without meeting each other.
_ASIDE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierDraft:
    """A supplier as staff write it. An empty currency: none is agreed yet."""

    code: str
    name: str
    name_zh: str = ""
    country: str = ""
    currency: str = ""
    incoterm: str = ""
    payment_days: int | None = None
    deposit_pct: Decimal | None = None
    risk: str = "medium"
    is_active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactDraft:
    """One person at a supplier; an e-mail or a phone is needed."""

    name: str
    email: str = ""
    phone: str = ""
    role: str = ""
    language: str = "en"
    is_active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsDraft:
    """What a supplier sells of a SKU. `rank` None: behind all who sell it already."""

    sku_code: str
    currency: str
    supplier_code: str = ""
    moq_qty: int = 1
    multiple_qty: int = 1
    lead_days: int | None = None
    rank: int | None = None
    is_active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentDraft:
    """A paper of a supplier; `file_id` is a stored file."""

    kind: str
    title: str
    valid_until: dt.date | None = None
    file_id: int | None = None


@transaction.atomic
def create(draft: SupplierDraft, *, actor: Actor, at: dt.datetime) -> Supplier:
    """Write a new supplier down; its goods are inspected in full until staff say otherwise.

    Raises:
        SupplierKnown: the code is taken.
        BadCurrency, BadFigure: a part is refused.
    """
    _check(draft)
    if Supplier.objects.filter(code=draft.code).exists():
        raise SupplierKnown(supplier=draft.code)
    supplier = Supplier.objects.create(**asdict(draft))
    _note(supplier.pk, "supplier_created", actor=actor, at=at, after=_shown(draft))
    return supplier


@transaction.atomic
def edit(supplier_id: int, draft: SupplierDraft, *, actor: Actor, at: dt.datetime) -> Supplier:
    """Change a supplier's record; the code stays.

    Raises:
        SupplierMissing: there is none.
        BadCurrency, BadFigure: a part is refused.
    """
    _check(draft)
    supplier = lock(supplier_id)
    before = {name: getattr(supplier, name) for name in asdict(draft)}
    values = {name: value for name, value in asdict(draft).items() if name != "code"}
    for name, value in values.items():
        setattr(supplier, name, value)
    supplier.save(update_fields=list(values))
    changed = {name for name, value in values.items() if before[name] != value}
    _note(
        supplier_id,
        "supplier_edited",
        actor=actor,
        at=at,
        before={name: _text(before[name]) for name in sorted(changed)},
        after={name: _text(values[name]) for name in sorted(changed)},
    )
    return supplier


@transaction.atomic
def put_contact(
    supplier_id: int,
    draft: ContactDraft,
    *,
    actor: Actor,
    at: dt.datetime,
    contact_id: int | None = None,
) -> SupplierContact:
    """Add a contact, or change the one with `contact_id`.

    Raises:
        SupplierMissing: no such supplier, or the contact is another supplier's.
        BadFigure: neither e-mail nor phone.
        ContactKnown: the supplier has this e-mail already.
    """
    if not draft.email and not draft.phone:
        raise BadFigure(what="E-mail", value="—")
    lock(supplier_id)
    rows = SupplierContact.objects.filter(supplier_id=supplier_id)
    known = rows.active().exclude(pk=contact_id or 0).filter(email=draft.email)
    if draft.email and draft.is_active and known.exists():
        raise ContactKnown
    contact = SupplierContact(supplier_id=supplier_id)
    if contact_id is not None:
        found = rows.filter(pk=contact_id).first()
        if found is None:
            raise SupplierMissing(supplier=supplier_id)
        contact = found
    for name, value in asdict(draft).items():
        setattr(contact, name, value)
    contact.save()
    _note(
        supplier_id,
        "contact_kept",
        actor=actor,
        at=at,
        after={"contact": contact.pk, "is_active": draft.is_active},
    )
    return contact


@transaction.atomic
def set_lead_times(
    supplier_id: int, days: Mapping[str, int | None], *, actor: Actor, at: dt.datetime
) -> None:
    """Set the agreed days by mode; None takes a mode out.

    Raises:
        SupplierMissing: no such supplier.
        BadFigure: an unknown mode, or days out of range.
    """
    lock(supplier_id)
    for mode, value in days.items():
        if mode not in SupplierLeadTime.Mode.values:
            raise BadFigure(what="Mode", value=mode)
        if value is not None and not 1 <= value <= MOST_LEAD_DAYS:
            raise BadFigure(what=mode, value=value)
    rows = SupplierLeadTime.objects.filter(supplier_id=supplier_id)
    before = dict(rows.values_list("mode", "agreed_days"))
    rows.filter(mode__in=list(days)).delete()
    SupplierLeadTime.objects.bulk_create(
        [
            SupplierLeadTime(supplier_id=supplier_id, mode=mode, agreed_days=value)
            for mode, value in days.items()
            if value is not None
        ]
    )
    _note(supplier_id, "lead_times_set", actor=actor, at=at, before=before, after=dict(days))


@transaction.atomic
def add_document(
    supplier_id: int, draft: DocumentDraft, *, actor: Actor, at: dt.datetime
) -> SupplierDocument:
    """Keep a paper of a supplier.

    Raises:
        SupplierMissing: no such supplier.
        BadFigure: an unknown kind or no title.
    """
    if draft.kind not in SupplierDocument.Kind.values or not draft.title.strip():
        raise BadFigure(what="Document", value=draft.title or draft.kind)
    lock(supplier_id)
    paper = SupplierDocument.objects.create(
        supplier_id=supplier_id,
        kind=draft.kind,
        title=draft.title.strip(),
        valid_until=draft.valid_until,
        document_id=draft.file_id,
        added_at=at,
        added_by=actor.key,
    )
    _note(supplier_id, "document_added", actor=actor, at=at, after={"title": paper.title})
    return paper


@transaction.atomic
def withdraw_document(document_id: int, *, actor: Actor, at: dt.datetime) -> None:
    """Take a paper out of the list; it stays on file. A second call changes nothing.

    Raises:
        SupplierMissing: no such paper.
    """
    paper = SupplierDocument.objects.filter(pk=document_id).first()
    if paper is None:
        raise SupplierMissing(supplier=document_id)
    if SupplierDocument.objects.on_file().filter(pk=document_id).update(withdrawn_at=at):
        _note(
            paper.supplier_id,
            "document_withdrawn",
            actor=actor,
            at=at,
            after={"title": paper.title},
        )


@transaction.atomic
def put_goods(supplier_id: int, draft: GoodsDraft, *, actor: Actor, at: dt.datetime) -> SupplierSku:
    """Write what a supplier sells of a SKU; a known pair is changed.

    The rank moves the others: they close up behind it, first choice is 1.

    Raises:
        SupplierMissing, SkuMissing: unknown.
        BadCurrency, BadFigure: a part is refused.
        GoodsKnown: the supplier's code stands for another SKU.
    """
    check_currency(draft.currency)
    _check_goods(draft)
    lock(supplier_id)
    sku = Sku.objects.select_for_update(no_key=True).filter(code=draft.sku_code).first()
    if sku is None:
        raise SkuMissing(sku=draft.sku_code)
    goods = SupplierSku.objects.filter(supplier_id=supplier_id, sku=sku).first()
    if goods is None:
        last = SupplierSku.objects.filter(sku=sku).aggregate(last=Max("rank"))["last"] or 0
        goods = SupplierSku(supplier_id=supplier_id, sku=sku, rank=last + 1)
    for name in ("supplier_code", "moq_qty", "multiple_qty", "lead_days", "currency", "is_active"):
        setattr(goods, name, getattr(draft, name))
    try:
        with transaction.atomic():
            goods.save()
    except IntegrityError as error:
        raise GoodsKnown(supplier_code=draft.supplier_code) from error
    if draft.rank is not None:
        rank_goods(goods, draft.rank)
    after = {"sku": sku.code, **{k: _text(v) for k, v in asdict(draft).items() if k != "sku_code"}}
    _note(supplier_id, "goods_kept", actor=actor, at=at, after=after)
    return goods


@transaction.atomic
def set_list(
    goods_id: int,
    breaks: Mapping[int, Decimal],
    *,
    valid_from: dt.date,
    valid_until: dt.date | None = None,
    actor: Actor,
    at: dt.datetime,
) -> None:
    """Write the list of a SKU that counts from `valid_from` on; a list of that day is replaced.

    Without breaks the list of that day is taken out.

    Raises:
        SupplierMissing: the supplier does not sell the SKU.
        BadPeriod, BadPriceBreak: the list contradicts itself.
    """
    goods = SupplierSku.objects.select_for_update(of=("self",), no_key=True)
    row = goods.select_related("sku").filter(pk=goods_id).first()
    if row is None:
        raise SupplierMissing(supplier=goods_id)
    if valid_until is not None and valid_until <= valid_from:
        raise BadPeriod(first=valid_from.isoformat(), last=valid_until.isoformat())
    try:
        check_breaks([PriceBreak(qty, price) for qty, price in breaks.items()])
    except BreaksRefused as error:
        raise BadPriceBreak(sku=row.sku.code, min_qty=error.min_qty, why=error.why) from error
    old = ListPrice.objects.filter(supplier_sku=row, valid_from=valid_from)
    before = {str(qty): str(price) for qty, price in old.values_list("min_qty", "unit_price")}
    old.exclude(min_qty__in=list(breaks)).delete()
    for qty, price in sorted(breaks.items()):
        ListPrice.objects.update_or_create(
            supplier_sku=row,
            min_qty=qty,
            valid_from=valid_from,
            defaults={"unit_price": price, "valid_until": valid_until},
        )
    after = {str(qty): str(price) for qty, price in sorted(breaks.items())}
    _note(
        row.supplier_id,
        "list_set",
        actor=actor,
        at=at,
        before=before,
        after={"sku": row.sku.code, "valid_from": valid_from.isoformat(), **after},
    )


def lock(supplier_id: int) -> Supplier:
    """Return the supplier, its row locked until the caller's transaction ends.

    Raises:
        SupplierMissing: there is none.
    """
    found = Supplier.objects.select_for_update(no_key=True).filter(pk=supplier_id).first()
    if found is None:
        raise SupplierMissing(supplier=supplier_id)
    return found


def rank_goods(goods: SupplierSku, rank: int) -> None:
    """Put goods at a rank among all who sell the SKU, whose rows the caller has locked."""
    rows = SupplierSku.objects.filter(sku_id=goods.sku_id)
    others = list(rows.exclude(pk=goods.pk).order_by("rank", "pk").values_list("pk", flat=True))
    place = min(rank - 1, len(others))
    wanted: Sequence[int] = [*others[:place], goods.pk, *others[place:]]
    rows.update(rank=F("rank") + _ASIDE)
    for number, pk in enumerate(wanted, start=1):
        SupplierSku.objects.filter(pk=pk).update(rank=number)
    goods.rank = place + 1


def _check(draft: SupplierDraft) -> None:
    if not draft.code.strip() or not draft.name.strip():
        raise BadFigure(what="Code", value=draft.code or "—")
    if draft.currency:
        check_currency(draft.currency)
    if draft.incoterm and draft.incoterm not in INCOTERMS:
        raise BadFigure(what="Incoterm", value=draft.incoterm)
    if draft.risk not in Supplier.Risk.values:
        raise BadFigure(what="Risk", value=draft.risk)
    if draft.deposit_pct is not None and not 0 <= draft.deposit_pct <= 100:
        raise BadFigure(what="Deposit", value=draft.deposit_pct)


def _check_goods(draft: GoodsDraft) -> None:
    for what, value in (("MOQ", draft.moq_qty), ("Pack", draft.multiple_qty)):
        if not 1 <= value <= MOST_UNITS:
            raise BadFigure(what=what, value=value)
    if draft.lead_days is not None and not 1 <= draft.lead_days <= MOST_LEAD_DAYS:
        raise BadFigure(what="Lead time", value=draft.lead_days)
    if draft.rank is not None and not 1 <= draft.rank < _ASIDE:
        raise BadFigure(what="Rank", value=draft.rank)


def _shown(draft: SupplierDraft) -> dict[str, Any]:
    return {name: _text(value) for name, value in asdict(draft).items() if value not in ("", None)}


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal | dt.date) else value


def _note(
    supplier_id: int,
    action: str,
    *,
    actor: Actor,
    at: dt.datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    audit.record(
        actor=actor,
        action=f"suppliers.{action}",
        target=f"supplier:{supplier_id}",
        at=at,
        before=before,
        after=after,
    )
