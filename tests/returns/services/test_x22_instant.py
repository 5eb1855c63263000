"""X22, sent at once: a card is held, renewed before it lapses, and charged once or not at all."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from config import wiring
from core import clock, jobs
from core.actors import Actor
from returns.models import CardHold
from returns.services import card_holds, exchanges, progress
from tests.factories import exchanges as make
from tests.factories.cards import CardBooks
from tests.factories.return_labels import NOW, approve
from tests.helpers.race import race

pytestmark = pytest.mark.django_db
ANN = Actor("user", 7, "Ann")
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def books(monkeypatch):
    monkeypatch.setitem(wiring.CARD_GATEWAYS, "bank", "tests.factories.cards.CardBooks")
    CardBooks.open()
    return CardBooks


def exchange_of(code="SHIRT-L"):
    request = make.wanted(make.shirts(), code)
    approve(request)
    return exchanges.open_for(request.lines.get().pk, actor=ANN, at=NOW)


def asked(exchange):
    return card_holds.ask(exchange.pk, "pay_1", gateway="bank", actor=ANN, at=NOW)


def sent():
    """Return an exchange that went out with its card held."""
    exchange = exchange_of()
    hold = asked(exchange)
    card_holds.ask_gateways([hold.pk], now=NOW)
    exchange.refresh_from_db()
    return exchange


def care(now):
    """Let the clock run at `now`, and the card company be asked then."""
    card_holds.care(now=now)
    open_ = CardHold.objects.filter(state__in=card_holds.ASKING).order_by("pk")
    card_holds.ask_gateways(list(open_.values_list("pk", flat=True)), now=now)


def states_of(exchange):
    return list(exchange.card_holds.order_by("round").values_list("state", flat=True))


def test_x22_with_the_card_held_the_exchange_goes_out_before_the_return(books):
    exchange = exchange_of("SHIRT-XL")
    first, again = asked(exchange), asked(exchange)
    jobs.run_due(clock.now())

    exchange.refresh_from_db()
    hold = CardHold.objects.get()
    assert first.pk == again.pk == hold.pk
    # What was paid for the shirt, and what the larger one costs more.
    assert (hold.amount, hold.currency, hold.charge_at) == (Decimal("13.50"), "USD", NOW + 14 * DAY)
    assert (hold.state, hold.gateway_reference) == ("held", f"a:{exchange.key}:1")
    assert (exchange.state, exchange.is_instant) == ("done", True)
    assert (books.held, books.charged) == ([f"{exchange.key}:1"], [])
    with pytest.raises(card_holds.CardGatewayUnknown):
        card_holds.ask(exchange.pk, "pay_1", gateway="sock", actor=ANN, at=NOW)


def test_x22_an_answer_that_was_lost_is_found_and_not_asked_for_twice(books):
    exchange = exchange_of()
    hold = asked(exchange)
    books.trouble[:] = ["LOST"]

    assert card_holds.ask_gateways([hold.pk], now=NOW) == 1
    assert CardHold.objects.get().state == "asked"
    assert card_holds.ask_gateways([hold.pk], now=NOW) == 0

    exchange.refresh_from_db()
    assert (exchange.state, states_of(exchange), len(books.held)) == ("done", ["held"], 1)


def test_x22_a_refused_card_leaves_an_ordinary_exchange(books):
    exchange = exchange_of()
    hold = asked(exchange)
    books.trouble[:] = ["NO"]
    card_holds.ask_gateways([hold.pk], now=NOW)

    exchange.refresh_from_db()
    assert (exchange.state, states_of(exchange)) == ("reserved", ["refused"])
    # Another card may be tried.
    again = asked(exchange)
    card_holds.ask_gateways([again.pk], now=NOW)
    exchange.refresh_from_db()
    assert (exchange.state, states_of(exchange)) == ("done", ["refused", "held"])


def test_x22_a_return_on_its_way_lets_the_card_go(books):
    exchange = sent()
    progress.move(exchange.line.request_id, "hand_over", actor=ANN, at=NOW + DAY)

    care(NOW + DAY)
    care(NOW + 20 * DAY)

    assert states_of(exchange) == ["released"]
    assert (books.released, books.charged) == ([f"a:{exchange.key}:1"], [])


def test_x22_a_hold_is_renewed_before_it_lapses_and_charged_once_on_day_14(books):
    exchange = sent()
    care(NOW + 5 * DAY)
    assert states_of(exchange) == ["held"]

    care(NOW + 6 * DAY)
    care(NOW + 6 * DAY)
    assert states_of(exchange) == ["released", "held"]
    care(NOW + 12 * DAY)
    care(NOW + 12 * DAY)
    assert states_of(exchange) == ["released", "released", "held"]
    books.trouble[:] = ["LOST"]
    for _again in range(3):
        care(NOW + 14 * DAY)
    care(NOW + 15 * DAY)

    assert states_of(exchange) == ["released", "released", "captured"]
    assert books.charged == [f"a:{exchange.key}:3"]
    charged = exchange.card_holds.get(state="captured")
    assert charged.captured_amount == charged.amount == Decimal("10.00")
    assert exchange.line.request.steps.filter(code="CARD_CAPTURED", is_public=True).count() == 1


def test_x22_when_no_new_hold_can_be_had_the_old_one_is_charged_before_it_lapses(books):
    exchange = sent()
    books.trouble[:] = ["NO"]

    care(NOW + 6 * DAY)
    care(NOW + 6 * DAY + dt.timedelta(hours=1))

    assert states_of(exchange) == ["captured", "refused"]
    assert books.charged == [f"a:{exchange.key}:1"]


def test_x22_a_return_that_is_called_off_is_charged(books):
    exchange = sent()
    progress.move(exchange.line.request_id, "cancel", actor=ANN, at=NOW + DAY)

    care(NOW + DAY)

    assert (states_of(exchange), len(books.charged)) == (["captured"], 1)


def test_x22_the_database_lets_nobody_charge_twice():
    exchange = sent()
    CardHold.objects.update(state="captured")
    twin = CardHold.objects.get()
    twin.pk, twin.round, twin.request_key = None, 2, "twin"
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)
    assert exchange.card_holds.count() == 1


@pytest.mark.django_db(transaction=True)
def test_x22_two_workers_on_day_14_charge_once(books):
    exchange = sent()

    race([lambda: care(NOW + 14 * DAY)] * 3)
    care(NOW + 15 * DAY)

    assert (states_of(exchange), len(books.charged)) == (["captured"], 1)


@pytest.mark.django_db(transaction=True)
def test_x22_without_the_claim_two_workers_charge_twice(books, monkeypatch):
    exchange = sent()
    card_holds.care(now=NOW + 14 * DAY)
    hold = CardHold.objects.get()

    # Both read the wish before either wrote its answer, as no claim keeps them apart.
    for _worker in range(2):
        card_holds._ask_one(hold, NOW + 14 * DAY)

    assert (exchange.card_holds.count(), len(books.charged)) == (1, 2)
