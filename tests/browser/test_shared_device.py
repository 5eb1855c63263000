"""A worker starts a shift on a registered device: badge by scanner, PIN by hand, 360 px wide."""

from __future__ import annotations

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from core.actors import SYSTEM
from core.clock import now
from core.models import User
from core.services import badges
from core.sessions import DEVICE_COOKIE
from fulfillment.models import Shift
from tests.factories import fulfillment as floor
from tests.factories import orders as make
from tests.factories.core import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PIN = "407193"


def worker(name: str) -> User:
    user = make_user("operator", full_name=name)
    badges.issue_badge(user.pk, actor=SYSTEM, at=now())
    badges.set_pin(user.pk, PIN, actor=SYSTEM, at=now())
    user.refresh_from_db()
    return user


def start(page: Page, tablet, user: User) -> None:
    tablet.scan(user.badge_code)
    expect(page.locator("#id_badge")).to_have_value(user.badge_code)
    expect(page.locator("#id_pin")).to_be_focused()
    page.keyboard.type(PIN, delay=60)
    with page.expect_navigation(wait_until="networkidle"):
        page.keyboard.press("Enter")
    expect(page.locator("#card-title")).to_have_text(f"Start shift, {user.full_name}")


def test_w1_a_shift_starts_with_a_badge_and_a_pin(desk):
    _device, token = floor.device(make.warehouse())
    first, second = worker("Ines Alva"), worker("Bo Chen")
    tablet = desk(None, width=360)
    unregistered = tablet.open("/floor/badge/")
    expect(unregistered.locator("#card-title")).to_have_text("This device is not registered")
    assert (tablet.violations(), tablet.overflow_px()) == ([], 0)
    cookie = {"name": DEVICE_COOKIE, "value": token, "url": tablet.address}
    tablet.context.add_cookies([cookie])

    page = tablet.open("/floor/badge/")
    assert (tablet.violations(), tablet.overflow_px()) == ([], 0)
    start(page, tablet, first)

    assert (tablet.violations(), tablet.overflow_px()) == ([], 0)
    page.get_by_role("button", name="Test the sound").click()
    expect(page.locator("#live")).to_contain_text("Four tones were played")
    with page.expect_navigation(wait_until="networkidle"):
        page.get_by_role("button", name="Pack").click()
    assert page.url.endswith("/floor/pack/")
    tablet.open("/floor/")
    expect(page.get_by_role("link", name="Office")).to_have_count(0)
    with page.expect_navigation(wait_until="networkidle"):
        page.get_by_role("button", name="Switch worker").click()
    start(page, tablet, second)
    assert list(Shift.objects.open().values_list("user__full_name", flat=True)) == ["Bo Chen"]
    assert settings.SESSION_COOKIE_NAME in {row["name"] for row in tablet.context.cookies()}


def test_w1_a_wrong_pin_is_refused_with_the_reason_in_chinese(desk):
    _device, token = floor.device(make.warehouse())
    user = worker("Ines Alva")
    tablet = desk(None, width=360, language="zh-hans")
    cookie = {"name": DEVICE_COOKIE, "value": token, "url": tablet.address}
    tablet.context.add_cookies([cookie])
    page = tablet.open("/floor/badge/")
    tablet.scan(user.badge_code)
    page.locator("#id_pin").fill("884206")

    with page.expect_navigation(wait_until="networkidle"):
        page.locator("main button[type=submit]").click()

    expect(page.get_by_role("alert").first).to_contain_text("工牌与 PIN 码不匹配")
    expect(page.locator("#id_badge")).to_have_value(str(user.badge_code))
    expect(page.locator("#id_pin")).to_have_value("")
    assert (tablet.violations(), tablet.overflow_px()) == ([], 0)
