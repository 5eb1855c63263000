"""One payment per key: lost answers, dead workers, refusals, other ways."""

import os
import signal
import subprocess
import sys
from decimal import Decimal

import pytest
from django.db import connection

from config import wiring
from core.actors import SYSTEM
from core.models import Job
from orders.models import RefundDue
from returns.models import GatewayBooking, Refund, RefundPayment, ReturnLine
from returns.services import paying_back, refund_approving, refund_jobs, refunds
from returns.services.money_errors import GatewayUnknown, RefundMoved
from returns.services.refunds import Giving
from tests.factories import money, orders, returns
from tests.factories.money import Bank

D = Decimal
LATER = money.LATER


@pytest.fixture
def bank(monkeypatch):
    monkeypatch.setitem(wiring.PAYMENT_GATEWAYS, "bank", "tests.factories.money.Bank")
    Bank.reset()
    return Bank


def owed(amount="5.00", *, method="bank", key="one", **more):
    order = money.paid_order(orders.line("TEA", 20), method=method, **more)
    return refunds.give(order.pk, D(amount), Giving("LATE", key, "late"), actor=SYSTEM, at=LATER)


def payment_of(refund):
    return RefundPayment.objects.filter(refund=refund).order_by("position").last()


def send(refund, *, minutes=0):
    now = LATER + minutes * paying_back.CLAIM
    return paying_back.pay_many([payment_of(refund).pk], now=now)


@pytest.mark.django_db
def test_rel_h_08_a_lost_answer_is_found_again_and_not_paid_twice(bank):
    refund = owed()
    bank.loses_answers = True
    assert send(refund) == paying_back.PayReport(0, 0, 1)
    unanswered = payment_of(refund)
    assert (unanswered.state, unanswered.error_code) == ("requested", "GATEWAY_UNAVAILABLE")
    with pytest.raises(RefundMoved):
        paying_back.pay_another_way(unanswered.pk, "manual", actor=SYSTEM, at=LATER)
    with pytest.raises(RefundMoved):
        refund_approving.cancel(refund.pk, reason="changed", actor=SYSTEM, at=LATER)

    reports = [send(refund) for _ in range(3)]

    assert reports[0] == paying_back.PayReport(1, 0, 0)
    assert reports[1:] == [paying_back.PayReport(0, 0, 0)] * 2
    assert {key: len(paid) for key, paid in bank.paid.items()} == {unanswered.refund_key: 1}
    assert bank.calls == ["refund", "find"]
    refund.refresh_from_db()
    assert (refund.state, payment_of(refund).error) == ("paid", "")


@pytest.mark.django_db
def test_control_without_find_the_lost_answer_is_paid_twice(bank, monkeypatch):
    path = "tests.factories.money.ForgetfulBank"
    monkeypatch.setitem(wiring.PAYMENT_GATEWAYS, "bank", path)
    refund = owed()
    bank.loses_answers = True
    send(refund)
    bank.loses_answers = False

    send(refund)

    assert [len(paid) for paid in bank.paid.values()] == [2]


@pytest.mark.django_db
def test_a_refused_payment_is_retried_and_then_paid_another_way(bank):
    refund = owed(payments=("3.00", "197.00"))
    bank.refuses = "The card was closed."
    ids = list(refund.payments.values_list("pk", flat=True).order_by("position"))
    assert paying_back.pay_many(ids, now=LATER) == paying_back.PayReport(0, 2, 0)
    bank.refuses = ""
    paying_back.retry(ids[0], actor=SYSTEM, at=LATER)
    assert Job.objects.filter(name="returns.pay_refunds").count() == 2
    paying_back.pay_many(ids, now=LATER)
    with pytest.raises(GatewayUnknown, match="by bank"):
        paying_back.pay_another_way(ids[1], "bank", actor=SYSTEM, at=LATER)

    other = paying_back.pay_another_way(ids[1], "store_credit", actor=SYSTEM, at=LATER)

    refund.refresh_from_db()
    rows = refund.payments.order_by("position").values_list("gateway", "amount", "state")
    assert list(rows) == [
        ("bank", D("3.00"), "paid"),
        ("bank", D("2.00"), "replaced"),
        ("store_credit", D("2.00"), "paid"),
    ]
    assert (refund.state, other.refund_key) == ("paid", f"{refund.number}-3")
    assert sum(len(paid) for paid in bank.paid.values()) == 1


@pytest.mark.django_db
def test_the_test_gateway_refuses_falls_silent_and_loses_answers_by_amount():
    found = []
    for ending in ("0.91", "0.92", "0.93"):
        refund = owed(f"1{ending[1:]}", method="test", key=ending)
        reports = [send(refund) for _ in range(2)]
        refund.refresh_from_db()
        found.append(([(one.paid, one.refused) for one in reports], payment_of(refund).state))

    assert found == [
        ([(0, 1), (0, 0)], "failed"),
        ([(0, 0), (1, 0)], "paid"),
        ([(0, 0), (1, 0)], "paid"),
    ]
    keys = list(GatewayBooking.objects.values_list("refund_key", flat=True))
    assert len(keys) == len(set(keys)) == 2


@pytest.mark.django_db
def test_the_sweep_pays_what_is_owed_and_what_a_dead_worker_left(bank):
    refund = owed()
    payment = payment_of(refund)
    paying_back._claim([payment.pk], LATER)
    assert paying_back.stranded(LATER) == []
    order = money.paid_order(orders.line("TEA", 1), method="bank")
    RefundDue.objects.create(
        order=order, amount=D("4.00"), currency="USD", reason="x", event_key="x", created_at=LATER
    )

    undecided = money.paid_order(orders.line("TEA", 2), method="bank")
    rma = returns.request(undecided, units={"TEA": 2})
    ReturnLine.objects.filter(request=rma).update(resolution="none")
    money.bring_back(rma)
    assert refunds.plan_for(rma.pk, "inspected", at=LATER) == []
    ReturnLine.objects.filter(request=rma).update(resolution="refund")

    class Run:
        now = LATER + 2 * paying_back.CLAIM

    said = refund_jobs.sweep_refunds(Run())
    assert (said["adopted"], said["planned"], said["paid"], said["waiting"]) == (1, 1, 3, 0)
    refund.refresh_from_db()
    assert refund.state == "paid"
    said = refund_jobs.sweep_refunds(Run())
    assert (said["adopted"], said["planned"], said["paid"]) == (0, 0, 0)
    assert sorted(Refund.objects.values_list("reason", "state")) == [
        ("LATE", "paid"),
        ("OTHER", "paid"),
        ("RETURNED", "paid"),
    ]
    assert {len(paid) for paid in bank.paid.values()} == {1}


WORKER = """
import django
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = {name!r}
import datetime as dt
from returns.services import paying_back
now = dt.datetime.fromisoformat({now!r})
print(paying_back.pay_many([{pk}], now=now))
"""


def run_worker(refund, now, crash):
    """Run one worker in a process of its own, which dies at a labelled place."""
    name = connection.settings_dict["NAME"]
    script = WORKER.format(name=str(name), now=now.isoformat(), pk=payment_of(refund).pk)
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "QUAYSIDE_CRASHPOINT": crash},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stderr[-500:]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_rel_h_08_a_worker_killed_between_payment_and_record_leads_to_one_payment():
    refund = owed("5.00", method="test")
    code, said = run_worker(refund, LATER, crash="refund_paid_not_recorded")
    assert code == -signal.SIGKILL, said
    dead = payment_of(refund)
    assert (dead.state, dead.attempts, GatewayBooking.objects.count()) == ("requested", 1, 1)
    assert send(refund).paid == 0

    later = LATER + 2 * paying_back.CLAIM
    assert paying_back.stranded(later) == [dead.pk]
    assert send(refund, minutes=2).paid == 1

    assert GatewayBooking.objects.count() == 1
    paid = payment_of(refund)
    assert (paid.state, paid.attempts) == ("paid", 2)
    assert paid.gateway_reference == GatewayBooking.objects.get().reference
