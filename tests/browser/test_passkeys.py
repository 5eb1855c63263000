"""Passkeys in a real browser, with a virtual authenticator that always says yes."""

from __future__ import annotations

import pytest
from django.test import override_settings
from playwright.sync_api import Page, expect

from core.models import TrustedBrowser
from tests.factories.core import PASSWORD, make_user, with_second_factor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def local(live_server):
    """Passkeys belong to a domain name: an IP address is none."""
    live_server.thread.host = "localhost"
    with override_settings(ALLOWED_HOSTS=["localhost"]):
        yield live_server


def add_authenticator(page: Page):
    """Give the page a device that holds passkeys and confirms who is there."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    found = session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return session, found["authenticatorId"]


def stored(session, device: str) -> int:
    held = session.send("WebAuthn.getCredentials", {"authenticatorId": device})
    return len(held["credentials"])


def register(page: Page, *, passwordless: bool) -> None:
    page.goto(page.url.partition("/me/")[0] + "/me/security/")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill("My laptop")
    if passwordless:
        page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Add passkey").click()
    page.wait_for_url("**/2fa/recovery-codes/")


def test_h9_a_passkey_is_added_on_the_security_page_and_signs_in(desk, local):
    person = make_user("order_desk", full_name="Kim Key", password=PASSWORD)
    here = desk(person)
    page = here.open("/me/security/")
    session, device = add_authenticator(page)

    register(page, passwordless=True)

    assert stored(session, device) == 1
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_text("Passkey: signs in without a password")).to_be_visible()
    assert here.violations() == []
    page.get_by_role("button", name="Sign out", exact=True).last.click()
    page.wait_for_url("**/accounts/login/**")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{here.address}/")
    expect(page.get_by_text("Kim Key").first).to_be_visible()


def test_g2_a_security_key_is_the_second_factor_and_the_browser_is_remembered(desk, local):
    person = make_user("order_desk", full_name="Kim Key", password=PASSWORD)
    here = desk(person)
    page = here.open("/me/security/")
    add_authenticator(page)
    register(page, passwordless=False)
    sign_out(page)
    type_password(page, person)
    page.wait_for_url("**/2fa/authenticate/")
    assert here.violations() == []

    page.get_by_label("Do not ask in this browser for 30 days").check()
    page.get_by_role("button", name="Use a passkey").click()

    page.wait_for_url(f"{here.address}/")
    assert TrustedBrowser.objects.get().user == person
    sign_out(page)
    type_password(page, person)
    page.wait_for_url(f"{here.address}/")


def sign_out(page: Page) -> None:
    page.goto(page.url.split("/accounts/")[0].rstrip("/") + "/me/security/")
    page.locator("form[action='/accounts/logout/'] button").click()
    page.wait_for_url("**/accounts/login/**")


def type_password(page: Page, person) -> None:
    page.get_by_label("User name or e-mail").fill(person.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


@pytest.mark.parametrize("width", [1440, 360])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a2_the_banner_and_the_request_are_accessible(desk, width, language):
    boss, asker = make_user("admin", full_name="Ada Admin"), make_user("admin")
    person = make_user(("order_desk", "operator"), full_name="Olga Desk")
    with_second_factor(person)
    ask_for(person, asker)
    here = desk(boss, width=width, language=language)
    page = here.open(f"/settings/users/{person.pk}/")
    assert (here.violations(), here.overflow_px()) == ([], 0)
    page.goto(f"{here.address}/settings/users/{person.pk}/view-as/")
    page.locator("input[name='reason']").fill("a call for help")
    page.locator("form[action$='/view-as/'] button[type='submit']").click()
    page.wait_for_url(f"{here.address}/")

    for path in ("/", "/floor/"):
        here.open(path)
        expect(page.locator(".viewing")).to_contain_text("Olga Desk")
        assert (here.violations(), here.overflow_px()) == ([], 0)

    page.locator(".viewing button").click()
    page.wait_for_url(f"**/settings/users/{person.pk}/")
    assert page.locator(".viewing").count() == 0


def ask_for(person, asker) -> None:
    from core import clock  # noqa: PLC0415  # only here
    from core.actors import Actor  # noqa: PLC0415  # only here
    from core.services import second_factor_resets  # noqa: PLC0415  # only here

    who = Actor("user", asker.pk, str(asker))
    second_factor_resets.ask(person.pk, reason="phone stolen", actor=who, at=clock.now())
