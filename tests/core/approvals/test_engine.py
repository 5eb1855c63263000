"""Requests for approval from the question to the decision, and everything that stops one."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from core import approvals
from core.actors import SYSTEM
from core.approvals import errors, inbox, policies, substitutes, upkeep
from core.models import (
    ApprovalRequest,
    ApprovalStep,
    AuditEntry,
    Notice,
    OutboundMail,
    UserRole,
)
from core.permissions import principal_for_user
from tests.factories.approvals import KIND, acting, ask, hash_of, request, rule, say, step
from tests.factories.core import NOW, make_user

pytestmark = pytest.mark.django_db
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
def buyer():
    return make_user("buyer", full_name="Bo")


@pytest.fixture
def lead():
    return make_user("approver", full_name="Lea")


@pytest.fixture
def chief():
    return make_user("approver", full_name="Chi")


def waits_for(found: ApprovalRequest, at: dt.datetime = NOW) -> list[tuple[int, int | None]]:
    found.refresh_from_db()
    return [(one.user_id, one.for_id) for one in approvals.approvers_for(found, at)]


def in_inbox(user, at=NOW) -> list[int]:
    rows = inbox.waiting_for(principal_for_user(user), [KIND], at=at)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def test_x25_steps_are_decided_in_order_by_different_people(buyer, lead, chief):
    rule("Large", step("", lead), step("approver"), level=2)
    found = request(buyer)

    with pytest.raises(errors.NotYourStep) as refused:
        say(found, chief)
    assert str(refused.value).endswith("It waits for Lea.")
    first = say(found, lead)
    assert (first.state, first.tier, waits_for(first)) == ("pending", 2, [(chief.pk, None)])
    with pytest.raises(errors.NotYourStep):
        say(first, lead)
    last = say(first, chief)

    assert (last.state, last.closed_at) == ("approved", NOW)
    assert list(last.steps.order_by("tier").values_list("approver", "requester", "decision")) == [
        (lead.pk, buyer.pk, "approved"),
        (chief.pk, buyer.pk, "approved"),
    ]
    kind, _colon, number = found.document_key.partition(":")
    actions = AuditEntry.objects.filter(target_kind=kind, target_id=number)
    assert list(actions.order_by("pk").values_list("action", flat=True)) == [
        "approvals.requested",
        "approvals.approved",
        "approvals.approved",
    ]


def test_x25_nobody_decides_on_what_they_asked_for_or_wrote(lead, chief):
    both = make_user(("buyer", "approver"))
    found = request(both, author_ids=frozenset({lead.pk}))

    for author in (both, lead):
        with pytest.raises(errors.OwnRequest):
            say(found, author)
        assert in_inbox(author) == []
    with pytest.raises(errors.PeopleDecide):
        approvals.decide(
            found.pk,
            approvals.Verdict("approved", 1, found.content_hash),
            actor=SYSTEM,
            at=NOW,
        )
    assert waits_for(found) == [(chief.pk, None)]
    assert in_inbox(chief) == [found.pk]


def test_x25_the_database_refuses_the_requester_and_every_change_of_history(buyer, lead):
    found = request(buyer)
    values = {"request": found, "tier": 1, "requester": buyer, "decision": "approved"}
    for wrong in ({"approver": buyer}, {"approver": lead, "on_behalf_of": buyer}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ApprovalStep.objects.create(
                **values, **wrong, content_hash=found.content_hash, decided_at=NOW
            )
    say(found, lead)
    for change in (
        lambda: ApprovalStep.objects.update(comment="never mind"),
        lambda: ApprovalStep.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    assert ApprovalStep.objects.get().comment == ""


def test_x25_a_decision_counts_only_for_what_was_shown(buyer, lead):
    found = request(buyer)

    with pytest.raises(errors.ApprovalStale) as refused:
        say(found, lead, seen=hash_of("something else"))

    assert (refused.value.code, refused.value.status) == ("APPROVAL_STALE", 409)
    assert (waits_for(found), ApprovalStep.objects.count()) == ([(lead.pk, None)], 0)


def test_x25_a_rejection_needs_a_reason_and_ends_it(buyer, lead):
    rule("Two", step("approver"), step("", make_user("approver")))
    found = request(buyer)
    with pytest.raises(errors.ReasonMissing):
        say(found, lead, "rejected", comment="  ")

    ended = say(found, lead, "rejected", comment="Too dear")

    assert (ended.state, ended.closed_reason) == ("rejected", "Too dear")
    told = Notice.objects.get(user=buyer)
    assert told.text % told.data == f"Lea rejected {found.label}: Too dear"
    with pytest.raises(errors.ApprovalOver):
        say(found, make_user("approver"))


def test_x25_one_request_waits_per_document_and_a_newer_takes_its_place(buyer, lead):
    found = request(buyer, number=7)
    with pytest.raises(errors.AlreadyWaiting):
        request(buyer, number=7)

    closed = approvals.supersede("purchase_order:7", actor=acting(buyer), at=NOW)
    assert approvals.supersede("purchase_order:7", actor=acting(buyer), at=NOW) is None
    newer = request(buyer, number=7, revision=2, content_hash=hash_of("newer"))

    assert (closed.pk, closed.state) == (found.pk, "superseded")
    with pytest.raises(errors.ApprovalOver):
        say(found, lead)
    assert say(newer, lead).state == "approved"


def test_pur06_the_author_takes_a_request_back_and_nobody_else(buyer, lead):
    found = request(buyer, number=7)
    with pytest.raises(errors.NotYourRequest):
        approvals.withdraw("purchase_order:7", actor=acting(lead), at=NOW)

    assert approvals.withdraw("purchase_order:7", actor=acting(buyer), at=NOW).state == "withdrawn"
    assert (waits_for(found), in_inbox(lead)) == ([], [])


def test_pur06_a_rule_may_agree_by_itself_and_pur08_the_unknown_goes_to_the_top(buyer, lead, chief):
    rule("Small", below_amount=500, conditions={"off_agreement": ["no"]}, is_automatic=True)
    rule("Middle", step("", lead), from_amount=500, below_amount=5000)
    rule("Large", step("", chief), from_amount=5000, level=2)

    agreed = request(buyer, amount_base=499, facts={"off_agreement": ["no"]})
    odd = request(buyer, amount_base=499, facts={"off_agreement": ["yes"]})
    middle = request(buyer, amount_base=500, facts={"off_agreement": ["no"]})

    assert (agreed.state, agreed.steps.count()) == ("approved", 0)
    assert (odd.state, waits_for(odd)) == ("pending", [(chief.pk, None)])
    assert waits_for(middle) == [(lead.pk, None)]


def test_x25_without_another_person_nothing_can_be_submitted():
    alone = make_user(("buyer", "approver"))

    with pytest.raises(errors.NobodyApproves):
        request(alone)
    assert ApprovalRequest.objects.count() == 0


def test_a_step_whose_people_left_goes_to_the_highest_at_once(buyer, lead, chief):
    rule("Middle", step("", lead))
    rule("Large", step("", chief), from_amount=5000, level=2)
    UserRole.objects.filter(user=lead).delete()

    found = request(buyer)

    assert (waits_for(found), found.escalated_at) == ([(chief.pk, None)], NOW)
    assert in_inbox(chief) == [found.pk]


def test_only_people_who_see_the_warehouse_approve(buyer, lead):
    near = make_user("approver", warehouses=["NB"])
    make_user("approver", warehouses=["LA"])

    found = request(buyer, warehouse_code="NB")

    assert waits_for(found) == [(lead.pk, None), (near.pk, None)]
    assert in_inbox(near) == [found.pk]


def test_x25_a_substitute_decides_until_the_day_named_but_never_on_the_givers_own(
    buyer, lead, chief
):
    third = make_user("approver")
    rule("All", step("", lead, third))
    wish = substitutes.StandIn(chief.pk, NOW, NOW + 2 * DAY)
    substitutes.delegate(wish, actor=acting(lead), at=NOW)
    found = request(buyer)
    own = request(buyer, author_ids=frozenset({lead.pk}))

    assert waits_for(found) == [(lead.pk, None), (third.pk, None), (chief.pk, lead.pk)]
    assert in_inbox(chief) == [found.pk]
    assert waits_for(own) == [(third.pk, None)]
    with pytest.raises(errors.NotYourStep):
        say(own, chief)
    late = NOW + 2 * DAY
    with pytest.raises(errors.NotYourStep):
        say(found, chief, at=late)
    assert in_inbox(chief, late) == []
    say(found, chief)
    done = ApprovalStep.objects.get()
    assert (done.approver, done.on_behalf_of) == (chief, lead)


def test_a_substitute_has_none_and_both_need_the_right(buyer, lead, chief):
    third = make_user("approver")
    span = (NOW, NOW + 2 * DAY)
    given = substitutes.delegate(substitutes.StandIn(chief.pk, *span), actor=acting(lead), at=NOW)

    for giver, taker in (
        (chief, third),
        (third, lead),
        (chief, lead),
        (third, buyer),
        (third, third),
    ):
        with pytest.raises(errors.SubstituteRefused):
            substitutes.delegate(substitutes.StandIn(taker.pk, *span), actor=acting(giver), at=NOW)
    for wrong in ((NOW, NOW), (NOW - 2 * DAY, NOW - DAY), (NOW, NOW + 93 * DAY)):
        with pytest.raises(errors.SubstituteRefused):
            substitutes.delegate(substitutes.StandIn(chief.pk, *wrong), actor=acting(third), at=NOW)
    with pytest.raises(errors.NotYourRequest):
        substitutes.end(given.pk, actor=acting(chief), at=NOW)
    substitutes.end(given.pk, actor=acting(lead), at=NOW + HOUR)
    again = substitutes.StandIn(third.pk, NOW + HOUR, NOW + DAY)
    assert substitutes.delegate(again, actor=acting(chief), at=NOW + HOUR).taker == third


def test_x25_reminded_after_a_day_escalated_after_two_ended_after_seven(buyer, lead, chief):
    rule("Middle", step("", lead))
    rule("Large", step("", chief), from_amount=5000, level=2)
    found = request(buyer)

    def clock(hours: int) -> tuple[int, int]:
        at = NOW + hours * HOUR
        return upkeep.remind_due(at), upkeep.escalate_due(at)

    assert [clock(hours) for hours in (23, 24, 25, 47, 48, 49)] == [
        (0, 0),
        (1, 0),
        (0, 0),
        (0, 0),
        (0, 1),
        (0, 0),
    ]
    assert waits_for(found) == [(lead.pk, None), (chief.pk, None)]
    mails = OutboundMail.objects.order_by("pk").values_list("to", "template")
    assert list(mails) == [
        (lead.email, "core/approval_waiting"),
        (lead.email, "core/approval_reminder"),
        (chief.email, "core/approval_escalation"),
    ]
    assert in_inbox(chief, NOW + 49 * HOUR) == [found.pk]
    with pytest.raises(errors.ApprovalExpired):
        say(found, lead, at=NOW + 7 * DAY)
    assert approvals.expire(found.pk, at=NOW + 7 * DAY - HOUR) is None
    assert approvals.expire(found.pk, at=NOW + 7 * DAY).state == "expired"
    assert Notice.objects.filter(kind="approval_waiting", read_at=None).count() == 0


def test_questions_and_answers_keep_the_request_waiting(buyer, lead):
    found = request(buyer)
    with pytest.raises(errors.OwnRequest):
        approvals.ask(found.pk, "Why?", actor=acting(buyer), at=NOW)
    with pytest.raises(errors.ReasonMissing):
        approvals.ask(found.pk, " ", actor=acting(lead), at=NOW)
    approvals.ask(found.pk, "Why so many?", actor=acting(lead), at=NOW)
    with pytest.raises(errors.NotYourRequest):
        approvals.answer(found.pk, "Because.", actor=acting(lead), at=NOW)
    approvals.answer(found.pk, "A whole carton.", actor=acting(buyer), at=NOW)

    told = {notice.user_id: notice.text % notice.data for notice in Notice.objects.order_by("pk")}
    assert told == {
        buyer.pk: f"Lea asks about {found.label}: Why so many?",
        lead.pk: f"Bo answered on {found.label}: A whole carton.",
    }
    assert say(found, lead).state == "approved"


def test_a_new_rule_asks_afresh_for_what_waits(buyer, lead, chief):
    first = rule("Middle", step("", lead), step("", make_user("approver")))
    found = say(request(buyer, facts={"risk": ["high"]}), lead)
    draft = policies.PolicyDraft(
        KIND, "Risky", 2, conditions={"risk": ["high"]}, steps=(step("", chief),)
    )
    effects = policies.preview(draft, KIND, principal_for_user(lead))
    assert [(one.request.pk, one.rule_name) for one in effects] == [(found.pk, None)]

    policies.save(draft, actor=SYSTEM, at=NOW)

    found.refresh_from_db()
    fresh = ApprovalRequest.objects.waiting().get()
    assert (found.state, fresh.tier, fresh.content_hash) == ("superseded", 1, found.content_hash)
    assert (waits_for(fresh), fresh.authors.get().user) == ([(chief.pk, None)], buyer)
    policies.retire(ApprovalRequest.objects.waiting().get().policy_id, actor=SYSTEM, at=NOW)
    assert ApprovalRequest.objects.waiting().get().policy_id == first.pk


def test_a_rule_that_reaches_nobody_or_goes_in_a_circle_is_refused(buyer, lead):
    cases = {
        errors.StepEmpty: (step("", buyer),),
        errors.StepRepeated: (step("", lead), step("approver"), step("", lead)),
        errors.RuleRefused: (),
    }
    for refusal, steps in cases.items():
        with pytest.raises(refusal):
            rule("Odd", *steps)
    with pytest.raises(errors.RuleRefused):
        rule("Odd", step("", lead), from_amount=10, below_amount=10)
    known = rule("Even", step("", lead))
    with pytest.raises(errors.RuleRefused):
        rule("Even", step("approver"))
    rule("Even", step("approver"), replaces=known.pk)
    with pytest.raises(errors.RuleRetired):
        rule("Odd", step("approver"), replaces=known.pk)


def test_the_test_tool_names_rule_and_people(buyer, lead, chief):
    rule("Middle", step("", lead), below_amount=5000)
    rule("Large", step("approver"), step("", chief), from_amount=6000, level=2)

    known = policies.who_approves(KIND, ask(buyer).amount_base, {})
    gap = policies.who_approves(KIND, ask(buyer, amount_base=5500).amount_base, {})

    assert (known.rule_name, known.is_stand_in, known.steps) == ("Middle", False, (("Lea",),))
    assert (gap.rule_name, gap.is_stand_in, gap.steps) == (
        "Large",
        True,
        (("Lea", "Chi"), ("Chi",)),
    )
