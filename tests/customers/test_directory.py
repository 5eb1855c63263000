from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.actors import Actor
from core.permissions import Principal
from customers import queries
from customers.domain.drafts import OrderFigures
from customers.models import Customer, CustomerAddress, CustomerExternalId
from customers.services import directory
from tests.factories.customers import NOW, address, draft, make_customer

pytestmark = pytest.mark.django_db


def seller(*channels: str) -> Principal:
    return Principal(
        Actor("user", 1, "Ada"),
        capabilities=frozenset({"customers.view"}),
        channel_codes=frozenset(channels),
    )


def test_an_unknown_customer_is_created_with_number_id_and_address():
    found = directory.find_or_create_many([draft("shop", "77", address=address())], at=NOW)

    customer = found["shop", "77"]
    assert customer.number.startswith("C")
    assert CustomerExternalId.objects.get().customer == customer
    assert CustomerAddress.objects.get(customer=customer).is_default


def test_the_same_drafts_again_find_and_change_nothing():
    drafts = [draft("shop", str(number)) for number in range(3)]
    first = directory.find_or_create_many(drafts, at=NOW)

    again = directory.find_or_create_many(drafts, at=NOW + dt.timedelta(days=1))

    assert {k: v.pk for k, v in again.items()} == {k: v.pk for k, v in first.items()}
    assert Customer.objects.count() == 3


def test_one_e_mail_at_two_channels_is_one_customer():
    directory.find_or_create_many([draft("shop", "1", email="Ada@Example.com ")], at=NOW)

    found = directory.find_or_create_many([draft("market", "9", email="ada@example.com")], at=NOW)

    assert Customer.objects.count() == 1
    assert found["market", "9"].external_ids.count() == 2


def test_an_e_mail_two_customers_share_decides_nothing():
    make_customer("shop", "1", email="")
    Customer.objects.update(email_norm="team@example.com")
    make_customer("shop", "2")
    Customer.objects.update(email_norm="team@example.com")

    directory.find_or_create_many([draft("shop", "3", email="team@example.com")], at=NOW)

    assert Customer.objects.count() == 3


def test_a_draft_without_id_is_refused_and_nothing_is_written():
    nameless = draft("shop", "1")
    object.__setattr__(nameless, "external_id", "")

    with pytest.raises(directory.CustomerHasNoId):
        directory.find_or_create_many([draft("shop", "2"), nameless], at=NOW)

    assert Customer.objects.count() == 0


def test_five_hundred_customers_take_a_handful_of_statements():
    counts = []
    for size in (5, 500):
        drafts = [draft("shop", f"{size}-{number}") for number in range(size)]
        with CaptureQueriesContext(connection) as captured:
            directory.find_or_create_many(drafts, at=NOW)
        counts.append(len(captured))

    # SQLite takes at most 999 values a statement, so the inserts come in a few parts there.
    assert counts[0] <= 10
    assert counts[1] <= 25


def test_order_figures_are_kept_once_and_a_repeat_changes_nothing():
    customer = make_customer()
    figures = {customer.pk: OrderFigures(2, NOW, NOW + dt.timedelta(days=3))}

    changed = [directory.keep_figures(figures, at=NOW) for _repeat in range(2)]

    customer.refresh_from_db()
    assert changed == [1, 0]
    assert (customer.order_count, customer.last_order_at) == (2, NOW + dt.timedelta(days=3))


def test_a_principal_sees_the_customers_of_its_channels_only():
    mine = make_customer("shop", "1")
    make_customer("market", "2")

    assert list(Customer.objects.visible_to(seller("shop"))) == [mine]
    assert Customer.objects.visible_to(seller("shop", "market")).count() == 2


def test_a_card_hides_what_is_out_of_reach():
    both = make_customer("shop", "1", email="ada@example.com", address=address())
    directory.find_or_create_many([draft("market", "2", email="ada@example.com")], at=NOW)
    foreign = make_customer("market", "3")

    card = queries.card(seller("shop"), both.pk)

    assert card is not None
    assert [row.external_id for row in card.external_ids] == ["1"]
    assert len(card.addresses) == 1
    assert queries.card(seller("shop"), foreign.pk) is None
