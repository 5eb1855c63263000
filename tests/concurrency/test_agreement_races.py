"""Two agreements for one SKU are approved at the same instant: one comes in force."""

from __future__ import annotations

import pytest

from suppliers.models import Agreement
from suppliers.queries.agreement_terms import fingerprint
from suppliers.services import agreement_approving, agreements
from suppliers.services.agreement_errors import AgreementOverlap
from suppliers.services.purchase_approving import Shown
from tests.factories.core import make_user
from tests.factories.purchases import acting
from tests.factories.supplier_terms import NOW, make_agreement, make_goods, make_supplier
from tests.helpers.race import ALL_COME_S, Meeting, race, wins

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

DRAFT = {
    "state": "draft",
    "created_by": "system",
    "submitted_by": "",
    "submitted_at": None,
    "is_current": False,
    "approved_by": "",
    "approved_at": None,
}


@pytest.fixture
def meeting(monkeypatch) -> Meeting:
    """Wait between the look at other agreements and coming in force."""
    meeting = Meeting()
    monkeypatch.setattr(agreements, "check_overlap", meeting.after(agreements.check_overlap))
    return meeting


@pytest.fixture
def rivals(meeting):
    goods = make_goods(make_supplier())
    rows = [make_agreement(goods.supplier, {goods.sku: "9"}, **DRAFT) for _one in range(2)]
    buyer, approver = acting(make_user("buyer")), acting(make_user("approver"))
    for row in rows:
        agreement_approving.submit(row.pk, actor=buyer, at=NOW)
    prints = {row.pk: Shown(row.version, fingerprint(row)) for row in rows}
    return [
        lambda pk=pk, shown=shown: agreement_approving.approve(pk, shown, actor=approver, at=NOW)
        for pk, shown in prints.items()
    ]


def active() -> int:
    return Agreement.objects.filter(state="active").count()


def test_of_two_agreements_for_one_sku_one_comes_in_force(rivals):
    outcomes = race(rivals)

    assert (wins(outcomes), active()) == (1, 1)
    assert [type(one.error) for one in outcomes if not one.won] == [AgreementOverlap]


def test_control_without_the_suppliers_lock_both_come_in_force(rivals, meeting, monkeypatch):
    meeting.patience_s = ALL_COME_S
    monkeypatch.setattr(agreements, "lock_supplier", lambda _pk: None)

    outcomes = race(rivals)

    assert (wins(outcomes), active()) == (2, 2)
