"""P1, P2, P3 in the browser: readable in both languages and themes, wide and narrow."""

from __future__ import annotations

import datetime as dt

import pytest

from core import clock
from core.actors import SYSTEM
from suppliers.queries.agreement_terms import fingerprint
from suppliers.services import agreement_approving, agreement_drafts, supplier_records
from suppliers.services.purchase_approving import Shown
from suppliers.services.supplier_records import ContactDraft, DocumentDraft
from tests.factories.core import make_user
from tests.factories.inventory import make_sku
from tests.factories.purchases import acting
from tests.factories.supplier_terms import NOW, make_agreement, make_goods, make_supplier

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WHO = {"actor": SYSTEM, "at": NOW}


@pytest.fixture
def paths() -> list[str]:
    """Return the pages of a supplier with everything that can be shown."""
    supplier = make_supplier("HILLSIDE", name="Hillside Tea Gardens", risk="high", incoterm="FOB")
    tea = make_goods(supplier, make_sku("TEA-ROSE-100"), {1: "31.2", 240: "29.95"}, moq_qty=240)
    tin = make_goods(supplier, make_sku("TIN-ROUND-50"), {1: "4"}, supplier_code="HT-50")
    make_goods(make_supplier("BRIGHTWAY"), tea.sku, {1: "33"})
    supplier_records.set_lead_times(supplier.pk, {"air": 9, "sea": 32}, **WHO)
    contact = ContactDraft(name="Lin Yue", email="orders@hillside.example", role="Sales")
    supplier_records.put_contact(supplier.pk, contact, **WHO)
    ended = clock.now().date() - dt.timedelta(days=3)
    paper = DocumentDraft(kind="certificate", title="ISO 9001", valid_until=ended)
    supplier_records.add_document(supplier.pk, paper, **WHO)
    first = make_agreement(supplier, {tea.sku: {1: "30", 500: "28.5"}, tin.sku: None}, cap_qty=900)
    days = {"valid_from": dt.date(2026, 7, 11), "valid_until": dt.date(2026, 9, 30)}
    second = agreement_drafts.new_version(first.pk, **days, **WHO)
    approver = acting(make_user("approver"))
    agreement_approving.submit(second.pk, actor=SYSTEM, at=NOW)
    shown = Shown(second.version, fingerprint(second))
    agreement_approving.approve(second.pk, shown, actor=approver, at=NOW)
    return [
        "/suppliers/",
        f"/suppliers/{supplier.pk}/",
        f"/suppliers/{supplier.pk}/edit/",
        "/agreements/",
        f"/agreements/{second.pk}/",
        "/agreements/new/?supplier=HILLSIDE",
    ]


@pytest.mark.parametrize(
    ("language", "theme", "width"), [("en", "light", 1440), ("zh-hans", "dark", 360)]
)
def test_p1_p2_p3_the_screens_of_suppliers_can_be_read(desk, paths, language, theme, width):
    window = desk(make_user("buyer"), language=language, theme=theme, width=width)
    problems = {}
    for path in paths:
        window.open(path)
        found = [*window.violations(), window.overflow_px()]
        if found != [0]:
            problems[path] = found

    assert problems == {}
