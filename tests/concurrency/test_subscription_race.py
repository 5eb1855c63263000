"""The job orders a due day while a person skips it: one of the two happens."""

from __future__ import annotations

import pytest

from core.actors import SYSTEM
from orders.models import Order
from orders.querysets import SubscriptionQuerySet
from orders.services import subscription_runs, subscriptions
from orders.services.subscriptions import NotDue, Version
from tests.factories import orders as make
from tests.factories.subscriptions import FIRST, subscription
from tests.helpers.race import ALL_COME_S, Overtaking, race, wins

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def overtaking() -> Overtaking:
    """The person skips the day while the job takes its time over the order."""
    return Overtaking()


@pytest.fixture
def row(monkeypatch, overtaking):
    """A subscription that is due, and a job that is overtaken."""
    make.channel()
    make.put(make.sku(), make.warehouse(), 20)
    placed = subscription_runs._placed

    def slowly(*given):
        overtaking.stop()
        return placed(*given)

    monkeypatch.setattr(subscription_runs, "_placed", slowly)
    return subscription()


def competitors(row, overtaking):
    def skip():
        return subscriptions.skip(Version(row.pk), due_on=FIRST, actor=SYSTEM, at=make.NOW)

    def job():
        report = subscription_runs.run_due(today=FIRST, lead_days=0, at=make.NOW)
        assert report.ordered == 1
        return report

    return [job, overtaking.overtake(skip)]


def test_a_day_is_ordered_or_skipped_never_both(row, overtaking):
    job, skip = race(competitors(row, overtaking))

    assert job.won
    assert type(skip.error) is NotDue
    assert (Order.objects.count(), row.runs.get().state) == (1, "ordered")


def test_control_without_the_lock_a_skipped_day_is_ordered(row, overtaking, monkeypatch):
    overtaking.patience_s = ALL_COME_S
    monkeypatch.setattr(SubscriptionQuerySet, "lock", lambda rows: rows.order_by("pk"))

    outcomes = race(competitors(row, overtaking))

    assert wins(outcomes) == 2
    assert Order.objects.count() == 1
