import pytest

from core.models import AuditEntry
from shipping.models import Parcel, TrackingEvent
from tests.factories.core import bearer, make_key
from tests.factories.shipping import make_parcel, make_shipped
from tests.helpers.query_counts import query_baseline

pytestmark = pytest.mark.django_db
PARCELS, EVENTS = "/api/v1/parcels/", "/api/v1/tracking-events/"


def caller(*capabilities, warehouses=("RTM",)):
    key = make_key(capabilities, warehouse_codes=warehouses)
    return bearer(key.token)


def event(parcel, **changes):
    return {
        "tracking_number": parcel.tracking_number,
        "source_event_id": "scan-1",
        "status": "in_transit",
        "at": "2026-04-22T20:05:00+02:00",
        "place": "Rotterdam",
        "country": "NL",
        "utc_offset_min": 120,
        **changes,
    }


def post(client, who, *events):
    return client.post(EVENTS, {"events": list(events)}, content_type="application/json", **who)


def test_a_parcel_is_read_with_content_and_reports_and_without_address(client):
    parcel = make_shipped()
    post(client, caller("shipping.track"), event(parcel))

    response = client.get(f"{PARCELS}par_{parcel.pk}/", **caller("shipping.view"))
    body = response.json()

    assert response.status_code == 200
    assert (body["number"], body["state"]) == (parcel.number, "in_transit")
    assert body["items"][0]["sku_code"] == "TEA-ROSE-100"
    assert body["events"][0]["place"] == "Rotterdam"
    assert body["destination_country"] == "DE"
    assert "Oranienstr" not in response.content.decode()


def test_parcels_outside_the_keys_warehouses_do_not_exist(client):
    parcel = make_shipped(warehouse_code="SZX")
    who = caller("shipping.view")

    assert client.get(f"{PARCELS}par_{parcel.pk}/", **who).status_code == 404
    assert client.get(PARCELS, **who).json()["results"] == []


def test_the_list_is_filtered_by_tracking_number(client):
    wanted, _other = make_shipped(), make_shipped()

    answer = client.get(
        PARCELS, {"tracking_number": wanted.tracking_number}, **caller("shipping.view")
    )

    assert [row["number"] for row in answer.json()["results"]] == [wanted.number]


@pytest.mark.parametrize("count", [1, 20])
def test_the_list_takes_the_same_statements_for_any_number_of_parcels(client, count):
    for _ in range(count):
        make_parcel()
    who = caller("shipping.view")

    with query_baseline("api-parcels"):
        assert len(client.get(PARCELS, **who).json()["results"]) == count


def test_reports_move_the_parcel_once_and_name_who_sent_them(client):
    parcel = make_shipped()
    who = caller("shipping.track")

    first = post(client, who, event(parcel))
    second = post(client, who, event(parcel))

    assert first.json() == {"recorded": 1, "repeated": 0, "moved": 1, "unknown_numbers": []}
    assert second.json() == {"recorded": 0, "repeated": 1, "moved": 0, "unknown_numbers": []}
    assert Parcel.objects.get(pk=parcel.pk).tracking_status == "in_transit"
    assert AuditEntry.objects.get(action="shipping.tracking_changed").actor_kind == "api_key"


def test_a_key_reports_only_on_parcels_of_its_warehouses(client):
    parcel = make_shipped(warehouse_code="SZX")

    answer = post(client, caller("shipping.track"), event(parcel))

    assert answer.json()["unknown_numbers"] == [parcel.tracking_number]
    assert TrackingEvent.objects.count() == 0


@pytest.mark.parametrize(
    "changes", [{"status": "teleported"}, {"at": "yesterday"}, {"country": "Netherlands"}]
)
def test_a_report_that_cannot_be_used_is_refused_as_a_problem(client, changes):
    parcel = make_shipped()

    answer = post(client, caller("shipping.track"), event(parcel, **changes))

    assert answer.status_code in {400, 422}
    assert answer["Content-Type"].startswith("application/problem+json")
    assert TrackingEvent.objects.count() == 0


def test_reporting_needs_its_own_capability(client):
    parcel = make_shipped()

    answer = post(client, caller("shipping.view"), event(parcel))

    assert answer.status_code == 403
    assert TrackingEvent.objects.count() == 0
