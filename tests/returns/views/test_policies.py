"""Screens of the return policy: rules, tester, dry run, rulebooks, reasons."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from core import jobs
from core.clock import now
from returns.models import PolicyBook, PolicyRule, PolicyTrial, ReturnReason
from tests.factories import core as people
from tests.factories import returns as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    """Return the client of an administrator; rules, reasons and stock exist."""
    make.ensure_rules()
    make.stocked("TEA")
    return people.sign_in(client, people.make_user("admin"))


def rule_fields(**more):
    given = {
        "code": "SHORT",
        "name": "A week only",
        "condition": "item_count >= 1",
        "priority": "15",
        "window_days": "1",
    }
    return {**given, **more}


def text_of(client, name, *args, **query) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_17_a_rule_is_written_tried_published_and_the_rulebook_put_back(admin):
    request = make.request(make.delivered_order())
    unknown = admin.post(reverse("return-policy-new"), rule_fields(condition="moon == 1"))
    empty = admin.post(reverse("return-policy-new"), rule_fields(window_days=""))
    far = admin.post(reverse("return-policy-new"), rule_fields(window_days="9999"))

    assert (unknown.status_code, empty.status_code, far.status_code) == (422, 422, 422)
    assert "moon at place 1 is no name of the list." in unknown.content.decode()
    assert "This rule sets nothing." in empty.content.decode()

    admin.post(reverse("return-policy-new"), rule_fields())
    draft = PolicyRule.objects.get(code="SHORT")
    assert admin.post(reverse("return-policy-new"), rule_fields()).status_code == 422
    started = admin.post(reverse("return-policy", args=[draft.pk]), {"requests_qty": "50"})
    trial = PolicyTrial.objects.get()
    assert started.url == reverse("return-policy-trial", args=[trial.pk])
    assert "The last 50 returns are being tried." in text_of(admin, "return-policy-trial", trial.pk)
    jobs.run_due(now())
    trial.refresh_from_db()
    result = trial.result
    assert [result[name] for name in ("returns", "changed", "newly_refused", "newly_allowed")] == [
        *(1, 1, 1, 0),
    ]
    assert (result["before"], result["after"], result["difference"]) == (
        *("10.00", "0.00", "-10.00"),
    )
    shown = text_of(admin, "return-policy-trial", trial.pk)
    assert request.number in shown
    assert "May come back → The window is over" in shown

    admin.post(reverse("return-policy-publish", args=[draft.pk]))
    again = admin.post(reverse("return-policy-publish", args=[draft.pk]))
    assert again.status_code == 409
    listed = text_of(admin, "return-policies")
    assert "Days to return (-1: without end): 1" in listed
    assert "Rulebook 2" in listed
    admin.post(reverse("return-rulebook-put-back", args=[PolicyBook.objects.get(version=1).pk]))
    draft.refresh_from_db()
    assert draft.state == "ended"
    assert PolicyBook.objects.newest_first().first().version == 3


def test_a_17_an_edit_is_the_next_version_and_a_pause_silences_the_rule(admin):
    standard = PolicyRule.objects.get(code="STANDARD")
    page = text_of(admin, "return-policy-edit", standard.pk)
    fields = {
        "code": "CHANGED",
        "name": "45 days",
        "priority": "100",
        "window_days": "45",
        "outcomes": ["refund", "exchange"],
        "return_shipping_amount": "4.90",
        "review": "no",
    }

    admin.post(reverse("return-policy-edit", args=[standard.pk]), fields)
    draft = PolicyRule.objects.get(state="draft")
    admin.post(reverse("return-policy-publish", args=[draft.pk]))
    admin.post(reverse("return-policy-pause", args=[draft.pk]))
    draft.refresh_from_db()

    assert 'value="30"' in page
    assert (draft.code, draft.version, draft.state) == ("STANDARD", 2, "paused")
    assert draft.effects == {
        "window_days": 45,
        "outcomes": ["refund", "exchange"],
        "review": False,
        "return_shipping_amount": "4.9",
    }
    assert "A person decides: no" in text_of(admin, "return-policy", draft.pk)
    assert "STANDARD v2" in text_of(admin, "return-policies")


def test_a_17_the_tester_shows_each_line_with_the_rules_that_decided(admin):
    order = make.delivered_order()
    day = make.ASKED.date().isoformat()
    draft = PolicyRule.objects.create(
        code="FEE",
        version=1,
        name="Fee",
        priority=5,
        effects={"return_shipping_amount": "4.90", "restocking_percent": "10"},
        created_at=make.NOW,
        created_by="test",
    )

    first = text_of(admin, "return-policy-test")
    plain = text_of(admin, "return-policy-test", order=order.number, on=day)
    faulty = text_of(
        *(admin, "return-policy-test"), order=order.number, on=day, reason="WRONG_ITEM"
    )
    late = text_of(admin, "return-policy-test", order=order.number, on="2026-03-20")
    with_fee = text_of(
        *(admin, "return-policy-test"), order=order.number, on=day, rule=str(draft.pk)
    )
    unknown = admin.get(reverse("return-policy-test"), {"order": "NONE"})

    assert "Type its number." in first
    assert "30 days from delivery" in plain
    assert "May come back" in plain
    assert "Refund, Store credit, Exchange" in plain
    assert "Damaged or wrong: our cost" in faulty
    assert "Refund, Store credit, Exchange, Replacement, Repair" in faulty
    assert "The window is over" in late
    assert "open for a fault of ours" in late
    assert "4.90" in with_fee
    assert "10%" in with_fee.replace("\u202f", "").replace("\xa0", "").replace(" ", "")
    assert "Another rule spoke first on:" in with_fee
    assert unknown.status_code == 422
    assert "There is no order NONE here." in unknown.content.decode()
    assert PolicyRule.objects.filter(state="active").count() == 6


def test_a_25_reasons_are_made_changed_and_switched_off_in_two_levels(admin):
    fields = {"code": "SMELLS", "name": "Smells odd", "fault": "supplier", "rank": "70"}
    admin.post(
        reverse("return-reason-new"),
        {**fields, "parent": "DISSATISFIED", "is_public": "on", "is_active": "on"},
    )
    row = ReturnReason.objects.get(code="SMELLS")
    twice = admin.post(reverse("return-reason-new"), fields)
    lifted = admin.post(reverse("return-reason", args=[row.pk]), fields)
    admin.post(
        reverse("return-reason", args=[row.pk]),
        {**fields, "code": "OTHER", "parent": "DISSATISFIED", "name": "Odd smell"},
    )
    row.refresh_from_db()

    assert (twice.status_code, lifted.status_code) == (422, 422)
    assert "A reason of this code exists." in twice.content.decode()
    assert "is used on the other level" in lifted.content.decode()
    assert (row.code, row.name, row.is_active, row.parent.code) == (
        *("SMELLS", "Odd smell", False, "DISSATISFIED"),
    )
    assert "not in use" in text_of(admin, "return-reasons")


def test_a_17_the_order_desk_reads_the_policy_and_only_administrators_write_it(admin):
    desk = people.sign_in(Client(), people.make_user("order_desk"))
    rule = PolicyRule.objects.get(code="RISK")
    urls = {
        "return-policies": (),
        "return-policy": (rule.pk,),
        "return-policy-test": (),
        "return-reasons": (),
    }

    pages = {name: text_of(desk, name, *args) for name, args in urls.items()}

    assert all("data-create" not in page for page in pages.values())
    assert desk.get(reverse("return-policy-new")).status_code == 403
    tried = desk.post(reverse("return-policy", args=[rule.pk]), {"requests_qty": "1"})
    assert tried.status_code == 403
    assert not PolicyTrial.objects.exists()


def test_a_17_chinese_readers_read_chinese():
    make.ensure_rules()
    reader = people.sign_in(Client(), people.make_user("order_desk", language="zh-hans"))

    assert "签收后 30 天" in text_of(reader, "return-policies")
    assert "破损或故障" in text_of(reader, "return-reasons")
