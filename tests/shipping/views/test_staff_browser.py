"""Parcels and rate cards in Chromium: both languages, themes and widths, without a violation."""

import datetime as dt

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from core import clock
from core.actors import SYSTEM
from shipping.models import Parcel
from shipping.services import rates, tracking
from shipping.services.tracking import TrackingDraft
from tests.factories.core import make_user, sign_in
from tests.factories.shipping import ItemDraft, make_labelled, make_parcel, make_shipped
from tests.shipping.views.browsing import FACES, chromium, look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CARD = (
    "service,currency,valid_from,zone,countries,transit_lo_days,transit_hi_days,max_weight_g,"
    "amount,per_extra_kg\n"
    "GROUND,EUR,2026-01-01,NEAR,DE NL BE,1,2,500,4.20,\n"
    "GROUND,EUR,2026-01-01,NEAR,DE NL BE,1,2,2000,6.50,\n"
    "GROUND,EUR,2026-01-01,NEAR,DE NL BE,1,2,,,1.50\n"
    "GROUND,EUR,2026-01-01,FAR,*,4,9,2000,19.00,\n"
)


@pytest.fixture
def cookies():
    """Return `f(language)`, which signs in an administrator who reads that language."""

    def session(language="en"):
        client = sign_in(Client(), make_user("admin", language=language))
        name = settings.SESSION_COOKIE_NAME
        return [{"name": name, "value": client.cookies[name].value}]

    return session


@pytest.fixture
def moving():
    """Return a parcel on its way, among others in other states."""
    now = clock.now()
    waiting = make_parcel()
    Parcel.objects.filter(pk=waiting.pk).update(label_problem="No answer within 10 seconds.")
    make_labelled()
    tin = ItemDraft("TEA-ROSE-100", "Rose tea tin 100 g", 2, name_zh="玫瑰花茶", lot_code="R2406")
    parcel = make_shipped(items=(tin, ItemDraft("CUP-CELADON", "Celadon cup pair", 1)))
    for hours, status, place in ((20, "pre_transit", "Rotterdam"), (4, "in_transit", "Duisburg")):
        at = now - dt.timedelta(hours=hours)
        draft = TrackingDraft(parcel.tracking_number, status, status, at, place=place)
        tracking.record_events([draft], at=now)
    return parcel


@pytest.mark.parametrize("face", FACES, ids=lambda face: "-".join(map(str, face)))
def test_staff_pages_are_clean_in_each_face(live_server, cookies, moving, face):
    done = rates.import_rates(
        CARD.encode(), source_name="rates-2026.csv", actor=SYSTEM, at=clock.now()
    )
    price = f"{reverse('shipping-settings')}?country=DE&weight_g=700&warehouse=&postcode="
    paths = {
        "parcels": (reverse("parcels-index"), 200),
        "parcels-empty": (f"{reverse('parcels-index')}?q=nothing", 200),
        "parcel": (reverse("parcel", args=[moving.pk]), 200),
        "void": (reverse("parcel-label-void", args=[moving.pk]), 200),
        "shipping-settings": (price, 200),
        "rate-card": (reverse("rate-card", args=[done.cards[0].pk]), 200),
    }

    assert look(live_server, paths, face, cookies=cookies) == {}


def test_a_label_is_voided_by_keyboard_in_the_dialog(live_server, cookies):
    parcel = make_labelled()
    with chromium() as browser:
        context = browser.new_context()
        context.add_cookies([{"url": live_server.url, **cookie} for cookie in cookies()])
        page = context.new_page()
        page.goto(f"{live_server.url}{reverse('parcel', args=[parcel.pk])}")
        page.get_by_role("button", name="Void label").focus()
        page.keyboard.press("Enter")
        page.get_by_label("Reason").fill("Wrong box")
        page.keyboard.press("Enter")
        page.get_by_text("The parcel can get another one.").wait_for()

    assert Parcel.objects.get(pk=parcel.pk).state == "verified"
