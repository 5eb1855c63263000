"""No service moves a parcel or a label in a way that the table of moves does not list."""

import itertools

import pytest

from core.actors import SYSTEM
from core.errors import DomainError
from shipping.domain.states import HANDED_OVER, LABEL_TRANSITIONS, PARCEL_TRANSITIONS
from shipping.models import LabelRequest, Parcel
from shipping.services import buying, labels, parcels, tracking
from shipping.services.parcels import Measured
from shipping.services.tracking import TrackingDraft
from tests.factories.shipping import NOW, make_labelled

pytestmark = pytest.mark.django_db
FACTS = {"actor": SYSTEM, "at": NOW}

STEPS = {
    "verify": lambda parcel: parcels.verify(parcel.pk, Measured(500), **FACTS),
    "scan": lambda parcel: parcels.confirm_scan(parcel.pk, parcel.tracking_number, **FACTS),
    "hand over": lambda parcel: parcels.hand_over([parcel.pk], manifest_number="M", **FACTS),
    "void": lambda parcel: parcels.void(parcel.pk, reason="x", **FACTS),
    "void label": lambda parcel: labels.void_label(parcel.pk, reason="x", **FACTS),
    "buy again": lambda parcel: labels.try_again(parcel.pk, **FACTS),
    "moving": lambda parcel: report(parcel, "in_transit"),
    "stopped": lambda parcel: report(parcel, "exception"),
    "delivered": lambda parcel: report(parcel, "delivered"),
}


def report(parcel, status):
    draft = TrackingDraft(parcel.tracking_number, status, status, NOW)
    tracking.record_events([draft], at=NOW)


@pytest.mark.parametrize(
    ("start", "step"), list(itertools.product(PARCEL_TRANSITIONS, STEPS)), ids=str
)
def test_every_step_from_every_state_is_in_the_table_or_refused(start, step):
    parcel = make_labelled()
    delivered_at = NOW if start == "delivered" else None
    Parcel.objects.filter(pk=parcel.pk).update(state=start, delivered_at=delivered_at)
    LabelRequest.objects.filter(parcel=parcel).update(attempts=1)

    try:
        STEPS[step](parcel)
    except DomainError as refusal:
        refused = refusal.code
    else:
        refused = ""
    parcel.refresh_from_db()

    assert parcel.state == start or parcel.state in PARCEL_TRANSITIONS[start]
    assert not refused or parcel.state == start


@pytest.mark.parametrize("start", LABEL_TRANSITIONS)
def test_buying_and_voiding_move_a_wish_along_its_table(start):
    parcel = make_labelled()
    wish = parcel.label_requests.get()
    LabelRequest.objects.filter(pk=wish.pk).update(state=start)
    seen = [start]

    for act in (
        lambda: buying.settle_voids([wish.pk], now=NOW),
        lambda: labels.void_label(parcel.pk, reason="x", **FACTS),
        lambda: buying.settle_voids([wish.pk], now=NOW),
    ):
        try:
            act()
        except DomainError as refusal:
            assert refusal.code == "LABEL_MISSING"  # noqa: PT017 - either outcome is right
        wish.refresh_from_db()
        seen.append(wish.state)

    moves = [(a, b) for a, b in itertools.pairwise(seen) if a != b]
    assert all(after in LABEL_TRANSITIONS[before] for before, after in moves)


def test_the_tables_know_their_ends():
    assert PARCEL_TRANSITIONS["delivered"] == PARCEL_TRANSITIONS["voided"] == frozenset()
    assert LABEL_TRANSITIONS["voided"] == frozenset()
    for table in (PARCEL_TRANSITIONS, LABEL_TRANSITIONS):
        assert {state for targets in table.values() for state in targets} <= set(table)
    assert not any("voided" in PARCEL_TRANSITIONS[state] for state in HANDED_OVER)
