"""What the demo company agreed: a backup supplier in euros, papers, breaks, and an agreement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from config.demo.catalog import DemoSku
from core.actors import SYSTEM, Actor
from core.models import User
from core.services.rates import RateDraft, put_rate
from suppliers.models import Agreement, Supplier, SupplierSku
from suppliers.queries.agreement_terms import fingerprint
from suppliers.services import agreement_approving, agreement_drafts, supplier_records
from suppliers.services.agreement_drafts import AgreementDraft, BatchDraft, PriceDraft
from suppliers.services.purchase_approving import Shown
from suppliers.services.supplier_records import (
    ContactDraft,
    DocumentDraft,
    GoodsDraft,
    SupplierDraft,
)

BACKUP = SupplierDraft(
    code="NORDLICHT",
    name="Nordlicht Haushalt",
    name_zh="北光家居",
    country="DE",
    currency="EUR",
    incoterm="DAP",
    payment_days=60,
    deposit_pct=Decimal(0),
    risk="low",
)
CONTACT = ContactDraft(name="Jonas Reh", email="order@nordlicht.example", role="Sales")
#: Supplier, agreed days by mode, days until its certificate ends.
TERMS = (
    ("HILLSIDE", {"air": 9, "express": 6}, 300),
    ("BRIGHTWAY", {"air": 8}, 21),
    ("NORDLICHT", {"rail": 18, "sea": 40}, 200),
)


def agreed(rows: Sequence[DemoSku], *, at: dt.datetime) -> int:
    """Write what was agreed beside the orders; return how many agreements there are. Repeatable."""
    if Supplier.objects.filter(code=BACKUP.code).exists():
        return Agreement.objects.count()
    backup = supplier_records.create(BACKUP, actor=SYSTEM, at=at)
    supplier_records.put_contact(backup.pk, CONTACT, actor=SYSTEM, at=at)
    long_ago = at.date() - dt.timedelta(days=400)
    put_rate(RateDraft("EUR", long_ago, Decimal("1.08")), actor=SYSTEM, at=at)
    for code, days, ends_in in TERMS:
        _papers(code, days, at.date() + dt.timedelta(days=ends_in), at)
    _second_source(backup, [row for row in rows if not row.lot_tracked][:6], at)
    _agreement("HILLSIDE", at)
    return Agreement.objects.count()


def _papers(code: str, days: dict[str, int], ends: dt.date, at: dt.datetime) -> None:
    supplier = Supplier.objects.get(code=code)
    supplier_records.set_lead_times(supplier.pk, days, actor=SYSTEM, at=at)
    paper = DocumentDraft(kind="certificate", title="ISO 9001", valid_until=ends)
    supplier_records.add_document(supplier.pk, paper, actor=SYSTEM, at=at)


def _second_source(supplier: Supplier, rows: Sequence[DemoSku], at: dt.datetime) -> None:
    begins = at.date() - dt.timedelta(days=90)
    for number, row in enumerate(rows):
        draft = GoodsDraft(
            sku_code=row.code,
            currency=supplier.currency,
            supplier_code=f"NH-{1000 + number}",
            moq_qty=48,
            multiple_qty=12,
        )
        goods = supplier_records.put_goods(supplier.pk, draft, actor=SYSTEM, at=at)
        base = _less(row.default_cost, "1.04")
        breaks = {1: base, 240: _less(base, "0.96"), 1200: _less(base, "0.92")}
        supplier_records.set_list(goods.pk, breaks, valid_from=begins, actor=SYSTEM, at=at)


def _agreement(code: str, at: dt.datetime) -> None:
    supplier = Supplier.objects.get(code=code)
    goods = (
        SupplierSku.objects.filter(supplier=supplier).select_related("sku").order_by("sku__code")
    )
    codes = [row.sku.code for row in goods[:3]]
    today = at.date()
    draft = AgreementDraft(
        title="Quarterly call-offs",
        valid_from=today - dt.timedelta(days=10),
        valid_until=today + dt.timedelta(days=80),
        currency=supplier.currency,
        incoterm=supplier.incoterm,
        prices=[PriceDraft(sku, 1, None) for sku in codes],
        batches=[
            BatchDraft(sku, today + dt.timedelta(days=14 + 30 * month), 480)
            for sku in codes
            for month in range(2)
        ],
        cap_qty=5_000,
    )
    made = agreement_drafts.create(supplier.pk, draft, actor=_person("buyer"), at=at)
    agreement_approving.submit(made.pk, actor=_person("buyer"), at=at)
    shown = Shown(made.version, fingerprint(made))
    head = User.objects.get(username="anna")
    agreement_approving.approve(made.pk, shown, actor=_acting(head), at=at)


def _person(role: str) -> Actor:
    people = User.objects.filter(role_grants__role__code=role, is_active=True)
    return _acting(people.order_by("pk")[0])


def _acting(person: User) -> Actor:
    return Actor("user", person.pk, person.full_name)


def _less(price: Decimal, factor: str) -> Decimal:
    return (price * Decimal(factor)).quantize(Decimal("0.01"))
