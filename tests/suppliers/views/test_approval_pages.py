"""The approval inbox, the card with its acts, the rules and the substitutes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from core import clock, settings_store
from core.actors import SYSTEM
from core.approvals import StandIn, delegate
from core.models import ApprovalDelegation, ApprovalPolicy, ApprovalRequest, Notice
from inventory.models import StockEvent, StockLevel, StockMove
from suppliers.models import PurchaseOrder
from suppliers.services import purchase_approving, purchase_drafting
from suppliers.services.purchase_submitting import submit
from tests.factories import approvals as make
from tests.factories import core as people
from tests.factories import purchases as buy
from tests.factories.core import make_user, sign_in
from tests.factories.inventory import make_bin
from tests.helpers.query_counts import query_baseline

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "dialog"}


@pytest.fixture
def trade():
    found = buy.trade(currency="USD", name="Ningbo Tin Co.", name_zh="宁波锡品")
    found.buyer.full_name, found.approver.full_name = "Bo", "Lea"
    found.buyer.save()
    found.approver.save()
    return found


@pytest.fixture
def tea(trade):
    return buy.goods(trade, "TEA", "10")


@pytest.fixture
def lead(trade, client):
    return sign_in(client, trade.approver)


@pytest.fixture
def desk(trade):
    return sign_in(Client(), trade.buyer)


def waiting(trade, needs, **more) -> tuple[PurchaseOrder, ApprovalRequest]:
    draft = buy.draft(trade, needs, reason="29 days of cover", **more)
    order = submit(draft.pk, actor=trade.buying, at=clock.now())
    return order, request_of(order)


def request_of(order: PurchaseOrder) -> ApprovalRequest:
    rows = ApprovalRequest.objects.filter(document_key=f"purchase_order:{order.pk}")
    return rows.order_by("pk").last()


def shown(found: ApprovalRequest) -> dict[str, object]:
    return {"revision": found.revision, "content_hash": found.content_hash}


def words(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_p8_the_inbox_lists_what_waits_for_me_by_age_or_amount(trade, tea, lead, desk):
    nobody = sign_in(Client(), make_user("approver", warehouses=[]))
    small = waiting(trade, {tea: 10})[1]
    large = waiting(trade, {tea: 90})[1]

    by_age = lead.get(reverse("approvals"))
    by_amount = lead.get(reverse("approvals"), {"order": "amount"})
    of_buyer = desk.get(reverse("approvals"))
    of_nobody = nobody.get(reverse("approvals"))

    assert [row.pk for row, *_rest in by_age.context["rows"]] == [small.pk, large.pk]
    assert [row.pk for row, *_rest in by_amount.context["rows"]] == [large.pk, small.pk]
    assert by_age.context["counts"] == {"mine": 2, "asked": 0}
    assert of_buyer.context["counts"] == {"mine": 0, "asked": 2}
    assert "Nothing waits for you" in words(of_nobody)
    text = words(by_age)
    assert "Ningbo Tin Co." in text
    assert "29 days of cover" in text
    assert '<span class="rail-count rail-count-hot">2</span>' in text


def test_p8_a_card_says_what_speaks_for_and_against(trade, tea, lead):
    tin = buy.goods(trade, "TIN", "4")
    buy.approved(trade, {tea: 10})
    offer = {"prices": {tea: "11"}, "why": "the factory raised its price"}
    order, first = waiting(trade, {tea: 20, tin: 5}, **offer)
    change = buy.asked(trade, {tea: 30, tin: 5}, reason="29 days of cover", **offer)
    purchase_drafting.edit_draft(
        order.pk, change, expected_version=order.version, actor=trade.buying, at=clock.now()
    )
    submit(order.pk, actor=trade.buying, at=clock.now())
    found = request_of(order)

    answer = lead.get(reverse("approval", args=[found.pk]))
    old = lead.get(reverse("approval", args=[first.pk]))

    card = answer.context["card"]
    assert (card.amount, found.amount_base, card.since_revision) == (350, 350, 1)
    assert (card.agreed.share, card.agreed.line_count) == (Decimal("0.0938"), 2)
    assert (card.last.share, card.last.line_count, card.last.other_price) == (
        Decimal("0.1000"),
        1,
        10,
    )
    assert {(one.field, one.before, one.after) for one in card.changes} == {
        ("qty", 20, 30),
        ("total", "240", "350"),
    }
    text = words(answer)
    for part in ("+ 9.4 %", "+ 10.0 %", "the factory raised its price", "20 → 30", "version 2"):
        assert part in text
    assert answer.context["right"] == "mine"
    assert "Open the newer one" in words(old)
    assert "data-approve" not in words(old)


def test_p8_approve_in_a_dialog_that_asks_first(trade, tea, lead):
    order, found = waiting(trade, {tea: 10})
    url = reverse("approval-approve", args=[found.pk])

    question = lead.get(f"{url}?revision=1&hash={found.content_hash}", **HTMX)
    done = lead.post(url, shown(found), **HTMX)
    again = lead.post(url, shown(found), **HTMX)

    order.refresh_from_db()
    assert f'value="{found.content_hash}"' in words(question)
    assert f"{order.number}, version 1: USD 100.00 to Ningbo Tin Co." in words(question)
    assert '<button type="submit" class="btn btn-primary">Approve</button>' in words(question)
    assert (done.status_code, done.headers["HX-Redirect"]) == (204, reverse("approvals"))
    assert (order.state, order.approved_by) == ("approved", f"user:{trade.approver.pk}")
    assert order.approval_hash == found.content_hash
    assert again.status_code == 409
    assert "no longer waits for a decision: Approved." in words(again)
    after = words(lead.get(reverse("approvals")))
    assert f"{order.number}: approved." in after
    assert "rail-count-hot" not in after


def test_p8_changed_since_opened_is_a_409_with_the_differences(trade, tea, lead):
    order, found = waiting(trade, {tea: 10})
    change = buy.asked(trade, {tea: 99})
    order = purchase_drafting.edit_draft(
        order.pk, change, expected_version=order.version, actor=trade.buying, at=clock.now()
    )
    url = reverse("approval-approve", args=[found.pk])

    edited = lead.post(url, shown(found), **HTMX)
    submit(order.pk, actor=trade.buying, at=clock.now())
    newer = lead.post(url, shown(found))

    order.refresh_from_db()
    assert (edited.status_code, newer.status_code, order.state) == (409, 409, "pending")
    text = words(edited)
    assert f"{order.number} has changed since you opened it" in text
    assert "10 → 99" in text
    assert "It is being edited and waits for nobody." in text
    assert "<html" not in text
    assert "<html" in words(newer)
    assert reverse("approval", args=[request_of(order).pk]) in words(newer)
    assert "Open version 2" in words(newer)


def test_p8_reject_with_a_reason_ask_answer_and_take_back(trade, tea, lead, desk):
    order, found = waiting(trade, {tea: 10})
    other_order, other = waiting(trade, {tea: 20})
    reject = reverse("approval-reject", args=[found.pk])

    empty = lead.post(reject, shown(found), **HTMX)
    asked = lead.post(reverse("approval-ask", args=[found.pk]), {"text": "Why so many?"}, **HTMX)
    own = desk.get(reverse("approval", args=[found.pk]))
    answered = desk.post(reverse("approval-answer", args=[found.pk]), {"text": "A carton."}, **HTMX)
    card = words(lead.get(reverse("approval", args=[found.pk])))
    rejected = lead.post(reject, shown(found) | {"reason": "Too dear"}, **HTMX)
    back = desk.post(reverse("approval-withdraw", args=[other.pk]), {}, **HTMX)

    assert [one.status_code for one in (empty, asked, answered, rejected, back)] == [
        422,
        204,
        204,
        204,
        204,
    ]
    text = words(own)
    assert f"You wrote or submitted {order.number}, so another person decides on it." in text
    assert "It waits for Lea." in text
    assert "Why so many?" in card
    assert "A carton." in card
    order.refresh_from_db()
    other_order.refresh_from_db()
    assert (order.state, other_order.state) == ("rejected", "draft")
    told = Notice.objects.filter(user=trade.buyer).order_by("-pk")[0]
    assert told.text % told.data == f"Lea rejected {order.number}: Too dear"


def test_p8_the_next_approver_is_named_where_the_amount_is_above_ones_limit(trade, tea, lead):
    chief = make_user("approver", full_name="Chi")
    make.rule("Small", make.step("", trade.approver), below_amount=500)
    make.rule("Large", make.step("", chief), from_amount=500, level=2)
    found = waiting(trade, {tea: 60})[1]

    answer = lead.get(reverse("approval", args=[found.pk]))
    refused = lead.post(reverse("approval-approve", args=[found.pk]), shown(found), **HTMX)

    assert "It waits for Chi." in words(answer)
    assert (answer.context["right"], "data-approve" in words(answer)) == ("other", False)
    assert refused.status_code == 422
    assert lead.get(reverse("approvals")).context["counts"]["mine"] == 0


def test_x25_an_order_nobody_decides_on_is_a_draft_again_after_seven_days(trade, tea):
    order, found = waiting(trade, {tea: 10})
    late = found.expires_at

    assert purchase_approving.expire(found.pk, at=late - dt.timedelta(seconds=1)) is False
    assert purchase_approving.expire(found.pk, at=late) is True
    assert purchase_approving.expire(found.pk, at=late) is False

    order.refresh_from_db()
    assert (order.state, request_of(order).state) == ("draft", "expired")
    assert submit(order.pk, actor=trade.buying, at=clock.now()).revision == 2


def test_x25_a_rule_may_approve_an_order_at_agreed_prices_without_a_person(trade, tea):
    free = {"off_agreement": ["no"]}
    make.rule("Small", below_amount=150, conditions=free, is_automatic=True)
    make.rule("Others", make.step("approver"), level=2, from_amount=150)

    small = waiting(trade, {tea: 10})[0]
    dear = waiting(trade, {tea: 10}, prices={tea: "12"}, why="offer")[0]

    assert (small.state, small.approved_by) == ("approved", "system")
    assert dear.state == "pending"


def test_p9_a_rule_is_checked_saved_tried_and_retired(trade, tea):
    admin = sign_in(Client(), make_user("admin"))
    found = waiting(trade, {tea: 60})[1]
    form = {
        "name": "From 500",
        "level": "2",
        "from_amount": "500",
        "below_amount": "",
        "risk": ["medium"],
        "people_1": [str(trade.approver.pk)],
    }

    looped = admin.post(
        reverse("approval-rule-new"), form | {"people_2": form["people_1"], "save": "1"}
    )
    checked = admin.post(reverse("approval-rule-new"), form)
    saved = admin.post(reverse("approval-rule-new"), form | {"save": "1"})
    again = admin.post(reverse("approval-rule-new"), form | {"save": "1"})

    assert (looped.status_code, again.status_code) == (422, 422)
    assert "Step 2 names the same people as an earlier step." in words(looped)
    assert "1 order is asked for afresh" in words(checked)
    assert (checked.context["effects"][0].request, checked.status_code) == (found, 200)
    assert saved.headers["Location"] == reverse("approval-rules")
    rule = ApprovalPolicy.objects.get()
    assert (rule.name, rule.conditions, rule.from_amount) == ("From 500", {"risk": ["medium"]}, 500)
    assert request_of(PurchaseOrder.objects.get()).policy == rule

    page = admin.get(reverse("approval-rules"), {"amount": "700", "risk": "medium"})
    gap = admin.get(reverse("approval-rules"), {"amount": "20"})
    edit = admin.get(reverse("approval-rule", args=[rule.pk]))
    assert (page.context["verdict"].rule_name, page.context["verdict"].steps) == (
        "From 500",
        (("Lea",),),
    )
    assert gap.context["verdict"].is_stand_in
    assert "Supplier risk: Medium" in words(page)
    assert 'value="From 500"' in words(edit)
    changed = admin.post(
        reverse("approval-rule", args=[rule.pk]), form | {"level": "3", "save": "1"}
    )
    newer = ApprovalPolicy.objects.get(is_active=True)
    assert (changed.status_code, newer.level, newer.replaces) == (303, 3, rule)
    admin.post(reverse("approval-rule-retire", args=[newer.pk]), {}, **HTMX)
    assert "No rule is in force" in words(admin.get(reverse("approval-rules")))


def test_p9_one_names_a_substitute_for_oneself_until_a_day(trade, tea, lead):
    deputy = make_user("approver", full_name="Dee")
    today = clock.now().date()
    url = reverse("approval-substitutes")
    form = {
        "taker": deputy.pk,
        "from_on": today.isoformat(),
        "until_on": (today + dt.timedelta(days=3)).isoformat(),
        "reason": "holiday",
    }

    wrong = lead.post(url, form | {"until_on": "2020-01-01"})
    named = lead.post(url, form)
    twice = lead.post(url, form)

    found = ApprovalDelegation.objects.get()
    assert [one.status_code for one in (wrong, named, twice)] == [422, 303, 422]
    assert found.until_at == dt.datetime.combine(
        today + dt.timedelta(days=4), dt.time(), tzinfo=dt.UTC
    )
    assert "Dee" in words(lead.get(url))
    assert "You decide in the place of Lea." in words(sign_in(Client(), deputy).get(url))
    ended = lead.post(reverse("approval-substitute-end", args=[found.pk]), {}, **HTMX)
    found.refresh_from_db()
    assert (ended.status_code, found.ended_at is not None) == (204, True)


def test_p8_reads_stay_constant(trade, tea, lead):
    """With rules, a second step and a substitute: the dearest way to the page."""
    away = make_user("approver", full_name="Al")
    make.rule("All", make.step("", away), make.step("approver"))
    now = clock.now()
    wish = StandIn(trade.approver.pk, now, now + dt.timedelta(days=2))
    delegate(wish, actor=make.acting(away), at=now)
    found = waiting(trade, {tea: 10})[1]
    lead.get(reverse("approvals"))
    with query_baseline("approvals"):
        assert len(lead.get(reverse("approvals")).context["rows"]) == 1
    for qty in (20, 30, 40):
        waiting(trade, {tea: qty})
    with query_baseline("approvals"):
        assert len(lead.get(reverse("approvals")).context["rows"]) == 4
    with query_baseline("approval"):
        assert lead.get(reverse("approval", args=[found.pk])).context["right"] == "mine"


def test_the_pages_ask_who_is_there_again_before_rules_and_substitutes_change(trade):
    def stale(who):
        return people.sign_in(Client(), who, recent=False)

    answers = [
        stale(make_user("admin")).post(reverse("approval-rule-new"), {}),
        stale(trade.approver).post(reverse("approval-substitutes"), {}),
    ]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert all("reauthenticate" in answer.headers["Location"] for answer in answers)


def test_the_home_of_approvers_and_buyers_says_what_waits_and_how_long(trade, tea, lead, desk):
    assert "approval waits for you" not in words(lead.get("/"))
    waiting(trade, {tea: 10})
    ApprovalRequest.objects.update(requested_at=clock.now() - dt.timedelta(hours=5))
    buy.sent(trade, {tea: 20})
    PurchaseOrder.objects.filter(state="sent").update(sent_at=clock.now() - dt.timedelta(hours=30))

    approver, buyer = words(lead.get("/")), words(desk.get("/"))

    assert "1 approval waits for you, for 5 h" in approver
    assert "without an answer" not in approver
    assert "1 order without an answer from its supplier, for 1 d" in buyer


def test_p8_a_card_states_cover_budget_and_risk_with_their_basis(trade, tea, lead, monkeypatch):
    monkeypatch.setattr("core.clock.now", lambda: buy.NOW)
    settings_store.put("suppliers.monthly_budget", "1000", actor=SYSTEM, at=clock.now())
    level = StockLevel.objects.create(warehouse=trade.place, sku=tea, on_hand=40, unsellable=5)
    event = StockEvent.objects.create(
        kind="dispatch", event_key="sold", actor_key="system", at=clock.now()
    )
    StockMove.objects.create(
        event=event,
        sku=tea,
        from_bin=make_bin(trade.place),
        to_bin_id=-2,
        condition_from="good",
        condition_to="good",
        qty=28,
        from_warehouse=trade.place,
    )
    buy.approved(trade, {tea: 20})
    found = waiting(trade, {tea: 10})[1]

    answer = lead.get(reverse("approval", args=[found.pk]))

    cover, budget = answer.context["card"].cover, answer.context["card"].budget
    assert (cover.stock_qty, cover.coming_qty, cover.sold_qty, cover.qty) == (35, 20, 28, 10)
    assert (cover.days_before, cover.days_after, level.pk > 0) == (55, 65, True)
    assert (budget.total_amount, budget.used_amount, budget.this_amount) == (1000, 200, 100)
    text = words(answer)
    for part in (
        "55 days without, 65 with it",
        "28 sent to customers in the last 28 days",
        "left after this",
        "Supplier risk",
    ):
        assert part in text
