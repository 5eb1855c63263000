import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.actors import Actor
from core.models import AuditEntry
from shipping.models import CarrierService, Parcel, ParcelItem, TrackedOrder
from shipping.services import catalog, parcels, portal
from shipping.services.services import ServiceDraft, save_services
from tests.factories.shipping import (
    NOW,
    make_labelled,
    make_parcel,
    make_shipped,
    parcel_draft,
    publish_order,
)

pytestmark = pytest.mark.django_db
ANN = Actor("user", 7, "Ann")


def test_a_parcel_is_opened_once_per_owner_and_position():
    draft = parcel_draft()

    first = parcels.open_parcel(draft, actor=ANN, at=NOW)
    second = parcels.open_parcel(draft, actor=ANN, at=NOW)

    assert first.pk == second.pk
    assert Parcel.objects.count() == ParcelItem.objects.count() == 1
    assert AuditEntry.objects.filter(action="shipping.parcel_opened").count() == 1


def test_several_boxes_of_one_shipment_are_several_parcels():
    drafts = [parcel_draft(owner_key="shipment:1", position=n, parcel_count=2) for n in (1, 2)]

    opened = parcels.open_parcels(drafts, actor=ANN, at=NOW)

    assert [parcel.position for parcel in opened] == [1, 2]
    assert len({parcel.number for parcel in opened}) == 2


def test_without_a_service_code_the_flat_service_carries_it():
    parcel = make_parcel(service_code="")

    assert parcel.service.code == catalog.FLAT_SERVICE
    assert parcel.service.is_default_flat


def test_an_unknown_service_opens_nothing():
    drafts = [parcel_draft(), parcel_draft(service_code="PIGEON")]

    with pytest.raises(catalog.UnknownService) as caught:
        parcels.open_parcels(drafts, actor=ANN, at=NOW)

    assert "PIGEON" in str(caught.value)
    assert Parcel.objects.count() == 0


def test_opening_many_takes_a_constant_number_of_statements():
    def statements(count):
        drafts = [parcel_draft() for _ in range(count)]
        with CaptureQueriesContext(connection) as asked:
            parcels.open_parcels(drafts, actor=ANN, at=NOW)
        besides = ("documentnumber", "nextval", "SAVEPOINT")
        numbers = [q for q in asked if any(word in q["sql"] for word in besides)]
        return len(asked) - len(numbers)

    assert statements(20) == statements(2)


def test_scanning_the_right_label_confirms_the_parcel():
    parcel = make_labelled()

    spaced = " ".join(parcel.tracking_number)
    confirmed = parcels.confirm_scan(parcel.pk, spaced.lower(), actor=ANN, at=NOW)
    again = parcels.confirm_scan(parcel.pk, parcel.tracking_number, actor=ANN, at=NOW)

    assert confirmed.state == again.state == "confirmed"
    assert AuditEntry.objects.filter(action="shipping.label_confirmed").count() == 1


def test_scanning_another_label_is_refused_with_both_numbers():
    parcel, other = make_labelled(), make_labelled()

    with pytest.raises(parcels.WrongLabel) as caught:
        parcels.confirm_scan(parcel.pk, other.tracking_number, actor=ANN, at=NOW)

    assert caught.value.data == {
        "scanned": other.tracking_number,
        "expected": parcel.tracking_number,
    }
    assert Parcel.objects.get(pk=parcel.pk).state == "labelled"


def test_a_parcel_without_label_has_nothing_to_scan():
    with pytest.raises(parcels.ParcelMoved):
        parcels.confirm_scan(make_parcel().pk, "QS1", actor=ANN, at=NOW)


def test_handing_over_is_recorded_once():
    rows = [make_labelled(), make_parcel()]

    first = parcels.hand_over([r.pk for r in rows], manifest_number="M9", actor=ANN, at=NOW)
    second = parcels.hand_over([r.pk for r in rows], manifest_number="M9", actor=ANN, at=NOW)

    assert (first, second) == (2, 0)
    stored = set(Parcel.objects.values_list("state", "manifest_number", "handed_over_at"))
    assert stored == {("manifested", "M9", NOW)}


def test_a_voided_parcel_is_not_handed_over_and_neither_are_its_companions():
    kept, gone = make_labelled(), make_parcel()
    parcels.void(gone.pk, reason="BROKEN", actor=ANN, at=NOW)

    with pytest.raises(parcels.ParcelMoved):
        parcels.hand_over([kept.pk, gone.pk], manifest_number="M9", actor=ANN, at=NOW)

    assert Parcel.objects.get(pk=kept.pk).state == "labelled"


def test_an_unknown_parcel_is_not_handed_over():
    with pytest.raises(parcels.ParcelNotFound):
        parcels.hand_over([999_999], manifest_number="M9", actor=ANN, at=NOW)


def test_fifty_parcels_are_handed_over_in_as_many_statements_as_two():
    def statements(count):
        pks = [make_labelled().pk for _ in range(count)]
        with CaptureQueriesContext(connection) as asked:
            parcels.hand_over(pks, manifest_number="M9", actor=ANN, at=NOW)
        return len(asked)

    assert statements(50) == statements(2) <= 5


def test_a_parcel_is_voided_before_it_is_labelled_only():
    parcel, labelled, shipped = make_parcel(), make_labelled(), make_shipped()

    parcels.void(parcel.pk, reason="CANCELLED", actor=ANN, at=NOW)
    again = parcels.void(parcel.pk, reason="CANCELLED", actor=ANN, at=NOW)
    for other in (labelled, shipped):
        with pytest.raises(parcels.ParcelMoved):
            parcels.void(other.pk, reason="x", actor=ANN, at=NOW)

    assert again.state == "voided"
    assert AuditEntry.objects.filter(action="shipping.parcel_voided").count() == 1


def test_the_place_of_a_voided_parcel_is_free_again():
    draft = parcel_draft()
    first = parcels.open_parcel(draft, actor=ANN, at=NOW)
    parcels.void(first.pk, reason="x", actor=ANN, at=NOW)

    assert parcels.open_parcel(draft, actor=ANN, at=NOW).pk != first.pk


def test_the_number_of_boxes_is_written_on_unlabelled_parcels_only():
    labelled = make_labelled(owner_key="shipment:8", position=1)
    waiting = make_parcel(owner_key="shipment:8", position=2)

    changed = parcels.set_parcel_count("shipment:8", 2)

    labelled.refresh_from_db()
    waiting.refresh_from_db()
    assert (changed, labelled.parcel_count, waiting.parcel_count) == (1, 1, 2)


def test_the_first_parcel_of_an_order_opens_its_public_page():
    view = {"promised_from": "2026-04-23", "promised_by": "2026-04-25"}
    parcel = make_parcel(public_view=view, email="li.wei@example.com")

    row = TrackedOrder.objects.get(order_key=parcel.order_key)
    assert (row.order_number, row.first_name, row.city) == (parcel.order_number, "Li", "Berlin")
    assert (row.promised_from_on, row.promised_by_on) == (
        dt.date(2026, 4, 23),
        dt.date(2026, 4, 25),
    )
    assert row.email_hash == portal.email_hash("LI.WEI@example.com")


def test_a_parcel_renews_the_promise_and_keeps_what_the_order_said():
    first = make_parcel()
    publish_order(first, brand={"name": "Mingjian Tea"})
    view = {"promised_from": "2026-04-27", "promised_by": "2026-04-28"}

    make_parcel(order_key=first.order_key, public_view=view)

    row = TrackedOrder.objects.get(order_key=first.order_key)
    assert row.promised_by_on == dt.date(2026, 4, 28)
    assert row.brand == {"name": "Mingjian Tea"}
    assert row.email_hash == portal.email_hash("li.wei@example.com")


def test_a_parcel_of_no_order_has_no_public_page():
    make_parcel(order_key="", owner_key="rma:4")

    assert TrackedOrder.objects.count() == 0


def test_services_are_saved_by_code_and_renewed():
    drafts = [ServiceDraft("EU-GROUND", "Europe ground", "欧洲陆运", "ground", 2, 11)]

    save_services(drafts, actor=ANN, at=NOW)
    saved = save_services([ServiceDraft("EU-GROUND", "Europe road")], actor=ANN, at=NOW)

    assert saved["EU-GROUND"].name == "Europe road"
    assert CarrierService.objects.filter(code="EU-GROUND").count() == 1


def test_a_service_of_an_unknown_carrier_is_refused():
    with pytest.raises(catalog.UnknownCarrier):
        save_services([ServiceDraft("X", "X", carrier_code="pigeon")], actor=ANN, at=NOW)

    assert not CarrierService.objects.filter(code="X").exists()
