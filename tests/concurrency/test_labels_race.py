"""Several workers want the same label, the same parcel, the same report, the same rate card."""

import datetime as dt

import pytest

from config import wiring
from core.actors import SYSTEM
from shipping.models import LabelRequest, Parcel, RateCard, TrackingEvent
from shipping.services import buying, labels, parcels, rates, tracking
from shipping.services.tracking import TrackingDraft
from tests.factories.shipping import NOW, make_parcel, make_service, make_shipped, parcel_draft
from tests.helpers.race import ALL_COME_S, Meeting, race
from tests.shipping.services import stub_carriers

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
CARD = (
    b"service,currency,valid_from,zone,countries,transit_lo_days,transit_hi_days,max_weight_g,"
    b"amount\nGROUND,EUR,2026-01-01,NEAR,DE,1,2,500,4.20\n"
)


@pytest.fixture
def carrier(monkeypatch):
    """Wire in a carrier that sells anew with each call and remembers nothing for `find`."""
    path = "tests.shipping.services.stub_carriers.ForgetfulCarrier"
    monkeypatch.setitem(wiring.CARRIERS, "forgetful", path)
    monkeypatch.setattr(stub_carriers, "BOOKS", stub_carriers.Books())
    monkeypatch.setattr(stub_carriers.ForgetfulCarrier, "find", lambda self, order: None)
    return stub_carriers.BOOKS


@pytest.fixture
def wish(carrier):
    make_service("FLAKY", kind="forgetful")
    parcel = make_parcel(service_code="FLAKY")
    return labels.request_label(parcel.pk, request_key="one", actor=SYSTEM, at=NOW)


def buy_eight_times(wish):
    return race([lambda: buying.purchase_many([wish.pk], now=NOW)] * 8)


def test_eight_workers_buy_one_label(carrier, wish):
    outcomes = buy_eight_times(wish)

    assert [outcome.error for outcome in outcomes] == [None] * 8
    assert len(carrier.sold["one"]) == 1
    assert LabelRequest.objects.get().state == "purchased"


def test_control_without_the_claim_the_label_is_paid_for_several_times(carrier, wish, monkeypatch):
    meeting = Meeting(patience_s=ALL_COME_S)

    def unclaimed(request_ids, now):
        rows = LabelRequest.objects.filter(pk__in=request_ids, state="requested")
        found = list(rows.select_related("parcel__service__carrier"))
        meeting.wait()
        return found

    monkeypatch.setattr(buying, "_claim", unclaimed)

    buy_eight_times(wish)

    assert len(carrier.sold["one"]) > 1


def test_eight_packers_open_one_parcel():
    make_service()
    draft = parcel_draft()

    outcomes = race([lambda: parcels.open_parcel(draft, actor=SYSTEM, at=NOW).pk] * 8)

    assert {outcome.value for outcome in outcomes} == {Parcel.objects.get().pk}
    assert Parcel.objects.get().items.count() == 1


def test_a_report_that_arrives_eight_times_at_once_is_kept_once():
    parcel = make_shipped()
    draft = TrackingDraft(parcel.tracking_number, "x", "delivered", NOW)

    outcomes = race([lambda: tracking.record_events([draft], at=NOW).recorded] * 8)

    assert sorted(outcome.value for outcome in outcomes) == [0] * 7 + [1]
    assert TrackingEvent.objects.count() == 1


def test_reports_that_overtake_each_other_end_at_delivered():
    parcel = make_shipped()
    drafts = [
        TrackingDraft(parcel.tracking_number, status, status, NOW + dt.timedelta(hours=hour))
        for hour, status in enumerate(("in_transit", "customs", "out_for_delivery", "delivered"))
    ]

    race([lambda one=one: tracking.record_events([one], at=NOW) for one in drafts])

    parcel.refresh_from_db()
    assert (parcel.state, parcel.tracking_status) == ("delivered", "delivered")


def test_the_same_rate_file_at_once_becomes_one_card():
    make_service("GROUND")

    outcomes = race(
        [lambda: rates.import_rates(CARD, source_name="r.csv", actor=SYSTEM, at=NOW).unchanged] * 4
    )

    assert sorted(outcome.value for outcome in outcomes) == [0, 1, 1, 1]
    assert RateCard.objects.count() == 1
