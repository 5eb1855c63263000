"""B-43: odd days take the mean of the same weekday of 8 weeks; the report names who said so."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from core import files
from core.actors import Actor
from core.models import AuditEntry
from orders.models import Order, OrderLine
from planning.models import DemandChange, DemandEvent, DemandHistory, RiskStep
from planning.services import history, risk_days
from planning.services.risk_days import DaysEntry, plan
from planning.services.risk_errors import RiskChanged, RiskKnown, RiskOver, RiskRefused
from tests.factories import orders as make

pytestmark = pytest.mark.django_db
ANNA = Actor("user", 7, "Anna Vos")
NOW = dt.datetime(2026, 6, 30, 12, tzinfo=dt.UTC)
MONDAY = dt.date(2026, 3, 2)
ODD = MONDAY + dt.timedelta(weeks=8)


@pytest.fixture
def tea():
    """Mondays sell 3 and 5 in turn for 8 weeks, then one Monday sells 40."""
    shop, sku = make.channel("shop"), make.sku("TEA")
    make.warehouse("LA")
    for week, qty in enumerate([3, 5] * 4 + [40]):
        at = dt.datetime.combine(MONDAY + dt.timedelta(weeks=week), dt.time(9), dt.UTC)
        order = Order.objects.create(
            number=str(week), external_id=f"H-{week}", channel=shop, status="completed",
            stage="delivered", is_history=True, currency="USD", ship_country="US",
            placed_at=at, created_at=at, updated_at=at, confirmed_at=at,
        )  # fmt: skip
        OrderLine.objects.create(
            order=order, position=1, sku=sku, sku_code="TEA", qty=qty, unit_price=Decimal(2)
        )
    history.rebuild(now=NOW)
    return sku


def cleaned(sku):
    return DemandHistory.objects.get(sku=sku, on=ODD).cleaned_qty


def test_b_43_preview_exclusion_report_and_reversal(tea) -> None:
    before = cleaned(tea)
    entry = DaysEntry(sku_id=tea.pk, from_on=ODD, until_on=ODD, reason="A test order")
    shown = plan(entry, now=NOW)
    assert [(day.on, day.warehouse, day.before, day.after, day.used) for day in shown.days] == [
        (ODD, "LA", 40.0, 4.0, 8)
    ]
    assert not DemandEvent.objects.exists(), "a preview keeps nothing"

    response = risk_days.declare(entry, digest=shown.digest, actor=ANNA, now=NOW)

    assert cleaned(tea) == 4.0
    assert DemandHistory.objects.get(sku=tea, on=ODD).qty == 40, "the order stays as it was"
    change = DemandChange.objects.get(sku=tea, on=ODD)
    assert (change.reason, change.changed_by) == ("MARKED", "user:7")
    lines = files.read(response.file).decode("utf-8-sig").splitlines()
    assert lines[0] == ",".join(risk_days.HEAD)
    assert lines[1:] == [
        "2026-04-27,TEA,LA,shop,40,4,8,A test order,Anna Vos,2026-06-30T12:00:00+00:00"
    ]
    steps = RiskStep.objects.filter(response=response).order_by("position")
    assert [(step.kind, step.before, step.after, step.state) for step in steps] == [
        ("REPAIR_DATA", "40", "4", "done"),
        ("WRITE_REPORT", "", "report", "done"),
    ]
    with pytest.raises(RiskKnown):
        risk_days.declare(entry, digest=shown.digest, actor=ANNA, now=NOW)

    risk_days.reverse(response.pk, reason="It was real", actor=ANNA, now=NOW)

    assert cleaned(tea) == before
    assert not DemandEvent.objects.exists()
    assert set(steps.values_list("state", flat=True)) == {"undone"}
    with pytest.raises(RiskOver):
        risk_days.reverse(response.pk, reason="Again", actor=ANNA, now=NOW)
    found = AuditEntry.objects.filter(action__startswith="planning.days_")
    assert sorted(found.values_list("action", "reason")) == [
        ("planning.days_counted_again", "It was real"),
        ("planning.days_excluded", "A test order"),
    ]


def test_b_43_what_says_too_little_or_is_stale_is_refused(tea) -> None:
    def entry(**more):
        fields = {"sku_id": tea.pk, "from_on": ODD, "until_on": ODD, "reason": "x", **more}
        return DaysEntry(**fields)

    for wrong in (
        entry(sku_id=0),
        entry(reason=" "),
        entry(until_on=ODD - dt.timedelta(days=1)),
        entry(until_on=NOW.date()),
        entry(from_on=ODD - dt.timedelta(days=92)),
    ):
        with pytest.raises(RiskRefused):
            plan(wrong, now=NOW)
    with pytest.raises(RiskChanged):
        risk_days.declare(entry(), digest="old", actor=ANNA, now=NOW)
    nothing = entry(from_on=ODD + dt.timedelta(days=1), until_on=ODD + dt.timedelta(days=2))
    with pytest.raises(RiskRefused):
        risk_days.declare(nothing, digest=plan(nothing, now=NOW).digest, actor=ANNA, now=NOW)
