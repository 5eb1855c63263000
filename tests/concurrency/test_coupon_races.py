"""One coupon code at two benches; a scan into a box being voided (X15). Controls must fail."""

from __future__ import annotations

import pytest

from core.actors import SYSTEM
from fulfillment.models import CartonExtra, CouponCode
from fulfillment.services import coupons, inserts, put_backs
from tests.factories import fulfillment as floor
from tests.factories import inserts as add
from tests.factories import orders as make
from tests.helpers.race import ALL_COME_S, Meeting, Overtaking, race, wins

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def extras():
    """Return the planned coupon inserts of two cartons; the campaign has two codes."""
    make.channel()
    place = make.warehouse()
    floor.bench(place)
    make.put(make.sku(), place, 5)
    add.insert("CARD", place)
    add.campaign("SPRING", ("SPR-0001", "SPR-0002"))
    add.rule("OFFER", "CARD", campaign="SPRING")
    for mail in ("a@example.org", "b@example.org"):
        add.opened(add.picked(email=mail))
    return list(CartonExtra.objects.order_by("pk"))


def put_in(extra: CartonExtra, code: str = ""):
    return lambda: inserts.add(extra.pk, coupon_code=code, actor=SYSTEM, at=make.NOW)


def meet(monkeypatch, patience_s: float = 0.3) -> None:
    """Wait between the look at a code and taking it, so that both look before either takes."""
    meeting = Meeting(patience_s=patience_s)
    monkeypatch.setattr(coupons, "_mark", meeting.before(coupons._mark))


def test_x15_a_code_scanned_at_two_benches_goes_into_one_parcel(extras, monkeypatch):
    meet(monkeypatch)

    outcomes = race([put_in(extra, "SPR-0001") for extra in extras])

    assert wins(outcomes) == 1
    assert [type(one.error) for one in outcomes if not one.won] == [coupons.CodeTaken]
    assert CouponCode.objects.filter(state="assigned").count() == 1
    assert CartonExtra.objects.filter(state="added").count() == 1


def test_x15_two_parcels_that_take_the_next_code_take_two(extras, monkeypatch):
    meet(monkeypatch)

    outcomes = race([put_in(extra) for extra in extras])

    assert wins(outcomes) == 2
    taken = CouponCode.objects.order_by("code").values_list("code", "state")
    assert list(taken) == [("SPR-0001", "assigned"), ("SPR-0002", "assigned")]
    assert set(CouponCode.objects.values_list("extra", flat=True)) == {row.pk for row in extras}


def test_control_without_the_guard_two_parcels_hold_one_code(extras, monkeypatch):
    meet(monkeypatch, ALL_COME_S)
    monkeypatch.setattr(coupons, "GUARD", {})

    outcomes = race([put_in(extra, "SPR-0001") for extra in extras])

    assert wins(outcomes) == 2
    assert CartonExtra.objects.filter(state="added").count() == 2
    assert CouponCode.objects.filter(state="assigned").count() == 1


def void_while_scanning(monkeypatch, extra: CartonExtra, patience_s: float = 0.3) -> list[str]:
    """Void a box while its coupon card is being scanned; return what the box still holds."""
    overtaking, mark = Overtaking(patience_s=patience_s), coupons._mark

    def slowly(*given):
        overtaking.stop()
        return mark(*given)

    monkeypatch.setattr(coupons, "_mark", slowly)

    def void() -> None:
        shipment_id = extra.carton.shipment_id
        put_backs.recall(shipment_id=shipment_id, reason="TEST", actor=SYSTEM, at=make.NOW)

    outcomes = race([put_in(extra), overtaking.overtake(void)])
    assert wins(outcomes) == 2
    extra.carton.refresh_from_db()
    assert extra.carton.state == "voided"
    held = CouponCode.objects.filter(extra__carton=extra.carton, state="assigned")
    return list(held.values_list("code", flat=True))


def test_x15_a_card_scanned_while_its_box_is_voided_gives_its_code_back(extras, monkeypatch):
    assert void_while_scanning(monkeypatch, extras[0]) == []
    assert CartonExtra.objects.get(pk=extras[0].pk).reason == "BOX_VOIDED"


def test_control_without_closing_the_box_to_scans_the_code_is_lost(extras, monkeypatch):
    monkeypatch.setattr(inserts, "_close_to_scans", lambda carton: None)

    assert void_while_scanning(monkeypatch, extras[0], ALL_COME_S) == ["SPR-0001"]
    assert CartonExtra.objects.get(pk=extras[0].pk).state == "added"
