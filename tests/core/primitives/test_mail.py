from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail as outbox
from django.core.mail.backends import locmem
from django.test import override_settings

from core import clock, mail
from core.jobs import run_due
from core.models import Job, OutboundMail

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.locmem.Loader",
                    {
                        "test/mail/hello_subject.txt": "Order {{ number }}\n sent\n",
                        "test/mail/hello.txt": "{{ public_url }}/t/{{ token }}",
                    },
                )
            ]
        },
    }
]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def templates():
    with override_settings(TEMPLATES=TEMPLATES, PUBLIC_URL="https://shop.example"):
        yield


def plan(**changes) -> OutboundMail:
    facts = {
        "to": "li@example.com",
        "template": "test/hello",
        "language": "en",
        "context": {"number": "10231", "token": "secret"},
        "target": "order:1",
        "dedupe_key": "hello:1",
    }
    return mail.queue(**{**facts, **changes})


def test_a_mail_is_planned_first_and_sent_by_a_job():
    planned = plan()
    assert (planned.state, outbox.outbox) == ("planned", [])

    run_due(clock.now())

    planned.refresh_from_db()
    [sent] = outbox.outbox
    assert (planned.state, planned.subject) == ("sent", "Order 10231 sent")
    assert (sent.to, sent.subject, sent.body) == (
        ["li@example.com"],
        "Order 10231 sent",
        "https://shop.example/t/secret",
    )


def test_what_a_mail_was_made_of_is_forgotten_once_it_is_sent():
    planned = plan()
    run_due(clock.now())

    planned.refresh_from_db()
    assert planned.context == {}


def test_the_same_mail_is_planned_once():
    assert plan().pk == plan(to="other@example.com").pk
    run_due(clock.now())

    assert [sent.to for sent in outbox.outbox] == [["li@example.com"]]


def test_rel_j_03_a_send_that_is_repeated_sends_nothing_more():
    plan()
    for _ in range(3):
        run_due(clock.now())
        Job.objects.update(status="queued", finished_at=None)

    assert len(outbox.outbox) == 1


def test_a_mail_that_cannot_be_sent_says_why_and_is_tried_again(monkeypatch):
    planned = plan()

    def refuse(*_args, **_kwargs):
        raise ConnectionRefusedError("no server")

    monkeypatch.setattr(locmem.EmailBackend, "send_messages", refuse)
    run_due(clock.now())

    planned.refresh_from_db()
    assert (planned.state, planned.error) == ("failed", "ConnectionRefusedError: no server")
    assert Job.objects.get().status == "failed_retry"


def test_many_mails_are_one_job_and_one_that_fails_keeps_no_other_back(monkeypatch):
    drafts = [
        mail.MailDraft(
            to=f"{name}@example.com",
            template="test/hello",
            language="en",
            target="order:1",
            dedupe_key=name,
            context={"number": name, "token": "t"},
        )
        for name in ("li", "bo", "ann")
    ]
    assert (mail.queue_many(drafts), mail.queue_many(drafts)) == (3, 0)
    assert Job.objects.filter(name="core.send_mails").count() == 1
    real = locmem.EmailBackend.send_messages

    def refuse_bo(self, messages):
        if messages[0].to == ["bo@example.com"]:
            raise ConnectionResetError("mid-way")
        return real(self, messages)

    monkeypatch.setattr(locmem.EmailBackend, "send_messages", refuse_bo)
    run_due(clock.now())

    assert [sent.to[0] for sent in outbox.outbox] == ["li@example.com", "ann@example.com"]
    assert Job.objects.get().status == "failed_retry"
    assert OutboundMail.objects.get(to="bo@example.com").state == "failed"

    monkeypatch.undo()
    run_due(clock.now() + dt.timedelta(hours=1))

    assert [sent.to[0] for sent in outbox.outbox] == [
        "li@example.com",
        "ann@example.com",
        "bo@example.com",
    ]
    assert set(OutboundMail.objects.values_list("state", flat=True)) == {"sent"}


def test_five_hundred_mails_cost_few_statements(django_assert_max_num_queries):
    drafts = [
        mail.MailDraft("li@example.com", "test/hello", "en", "order:1", f"bulk:{number}")
        for number in range(500)
    ]

    with django_assert_max_num_queries(45):
        assert mail.queue_many(drafts) == 500

    assert Job.objects.filter(name="core.send_mails").count() == 5
