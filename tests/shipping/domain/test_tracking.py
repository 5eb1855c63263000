import datetime as dt
import itertools

from hypothesis import given, strategies

from shipping.domain.tracking import STATUSES, TrackingFact, TrackingState, parcel_state, resolve

START = dt.datetime(2026, 4, 22, 8, tzinfo=dt.UTC)


def fact(status, hour, event_id=None):
    return TrackingFact(event_id or f"{status}-{hour}", status, START + dt.timedelta(hours=hour))


def at(hour):
    return START + dt.timedelta(hours=hour)


def test_nothing_reported_is_no_status():
    assert resolve([]) == TrackingState("", 0, None)


def test_a_late_event_never_moves_a_parcel_back():
    facts = [fact("in_transit", 1), fact("delivered", 4), fact("in_transit", 2)]

    assert resolve(facts) == TrackingState("delivered", 90, at(4))


def test_an_event_younger_than_the_delivery_does_not_undo_it():
    facts = [fact("delivered", 4), fact("exception", 6), fact("in_transit", 7)]

    assert resolve(facts).status == "delivered"


def test_an_incident_shows_until_the_parcel_moves_again():
    stopped = [fact("in_transit", 1), fact("exception", 2)]

    assert resolve(stopped) == TrackingState("exception", 20, at(2))
    assert resolve([*stopped, fact("in_transit", 3)]) == TrackingState("in_transit", 20, at(3))


def test_customs_and_transit_share_a_rank_so_the_latest_shows():
    facts = [fact("customs", 2), fact("in_transit", 1)]

    assert resolve(facts).status == "customs"
    assert resolve([*facts, fact("in_transit", 3)]).status == "in_transit"


def test_unknown_reports_change_nothing():
    assert resolve([fact("in_transit", 1), fact("unknown", 9)]).status == "in_transit"


def test_every_status_but_the_first_ones_calls_for_a_parcel_state():
    without = {status for status in STATUSES if parcel_state(status) is None}

    assert without == {"pre_transit", "unknown"}


facts_lists = strategies.lists(
    strategies.builds(
        TrackingFact,
        source_event_id=strategies.uuids().map(str),
        status=strategies.sampled_from(STATUSES),
        at=strategies.integers(0, 6).map(at),
    ),
    max_size=5,
    unique_by=lambda one: one.source_event_id,
)


@given(facts_lists)
def test_the_order_of_arrival_does_not_matter(facts):
    results = {resolve(order) for order in itertools.permutations(facts)}

    assert len(results) == 1


@given(facts_lists, facts_lists)
def test_more_reports_never_lower_the_rank(earlier, later):
    assert resolve([*earlier, *later]).rank >= resolve(earlier).rank
