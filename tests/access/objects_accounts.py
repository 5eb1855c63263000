"""Objects of customers' accounts and of the privacy desk for the access matrix."""

from __future__ import annotations

from core import clock
from core.actors import SYSTEM, Actor
from customers.models import PortalAccount, SignInLink
from customers.services import accounts, copies, privacy
from customers.services.privacy import Wish
from tests.access.objects import ABSENT, Objects, by_pk, kind
from tests.access.world import World
from tests.factories import customers as people


@kind("account-part")
def _account_part(world: World) -> Objects:
    # Nobody of the matrix is signed in as a customer: all are led to the sign-in.
    return Objects({"pk": 1}, None, None)


@kind("sign-in-link")
def _sign_in_link(world: World) -> Objects:
    accounts.ask_for_link("matrix@example.org", language="en", at=clock.now())
    link = SignInLink.objects.order_by("-pk").first()
    assert link is not None
    token = accounts.new_token()
    SignInLink.objects.filter(pk=link.pk).update(
        state="sent", token_hash=accounts.token_hash(token, "sign-in")
    )
    assert not PortalAccount.objects.filter(email_norm="matrix@example.org").exists()
    return Objects({"token": token}, None, {"token": "0" * 43})


@kind("customer")
def _customer(world: World) -> Objects:
    own = people.make_customer(world.own_channel)
    return by_pk(own, people.make_customer(world.foreign_channel))


@kind("privacy-request")
def _privacy_request(world: World) -> Objects:
    customer = people.make_customer(world.own_channel)
    wish = Wish("copy", "desk", customer.pk)
    return by_pk(privacy.ask(wish, actor=SYSTEM, at=clock.now()))


@kind("privacy-copy")
def _privacy_copy(world: World) -> Objects:
    def own(_principal: str) -> dict[str, object]:
        # Each test has files of its own, so the copy is made where it is asked for.
        customer = people.make_customer(world.own_channel)
        wish = Wish("copy", "desk", customer.pk)
        row = privacy.ask(wish, actor=SYSTEM, at=clock.now())
        privacy.approve(row.pk, actor=Actor("user", 1, "Boss"), at=clock.now())
        return {"pk": copies.make(row.pk, actor=SYSTEM, at=clock.now()).pk}

    return Objects(own, None, {"pk": ABSENT})
