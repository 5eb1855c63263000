"""Labels and exchanges on the return's page in Chromium: no violation at any width."""

from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from core import clock, jobs
from core.events.delivering import deliver_due
from returns.models import Exchange
from returns.services import card_holds
from tests.factories import exchanges as make
from tests.factories.core import make_user, sign_in
from tests.factories.orders import SYSTEM
from tests.factories.return_labels import approve
from tests.shipping.views.browsing import FACES, look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def request_id() -> int:
    """Return a return with its label, a reserved exchange and a card that was refused."""
    request = make.wanted(make.shirts(), "SHIRT-XL")
    approve(request, at=clock.now())
    for minutes in range(1, 4):
        deliver_due(clock.now() + dt.timedelta(minutes=minutes))
        jobs.run_due(clock.now() + dt.timedelta(minutes=minutes))
    row = Exchange.objects.get(line__request=request)
    hold = card_holds.ask(row.pk, "pay_1", gateway="practice", actor=SYSTEM, at=clock.now())
    type(hold).objects.filter(pk=hold.pk).update(state="refused", problem="The card was closed.")
    return request.pk


def session(language: str) -> list[dict[str, str]]:
    client = sign_in(Client(), make_user("order_desk", language=language))
    name = settings.SESSION_COOKIE_NAME
    return [{"name": name, "value": client.cookies[name].value}]


@pytest.mark.parametrize("face", FACES[:2], ids=lambda face: "-".join(map(str, face)))
def test_the_way_back_and_its_questions_are_clean(live_server, request_id, face):
    exchange = Exchange.objects.get()
    pages = {
        "return-with-label": (reverse("return-page", args=[request_id]), 200),
        "issue-label": (reverse("return-label-issue", args=[request_id]), 200),
        "exchange-choose": (reverse("exchange-choose", args=[exchange.pk]), 200),
    }

    assert look(live_server, pages, face, cookies=session) == {}
