from __future__ import annotations

import datetime as dt

import pytest

from core.actors import SYSTEM
from core.events import EventFact
from core.models import AuditEntry, OutboxEvent
from customers.domain.drafts import OrderFigures
from customers.models import Customer, CustomerAddress
from customers.services import directory, merging
from orders.services import importing_customers
from tests.factories import orders as make
from tests.factories.customers import NOW, address, make_customer

pytestmark = pytest.mark.django_db


def merged(keep: Customer, absorb: Customer) -> Customer:
    return merging.merge(keep, absorb, actor=SYSTEM, at=NOW)


def test_ids_addresses_and_empty_fields_move_to_the_one_that_stays():
    keep = make_customer("shop", "1", address=address(), email="")
    absorb = make_customer(
        "market", "2", address=address(line1="9 Other Road"), email="a@b.example"
    )

    merged(keep, absorb)

    keep.refresh_from_db()
    absorb.refresh_from_db()
    assert {row.external_id for row in keep.external_ids.all()} == {"1", "2"}
    assert sorted(keep.addresses.values_list("line1", "is_default")) == [
        ("1 Quay Street", True),
        ("9 Other Road", False),
    ]
    assert keep.email == "a@b.example"
    assert absorb.merged_into == keep


def test_an_address_both_had_is_kept_once():
    keep = make_customer("shop", "1", address=address())
    absorb = make_customer("shop", "2", address=address(city="LONDON "))

    merged(keep, absorb)

    assert CustomerAddress.objects.get().customer == keep


def test_a_known_id_leads_to_the_customer_that_lives_on():
    first, second, third = (make_customer("shop", str(number)) for number in range(3))
    merged(second, first)
    second.refresh_from_db()
    merged(third, second)

    found = directory.find_many([("shop", "0")])

    assert found["shop", "0"].pk == third.pk


def test_figures_add_up_and_both_timelines_tell():
    keep, absorb = make_customer("shop", "1"), make_customer("shop", "2")
    later = NOW + dt.timedelta(days=9)
    directory.keep_figures(
        {keep.pk: OrderFigures(2, NOW, NOW), absorb.pk: OrderFigures(3, later, later)}, at=NOW
    )

    merged(Customer.objects.get(pk=keep.pk), Customer.objects.get(pk=absorb.pk))

    keep.refresh_from_db()
    assert (keep.order_count, keep.first_order_at, keep.last_order_at) == (5, NOW, later)
    actions = AuditEntry.objects.filter(target_kind="customer").values_list("action", flat=True)
    assert sorted(actions) == ["customers.absorbed", "customers.merged"]


@pytest.mark.parametrize("case", ["itself", "merged before"])
def test_a_merge_that_makes_no_sense_is_refused_and_changes_nothing(case):
    keep, absorb = make_customer("shop", "1"), make_customer("shop", "2")
    if case == "merged before":
        merged(make_customer("shop", "3"), absorb)
    other = keep if case == "itself" else absorb
    refusal = merging.SameCustomer if case == "itself" else merging.MergedBefore

    with pytest.raises(refusal):
        merged(keep, other)

    assert keep.external_ids.count() == 1


def test_orders_follow_the_merge_through_the_event():
    make.channel("shop")
    make.warehouse()
    keep, absorb = make_customer("shop", "1"), make_customer("shop", "2")
    make.sku()
    order = make.place_one(customer_id=absorb.pk)
    merged(keep, absorb)
    event = OutboxEvent.objects.get(name="customers.merged")

    importing_customers.follow_merges(
        [EventFact(event.pk, event.name, event.target, NOW, event.payload)]
    )

    order.refresh_from_db()
    assert order.customer == keep
    keep.refresh_from_db()
    assert keep.order_count == 1
