import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from core.models import AuditEntry, OutboxEvent
from shipping.models import Parcel, TrackingEvent
from shipping.services import tracking
from shipping.services.tracking import TrackingDraft
from tests.factories.shipping import NOW, make_parcel, make_shipped

pytestmark = pytest.mark.django_db


def report(parcel, status, hour, event_id=None, **more):
    return TrackingDraft(
        tracking_number=parcel.tracking_number,
        source_event_id=event_id or f"{status}@{hour}",
        status=status,
        at=NOW + dt.timedelta(hours=hour),
        **more,
    )


def record(*drafts):
    return tracking.record_events(drafts, at=NOW + dt.timedelta(days=3))


def published(name):
    return [event.payload for event in OutboxEvent.objects.filter(name=name).order_by("pk")]


def test_a_scan_moves_the_parcel_and_tells_those_above():
    parcel = make_shipped()

    outcome = record(report(parcel, "in_transit", 1, place="Rotterdam"))

    parcel.refresh_from_db()
    assert outcome == tracking.TrackingReport(1, 0, (), 1)
    assert (parcel.state, parcel.tracking_status) == ("in_transit", "in_transit")
    [payload] = published("shipping.tracking_changed")
    assert (payload["owner_key"], payload["status"]) == (parcel.owner_key, "in_transit")


def test_the_same_report_again_changes_nothing():
    parcel = make_shipped()
    record(report(parcel, "in_transit", 1))
    before = Parcel.objects.filter(pk=parcel.pk).values().get()

    outcome = record(report(parcel, "in_transit", 1), report(parcel, "in_transit", 1))

    assert outcome == tracking.TrackingReport(0, 2, (), 0)
    assert Parcel.objects.filter(pk=parcel.pk).values().get() == before
    assert len(published("shipping.tracking_changed")) == 1


def test_delivery_sets_the_time_it_happened_and_is_told_once():
    parcel = make_shipped()

    record(report(parcel, "delivered", 30))
    record(report(parcel, "delivered", 31, "second scan"))

    parcel.refresh_from_db()
    assert (parcel.state, parcel.delivered_at) == ("delivered", NOW + dt.timedelta(hours=30))
    assert len(published("shipping.delivered")) == 1


def test_a_late_report_never_moves_a_delivered_parcel_back():
    parcel = make_shipped()
    record(report(parcel, "delivered", 30))

    outcome = record(report(parcel, "in_transit", 2), report(parcel, "exception", 40))

    parcel.refresh_from_db()
    assert (outcome.recorded, outcome.moved) == (2, 0)
    assert (parcel.state, parcel.tracking_status) == ("delivered", "delivered")
    assert TrackingEvent.objects.filter(parcel=parcel).count() == 3


def test_an_exception_is_left_again_when_the_parcel_moves():
    parcel = make_shipped()

    states = []
    for draft in (
        report(parcel, "in_transit", 1),
        report(parcel, "exception", 2),
        report(parcel, "in_transit", 3),
    ):
        record(draft)
        parcel.refresh_from_db()
        states.append(parcel.state)

    assert states == ["in_transit", "exception", "in_transit"]


def test_the_carrier_may_scan_before_the_manifest_is_closed():
    parcel = make_shipped()
    Parcel.objects.filter(pk=parcel.pk).update(state="labelled", handed_over_at=None)

    record(report(parcel, "in_transit", 1))

    parcel.refresh_from_db()
    assert (parcel.state, parcel.handed_over_at) == ("in_transit", None)


def test_reports_of_unknown_numbers_are_named_and_the_rest_is_kept():
    parcel = make_shipped()
    stranger = TrackingDraft("QS0", "x", "in_transit", NOW)

    outcome = record(stranger, report(parcel, "in_transit", 1))

    assert (outcome.recorded, outcome.unknown_numbers) == (1, ("QS0",))


def test_an_unknown_status_records_nothing():
    parcel = make_shipped()

    with pytest.raises(tracking.UnknownTrackingStatus):
        record(report(parcel, "in_transit", 1), report(parcel, "teleported", 2))

    assert TrackingEvent.objects.count() == 0


def test_each_change_of_status_is_in_the_audit_log():
    parcel = make_shipped()

    record(report(parcel, "in_transit", 1))

    entry = AuditEntry.objects.get(action="shipping.tracking_changed")
    assert entry.before == {"status": ""}
    assert entry.after == {"status": "in_transit", "state": "in_transit"}


def test_many_parcels_take_a_constant_number_of_statements():
    def statements(count):
        parcels = [make_shipped() for _ in range(count)]
        drafts = [report(parcel, "in_transit", 1) for parcel in parcels]
        with CaptureQueriesContext(connection) as asked:
            record(*drafts)
        return len(asked)

    assert statements(20) == statements(2) <= 9


def test_the_database_refuses_a_report_twice():
    parcel = make_shipped()
    record(report(parcel, "in_transit", 1))
    row = TrackingEvent.objects.get()
    row.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_parcels_that_no_carrier_has_scanned_are_listed_by_age():
    silent, moving = make_shipped(), make_shipped()
    make_parcel()
    record(report(moving, "in_transit", 1))

    found = tracking.list_silent(NOW + dt.timedelta(days=2), days=2)

    assert [parcel.pk for parcel in found] == [silent.pk]
    assert tracking.list_silent(NOW + dt.timedelta(days=1), days=2) == []
