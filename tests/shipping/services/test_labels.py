import datetime as dt
import os

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import jobs
from core.actors import SYSTEM, Actor
from core.models import AuditEntry, Job, OutboxEvent
from shipping.models import Carrier, Label, LabelRequest, Parcel
from shipping.services import buying, labels, parcels
from shipping.services.labels import LabelAsk
from shipping.services.parcels import Measured
from tests.factories.shipping import (
    NOW,
    make_labelled,
    make_parcel,
    make_service,
    make_shipped,
    parcel_draft,
)
from tests.shipping.services.stub_carriers import ForgetfulCarrier

pytestmark = pytest.mark.django_db
ANN = Actor("user", 7, "Ann")
LATER = NOW + dt.timedelta(minutes=5)
DUE = dt.datetime(2090, 1, 1, tzinfo=dt.UTC)  # jobs are queued by the real clock


def ask(parcel, key=None):
    return labels.request_label(
        parcel.pk, request_key=key or f"parcel:{parcel.pk}:1", actor=ANN, at=NOW
    )


def forgetful_parcel(**changes):
    make_service("FLAKY", kind="forgetful")
    return make_parcel(service_code="FLAKY", **changes)


def test_a_label_is_wished_for_bought_and_put_on_the_parcel():
    parcel = make_parcel()

    wish = ask(parcel)
    jobs.run_due(DUE)

    wish.refresh_from_db()
    parcel.refresh_from_db()
    label = Label.objects.get(request=wish)
    assert (wish.state, wish.attempts, wish.error) == ("purchased", 1, "")
    assert (parcel.state, parcel.tracking_number) == ("labelled", label.tracking_number)
    assert label.pdf.open().read().startswith(b"%PDF")
    assert label.zpl.open().read().startswith(b"^XA")
    assert OutboxEvent.objects.filter(name="shipping.label_ready").count() == 1


def test_asking_twice_is_one_wish_and_one_label():
    parcel = make_parcel()

    first, second = ask(parcel), ask(parcel)
    other = ask(parcel, key="another")
    buying.purchase_many([first.pk], now=NOW)
    buying.purchase_many([first.pk], now=LATER)

    assert first.pk == second.pk == other.pk
    assert Label.objects.count() == 1
    assert Job.objects.filter(name="shipping.buy_labels").count() == 1


def test_a_parcel_that_does_not_exist_gets_no_wish():
    with pytest.raises(parcels.ParcelNotFound):
        labels.request_label(999_999, request_key="x", actor=ANN, at=NOW)

    assert LabelRequest.objects.count() == 0


def test_rel_k_08_a_lost_answer_never_buys_twice_in_a_thousand(carrier, monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda _file: None)  # a thousand files, no power cut
    carrier.lose_answers = 0.2
    make_service("FLAKY", kind="forgetful")
    drafts = [parcel_draft(service_code="FLAKY") for _ in range(1_000)]
    opened = parcels.open_parcels(drafts, actor=ANN, at=NOW)
    asks = [LabelAsk(parcel.pk, f"parcel:{parcel.pk}:1") for parcel in opened]
    wishes = [wish.pk for wish in labels.request_labels(asks, actor=ANN, at=NOW)]

    attempts, waiting = 0, 1_000
    while waiting and attempts < 200:
        attempts += 1
        now = NOW + dt.timedelta(minutes=10 * attempts)
        waiting = buying.purchase_many(wishes, now=now).waiting

    assert attempts > 1
    assert LabelRequest.objects.filter(state="purchased").count() == 1_000
    assert len(carrier.sold) == 1_000
    assert max(len(numbers) for numbers in carrier.sold.values()) == 1
    kept = set(Label.objects.values_list("tracking_number", flat=True))
    assert kept == {numbers[0] for numbers in carrier.sold.values()}


def test_control_without_looking_first_lost_answers_are_paid_for_twice(carrier, monkeypatch):
    monkeypatch.setattr(ForgetfulCarrier, "find", lambda self, order: None)
    carrier.lose_answers = 0.4
    wishes = [ask(forgetful_parcel()) for _ in range(30)]

    for attempt in range(1, 20):
        now = NOW + dt.timedelta(minutes=10 * attempt)
        buying.purchase_many([wish.pk for wish in wishes], now=now)

    assert max(len(numbers) for numbers in carrier.sold.values()) > 1


def test_rel_k_07_a_carrier_that_does_not_answer_leaves_the_wish_open(carrier):
    carrier.down = True
    parcel = forgetful_parcel()
    wish = ask(parcel)

    report = buying.purchase_many([wish.pk], now=NOW)

    wish.refresh_from_db()
    parcel.refresh_from_db()
    assert report == buying.PurchaseReport(bought=0, refused=0, waiting=1)
    assert (wish.state, wish.error_code) == ("requested", "CARRIER_UNAVAILABLE")
    assert (parcel.state, parcel.label_problem) == ("verified", "No answer within 10 seconds.")


def test_rel_k_07_after_five_silent_calls_the_carrier_rests_then_gets_one_call(carrier):
    carrier.down = True
    wishes = [ask(forgetful_parcel()).pk for _ in range(12)]

    buying.purchase_many(wishes, now=NOW)
    calls_while_down = len(carrier.calls)
    buying.purchase_many(wishes, now=NOW + dt.timedelta(seconds=30))
    calls_at_rest = len(carrier.calls)
    buying.purchase_many(wishes, now=NOW + dt.timedelta(minutes=3))
    calls_of_probe = len(carrier.calls) - calls_at_rest
    carrier.down = False
    buying.purchase_many(wishes, now=NOW + dt.timedelta(minutes=9))

    assert (calls_while_down, calls_at_rest, calls_of_probe) == (5, 5, 1)
    assert LabelRequest.objects.filter(state="purchased").count() == 12
    assert Carrier.objects.get(kind="forgetful").failures == 0


def test_the_job_comes_back_until_the_carrier_answers(carrier):
    carrier.down = True
    parcel = forgetful_parcel()
    ask(parcel)
    jobs.run_due(DUE, limit=1)
    carrier.down = False

    job = Job.objects.get(name="shipping.buy_labels")
    job.run_after = NOW
    job.save()
    Carrier.objects.update(paused_until=None)
    jobs.run_due(DUE + dt.timedelta(days=1))

    parcel.refresh_from_db()
    assert job.status == "failed_retry"
    assert parcel.state == "labelled"


def test_a_refusal_is_final_and_says_why(carrier):
    carrier.refuses = "Street 24 is not in Berlin."
    parcel = forgetful_parcel()
    wish = ask(parcel)

    report = buying.purchase_many([wish.pk], now=NOW)
    again = buying.purchase_many([wish.pk], now=LATER)

    wish.refresh_from_db()
    parcel.refresh_from_db()
    assert (report.refused, again.refused) == (1, 0)
    assert (wish.state, wish.error_code) == ("failed", "ADDRESS_UNKNOWN")
    assert parcel.label_problem == "Street 24 is not in Berlin."
    assert len(carrier.calls) == 1
    assert OutboxEvent.objects.filter(name="shipping.label_failed").count() == 1


def test_after_a_refusal_a_new_wish_can_be_tried(carrier):
    carrier.refuses = "No."
    parcel = forgetful_parcel()
    wish = ask(parcel)
    buying.purchase_many([wish.pk], now=NOW)
    carrier.refuses = ""

    second = labels.try_again(parcel.pk, actor=ANN, at=LATER)
    buying.purchase_many([second.pk], now=LATER)

    parcel.refresh_from_db()
    assert second.request_key == f"parcel:{parcel.pk}:2"
    assert (parcel.state, parcel.label_problem) == ("labelled", "")


def test_trying_again_while_the_wish_is_open_keeps_its_key(carrier):
    carrier.down = True
    parcel = forgetful_parcel()
    wish = ask(parcel)
    buying.purchase_many([wish.pk], now=NOW)

    assert labels.try_again(parcel.pk, actor=ANN, at=LATER).pk == wish.pk


def test_a_parcel_leaves_without_label_and_gets_its_number_later(carrier):
    carrier.down = True
    parcel = forgetful_parcel()
    wish = ask(parcel)
    buying.purchase_many([wish.pk], now=NOW)

    parcels.hand_over([parcel.pk], manifest_number="M1", actor=ANN, at=LATER)
    carrier.down = False
    buying.purchase_many([wish.pk], now=NOW + dt.timedelta(minutes=20))

    parcel.refresh_from_db()
    assert parcel.state == "manifested"
    assert parcel.tracking_number == carrier.sold[wish.request_key][0]


def test_a_voided_label_frees_the_parcel_for_another():
    parcel = make_labelled()
    first_number = parcel.tracking_number

    wish = labels.void_label(parcel.pk, reason="WRONG_BOX", actor=ANN, at=NOW)
    parcel.refresh_from_db()
    freed = (wish.state, parcel.state, parcel.tracking_number)
    undecided = buying.settle_voids([wish.pk], now=NOW)
    second = ask(parcel, key=f"parcel:{parcel.pk}:2")
    buying.purchase_many([second.pk], now=LATER)

    wish.refresh_from_db()
    parcel.refresh_from_db()
    assert freed == ("void_pending", "verified", None)
    assert (undecided, wish.state) == (0, "voided")
    assert parcel.tracking_number not in {None, first_number}
    assert AuditEntry.objects.filter(
        action="shipping.label_void_asked", reason="WRONG_BOX"
    ).exists()


def test_a_void_is_pending_until_the_carrier_confirms(carrier):
    parcel = forgetful_parcel()
    wish = ask(parcel)
    buying.purchase_many([wish.pk], now=NOW)
    labels.void_label(parcel.pk, reason="x", actor=ANN, at=NOW)
    carrier.void_answer = False

    first = buying.settle_voids([wish.pk], now=NOW)
    wish.refresh_from_db()
    pending = wish.state
    carrier.void_answer = True
    second = buying.settle_voids([wish.pk], now=LATER)

    wish.refresh_from_db()
    assert (first, pending, second, wish.state) == (1, "void_pending", 0, "voided")


def test_a_wish_never_sent_is_void_at_once(carrier):
    parcel = forgetful_parcel()
    ask(parcel)

    wish = labels.void_label(parcel.pk, reason="x", actor=ANN, at=NOW)

    assert wish.state == "voided"
    assert carrier.calls == []


def test_a_label_whose_answer_was_lost_is_found_and_voided(carrier):
    carrier.lose_answers = 1.0
    parcel = forgetful_parcel()
    wish = ask(parcel)
    buying.purchase_many([wish.pk], now=NOW)

    labels.void_label(parcel.pk, reason="x", actor=ANN, at=NOW)
    buying.settle_voids([wish.pk], now=LATER)

    wish.refresh_from_db()
    assert wish.state == "voided"
    assert carrier.voided == carrier.sold[wish.request_key]


def test_the_label_of_a_parcel_that_left_cannot_be_voided():
    parcel = make_shipped()

    with pytest.raises(labels.LabelAlreadyUsed):
        labels.void_label(parcel.pk, reason="x", actor=ANN, at=LATER)

    assert Parcel.objects.get(pk=parcel.pk).tracking_number == parcel.tracking_number


def test_voiding_where_nothing_was_bought_is_refused():
    with pytest.raises(labels.LabelMissing):
        labels.void_label(make_parcel().pk, reason="x", actor=ANN, at=NOW)


def test_a_reprint_is_the_same_bytes_and_leaves_a_reason():
    parcel = make_labelled()
    first = labels.get_label(parcel.pk).pdf

    again = labels.reprint(parcel.pk, "pdf", reason="JAMMED", actor=ANN, at=LATER)

    assert again.sha256 == first.sha256
    assert again.open().read() == first.open().read()
    entry = AuditEntry.objects.get(action="shipping.label_reprinted")
    assert (entry.reason, entry.actor_label) == ("JAMMED", "Ann")


def test_a_reprint_of_a_parcel_without_label_is_refused():
    with pytest.raises(labels.LabelMissing):
        labels.reprint(make_parcel().pk, "zpl", reason="x", actor=ANN, at=NOW)


def test_labels_for_many_parcels_take_a_constant_number_of_statements(carrier):
    def statements(count):
        asks = [
            LabelAsk(parcel.pk, f"parcel:{parcel.pk}:1")
            for parcel in (forgetful_parcel() for _ in range(count))
        ]
        with CaptureQueriesContext(connection) as asked:
            wishes = labels.request_labels(asks, actor=SYSTEM, at=NOW)
        with CaptureQueriesContext(connection) as bought:
            buying.purchase_many([wish.pk for wish in wishes], now=NOW)
        besides = ("core_storedfile", "core_setting", "SAVEPOINT")
        own = [q for q in bought if not any(word in q["sql"] for word in besides)]
        return len(asked), len(own)

    assert statements(20) == statements(4)


def test_weight_can_be_corrected_until_the_label_is_bought():
    parcel = make_parcel()
    parcels.verify(parcel.pk, Measured(1_000), actor=ANN, at=NOW)
    ask(parcel)
    jobs.run_due(DUE)

    with pytest.raises(parcels.ParcelMoved):
        parcels.verify(parcel.pk, Measured(2_000), actor=ANN, at=NOW)

    assert Parcel.objects.get(pk=parcel.pk).weight_g == 1_000
