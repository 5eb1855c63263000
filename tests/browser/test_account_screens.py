"""C8, C9, A14, O6, O7 in the browser: readable in both languages, on a phone and on a desk."""

from __future__ import annotations

import os

import pytest
from django.test import Client

from core import clock
from core.actors import Actor
from customers.models import Customer, PortalSession, PrivacyRequest
from customers.services import accounts, addresses, copies, privacy
from customers.services.privacy import Wish
from orders.models import Order
from shipping.services import portal
from shipping.services.portal import TrackedOrderDraft
from tests.browser.looks import found_on
from tests.factories import customers as people
from tests.factories import orders as make
from tests.factories import returns as returned
from tests.factories.accounts import open_session
from tests.factories.core import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BOSS = Actor("user", 7001, "Boss")


def person() -> Customer:
    """Return a customer with an order that came, one under way, a return and a copy."""
    returned.stocked("TEA")
    customer = people.make_customer(
        name="Ada Brook", email="ada@example.org", phone="+44 20 5550 100", address=people.address()
    )
    came = returned.delivered_order(make.line("TEA", 2))
    coming = make.place_one(make.line("TEA", 1))
    for order in (came, coming):
        Order.objects.filter(pk=order.pk).update(customer=customer)
        portal.publish_orders(
            [TrackedOrderDraft(order.key, order.number, "ada@example.org")], at=clock.now()
        )
    returned.request(came)
    return customer


@pytest.mark.parametrize(("language", "width"), [("en", 1440), ("zh-hans", 360)])
def test_c8_and_c9_can_be_read_on_a_desk_and_on_a_phone(desk, language, width):
    now = clock.now()
    customer = person()
    account = open_session(Client(), "ada@example.org", at=now)
    secret = accounts.new_token()
    PortalSession.objects.filter(account=account).update(
        token_hash=accounts.token_hash(secret, "session")
    )
    copy = privacy.ask(
        Wish("copy", "account", customer.pk, account.pk), actor=accounts.actor_of(account), at=now
    )
    copies.make(copy.pk, actor=BOSS, at=now)
    window = desk(None, language=language, width=width)
    window.open("/account/sign-in/")
    window.page.context.add_cookies(
        [{"name": "quayside_customer", "value": secret, "url": f"{window.address}/account/"}]
    )
    row = addresses.customer_of(account, at=now).addresses.get()

    found = found_on(
        window,
        [
            "/account/sign-in/",
            "/account/",
            "/account/profile/",
            f"/account/addresses/{row.pk}/",
            "/account/erase/",
        ],
    )
    _keep(window, ["/account/", "/account/profile/", "/account/erase/"], f"{language}-{width}")

    assert found == {}


@pytest.mark.parametrize(("language", "width"), [("en", 1440), ("zh-hans", 360)])
def test_o6_o7_and_a14_can_be_read_on_a_desk_and_on_a_phone(desk, language, width):
    now = clock.now()
    customer = person()
    privacy.hold(customer.pk, "Court case 7", actor=BOSS, at=now)
    privacy.ask(Wish("copy", "desk", customer.pk), actor=BOSS, at=now)
    request = PrivacyRequest.objects.get()
    window = desk(make_user("admin"), language=language, width=width)
    paths = [
        "/customers/",
        f"/customers/{customer.pk}/",
        "/privacy/",
        "/privacy/new/",
        f"/privacy/{request.pk}/",
        "/privacy/register/",
    ]

    found = found_on(window, paths)
    _keep(window, paths, f"{language}-{width}")

    assert found == {}


def _keep(window, paths, name):
    """Keep pictures of the pages where a person asked for them."""
    folder = os.environ.get("QUAYSIDE_LOOK_AT")
    for place, path in enumerate(paths if folder else ()):
        window.open(path)
        window.page.screenshot(path=f"{folder}/{path.split('/')[1]}{place}-{name}.png")
