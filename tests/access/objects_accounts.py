"""Objects of customers' accounts and of the privacy desk for the access matrix."""

from __future__ import annotations

from core import clock
from customers.models import PortalAccount, SignInLink
from customers.services import accounts
from tests.access.objects import Objects, kind
from tests.access.world import World


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
