"""Mails, their words and feedback in Chromium: no violation; a customer answers without scripts."""

from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from core import clock, jobs, letters
from core.models import OutboundMail
from customers.models import Feedback
from customers.services import feedback
from customers.services.feedback import Answer, Question
from tests.factories import orders as make
from tests.factories.core import make_user, sign_in
from tests.shipping.views.browsing import FACES, chromium, look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def told() -> str:
    """Send mails about two orders, ask about ten; return the token of one that is unanswered."""
    make.channel(name="Tea House")
    make.channel("market", name="Big Market", kind="marketplace")
    make.put(make.sku("TEA"), make.warehouse("LA"), 9)
    make.place(make.draft(), make.draft())
    jobs.run_due(clock.now() + dt.timedelta(minutes=1))
    at = clock.now()
    keys = [f"order:{number}" for number in range(1, 11)]
    asked = [Question(key, key[6:], "shop", at, country="DE", was_late=False) for key in keys]
    tokens = feedback.ask_many(asked, at=at)
    for row, grade in zip(Feedback.objects.order_by("pk")[:4], (5, 4, 4, 1), strict=True):
        feedback.answer(row.pk, Answer(grade, 2 * grade, "Fast and well packed."), at=at)
    return tokens[keys[-1]]


def session(language: str) -> list[dict[str, str]]:
    client = sign_in(Client(), make_user("admin", language=language))
    name = settings.SESSION_COOKIE_NAME
    return [{"name": name, "value": client.cookies[name].value}]


@pytest.mark.parametrize("face", FACES[1:3], ids=lambda face: "-".join(map(str, face)))
def test_pages_about_mails_are_clean(live_server, told, face):
    mail = OutboundMail.objects.order_by("pk").first()
    staff = {
        "letters": (reverse("message-templates"), 200),
        "letter": (reverse("message-template", args=["returns", "approved"]), 200),
        "messages": (reverse("messages-index"), 200),
        "message": (reverse("message", args=[mail.pk]), 200),
        "feedback-desk": (reverse("feedback-index"), 200),
    }
    OutboundMail.objects.filter(pk=mail.pk).update(template="orders/shipped")
    public = {
        "feedback": (reverse("feedback", args=[told]), 200),
        "mail-off": (reverse("mail-off", args=[letters.off_token(mail.pk)]), 200),
    }

    assert look(live_server, staff, face, cookies=session) == {}
    assert look(live_server, public, face) == {}


def test_a_customer_answers_without_scripts_on_a_phone(live_server, told):
    with chromium() as browser:
        context = browser.new_context(
            java_script_enabled=False, viewport={"width": 360, "height": 740}
        )
        page = context.new_page()
        page.goto(f"{live_server.url}{reverse('feedback', args=[told])}")
        page.locator("input[name=csat][value='4']").check()
        page.locator("input[name=nps][value='9']").check()
        page.get_by_label("What should we know?").fill("Lovely tin")
        page.get_by_role("button", name="Send answer").click()
        page.get_by_role("heading", name="Thank you").wait_for()

    row = Feedback.objects.get(token_hash=feedback.token_hash(told))
    assert (row.csat, row.nps, row.words) == (4, 9, "Lovely tin")
