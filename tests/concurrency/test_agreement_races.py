"""Two agreements for one SKU are approved at the same instant: one comes in force."""

from __future__ import annotations

import time

import pytest

from core.actors import Actor
from suppliers.models import Agreement
from suppliers.queries.agreement_terms import fingerprint
from suppliers.services import agreements
from suppliers.services.agreement_errors import AgreementOverlap
from tests.factories.supplier_terms import NOW, make_agreement, make_goods, make_supplier
from tests.helpers.race import race, wins

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

APPROVER = Actor("user", 12, "Ann")
WAITING = {
    "state": "pending_approval",
    "is_current": False,
    "approved_by": "",
    "approved_at": None,
}


@pytest.fixture
def rivals(monkeypatch):
    goods = make_goods(make_supplier())
    rows = [make_agreement(goods.supplier, {goods.sku: "9"}, **WAITING) for _one in range(2)]
    look = agreements.check_overlap

    def slowly(agreement):
        look(agreement)
        time.sleep(0.3)

    monkeypatch.setattr(agreements, "check_overlap", slowly)
    prints = {row.pk: fingerprint(row) for row in rows}
    return [
        lambda pk=pk, text=text: agreements.approve(pk, expected=text, actor=APPROVER, at=NOW)
        for pk, text in prints.items()
    ]


def active() -> int:
    return Agreement.objects.filter(state="active").count()


def test_of_two_agreements_for_one_sku_one_comes_in_force(rivals):
    outcomes = race(rivals)

    assert (wins(outcomes), active()) == (1, 1)
    assert [type(one.error) for one in outcomes if not one.won] == [AgreementOverlap]


def test_control_without_the_suppliers_lock_both_come_in_force(rivals, monkeypatch):
    monkeypatch.setattr(agreements, "_lock_supplier", lambda _pk: None)

    outcomes = race(rivals)

    assert (wins(outcomes), active()) == (2, 2)
