"""O11: the team sees every mail to customers, words it, and sends one again."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail as outbox
from django.urls import reverse
from django.utils import translation

from core import clock, jobs, letters
from core.models import AuditEntry, Job, OutboundMail
from customers.models import LetterWording, NotificationSwitch
from tests.factories import core as people
from tests.factories import orders as make

pytestmark = pytest.mark.django_db
URL = "/settings/messages/orders/confirmed/"


@pytest.fixture
def admin(client):
    return people.sign_in(client, people.make_user("admin"))


@pytest.fixture
def sent() -> OutboundMail:
    make.channel(name="Tea House")
    make.put(make.sku("TEA"), make.warehouse("LA"), 9)
    make.place_one()
    jobs.run_due(clock.now() + dt.timedelta(minutes=1))
    return OutboundMail.objects.get()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_letter_has_a_preview_without_a_gap(admin, language):
    for kind in letters.kinds():
        url = reverse("message-template", args=[kind.app, kind.name])
        page = admin.get(url, {"lang": language})

        shown = page.context["shown"]
        assert page.status_code == 200, kind.template
        assert shown["subject"], kind.template
        assert shown["body"], kind.template
        assert page.context["missing"] == [], kind.template
        with translation.override(language):
            body = str(page.context["form"]["body"].value())
            for variable in kind.variables:
                if f"[{variable.name}]" in body:
                    assert str(variable.sample) in shown["body"], kind.template


def test_words_are_saved_in_versions_and_the_built_in_ones_come_back(admin, sent):
    listed = admin.get(reverse("message-templates")).content.decode()
    assert "Order confirmed" in listed
    first = admin.get(URL).context["form"]
    built_in = str(first["body"].value())
    assert "thank you for your order [order_number] at [shop]." in built_in
    assert "[link]" in built_in

    words = {"subject": "Hi [name]", "body": "Yours: [link]", "version": "0", "act": "save"}
    assert admin.post(URL, {**words, "act": "preview"}).context["shown"]["subject"] == "Hi Anna"
    assert LetterWording.objects.count() == 0
    assert admin.post(URL, words).status_code in {302, 303}
    stale = admin.post(URL, words)
    refused = admin.post(URL, {**words, "version": "1", "body": "[link] [nmae]"})

    assert (stale.status_code, refused.status_code) == (409, 422)
    text = refused.content.decode()
    assert refused.context["missing"] == ["nmae"]
    assert "This mail can&#x27;t fill:" in text or "This mail can't fill:" in text
    assert "own English" in admin.get(reverse("message-templates")).content.decode()
    assert admin.post(f"{URL}restore/", {"version": "7"}).status_code == 404
    admin.post(f"{URL}restore/", {"version": "0"})
    assert str(admin.get(URL).context["form"]["body"].value()) == built_in
    versions = LetterWording.objects.order_by("version").values_list("version", "subject")
    assert list(versions) == [(1, "Hi [name]"), (2, "")]


def test_a_mail_is_sent_again_and_one_that_failed_is_tried_again(admin, sent):
    page = admin.get(reverse("message", args=[sent.pk])).content.decode()
    assert "ada@example.org" in page
    assert reverse("message-again", args=[sent.pk]) in page

    admin.post(reverse("message-again", args=[sent.pk]))
    jobs.run_due(clock.now() + dt.timedelta(minutes=2))

    assert [one.subject for one in outbox.outbox] == [sent.subject] * 2
    assert AuditEntry.objects.filter(action="orders.letter_sent_again").count() == 1
    newest = OutboundMail.objects.order_by("-pk").first()
    OutboundMail.objects.filter(pk=newest.pk).update(state="failed", sent_at=None)
    admin.post(reverse("message-again", args=[newest.pk]))
    assert Job.objects.filter(key__startswith=f"mail:{newest.pk}:again:").count() == 1
    OutboundMail.objects.filter(pk=newest.pk).update(state="planned")
    assert admin.post(reverse("message-again", args=[newest.pk])).status_code == 409


def test_a_letter_of_its_day_is_not_sent_again(admin, sent):
    OutboundMail.objects.update(template="orders/late")

    page = admin.get(reverse("message", args=[sent.pk])).content.decode()
    answer = admin.post(reverse("message-again", args=[sent.pk]))

    assert reverse("message-again", args=[sent.pk]) not in page
    assert answer.status_code == 409


def test_a_channel_is_switched_topic_by_topic(admin, sent):
    admin.post(reverse("message-switches", args=["shop"]), {"topic": ["orders", "returns"]})

    rows = NotificationSwitch.objects.order_by("topic").values_list("topic", "is_on")
    assert dict(rows) == {
        "orders": True,
        "delivery": False,
        "returns": True,
        "progress": False,
        "feedback": False,
    }
    page = admin.get(reverse("message-templates"))
    assert [cell["is_on"] for cell in page.context["channels"][0]["cells"]] == [
        True,
        False,
        True,
        False,
        False,
    ]


def test_mails_of_foreign_channels_and_addresses_stay_hidden(client, sent):
    order_url = reverse("message", args=[sent.pk])
    people.sign_in(client, people.make_user("order_desk", channels=["other"]))
    foreign = client.get(reverse("messages-index")).content.decode()
    assert sent.subject not in foreign
    assert client.get(order_url).status_code == 404

    client.logout()
    people.sign_in(client, people.make_user("order_desk", channels=["shop"]))
    own = client.get(reverse("messages-index"), {"q": sent.target}).content.decode()
    assert sent.subject in own
    client.logout()
    people.sign_in(client, people.make_user("auditor"))
    assert "ada@example.org" not in client.get(order_url).content.decode()
