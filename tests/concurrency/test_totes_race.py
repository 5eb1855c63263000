"""Two pickers, two orders, one empty tote: it must not mix two customers."""

from __future__ import annotations

import pytest

from core.actors import SYSTEM
from fulfillment.models import PickTask
from fulfillment.services import picking
from fulfillment.services.errors import ToteInUse
from inventory.models import Bin
from tests.factories import fulfillment as floor
from tests.factories import orders as make
from tests.helpers.books import assert_books_balance
from tests.helpers.race import ALL_COME_S, Meeting, race, wins

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def tasks():
    """Two orders of different goods, released together."""
    make.channel()
    place = make.warehouse()
    for code in ("TEA", "CUP"):
        make.put(make.sku(code), place, 5)
    orders = [make.place_one(make.line(code)) for code in ("TEA", "CUP")]
    floor.release(*orders)
    floor.tote(place)
    return list(PickTask.objects.order_by("pk"))


def pick(task: PickTask):
    tote = Bin.objects.get(kind="tote")
    return lambda: picking.confirm(
        picked=picking.Picked(task.pk, task.qty, tote.pk), actor=SYSTEM, at=make.NOW
    )


def meet(monkeypatch, patience_s: float = 0.3) -> None:
    """Wait between the check and the move, so that both look before either has moved."""
    meeting = Meeting(patience_s=patience_s)
    monkeypatch.setattr(picking, "_move_to_tote", meeting.before(picking._move_to_tote))


def customers_in_the_tote() -> int:
    return PickTask.objects.filter(state="picked").values("shipment").distinct().count()


def test_of_two_pickers_only_one_gets_the_tote(tasks, monkeypatch):
    meet(monkeypatch)

    outcomes = race([pick(task) for task in tasks])

    assert wins(outcomes) == 1
    assert [type(one.error) for one in outcomes if not one.won] == [ToteInUse]
    assert customers_in_the_tote() == 1
    assert_books_balance()


def test_control_without_the_lock_two_customers_share_the_tote(tasks, monkeypatch):
    meet(monkeypatch, ALL_COME_S)
    codes = dict(Bin.objects.values_list("pk", "code"))
    monkeypatch.setattr(picking, "_lock_totes", lambda _ids: codes)

    outcomes = race([pick(task) for task in tasks])

    assert wins(outcomes) == 2
    assert customers_in_the_tote() == 2
