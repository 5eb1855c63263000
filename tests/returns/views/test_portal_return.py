"""C3 to C7: a return from the tracking link to the money, without scripts."""

import datetime as dt
import html
import re

import pytest
import time_machine
from django.urls import reverse

from core import jobs, settings_store
from core.actors import SYSTEM
from inventory.models import Bin
from returns.models import ReturnDraft, ReturnDraftPhoto, ReturnReason, ReturnRequest
from returns.services import deciding, floor_flow, policy_rules, progress
from returns.services.policy_rules import PolicyRuleDraft
from tests.factories import orders, returns
from tests.factories import portal as factory
from tests.factories.portal import ASKED
from tests.helpers.pictures import upload
from tests.helpers.query_counts import query_baseline

pytestmark = pytest.mark.django_db
DUE = ASKED + dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(ASKED, tick=False):
        yield


@pytest.fixture
def sale():
    return factory.sold()


def text_of(response):
    plain = html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))
    return re.sub(r"\s+", " ", plain)


def hidden(response):
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', body(response))
    found += re.findall(r'name="(\w+)" value="([^"]*)" id="id_\w+"', body(response))
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def body(response):
    return response.content.decode()


def go(client, name, token, *args):
    return client.get(reverse(name, args=[token, *args]))


def choose(client, token, fields):
    return client.post(reverse("portal-return", args=[token]), fields)


def outcome(client, token, **values):
    page = go(client, "portal-return-outcome", token)
    data = {**hidden(page), **{f"o{pk}": value for pk, value in values.items()}}
    return client.post(reverse("portal-return-outcome", args=[token]), data)


def confirm(client, token, **more):
    page = go(client, "portal-return-check", token)
    method = re.search(r'name="method" value="(\w+)"', body(page))[1]
    data = {**hidden(page), "method": method, **more}
    return client.post(reverse("portal-return-check", args=[token]), data)


def line_pk(order, code="TEA"):
    return str(returns.line_of(order, code).pk)


def asked(client, sale, resolution="refund", **fields):
    order, token = sale
    choose(client, token, factory.item(order, **fields))
    outcome(client, token, **{line_pk(order): resolution})
    return confirm(client, token)


def rule(**effects):
    """Let a rule of the policy stand above the others for cups."""
    draft = PolicyRuleDraft("FEES", "Fees", 'sku == "CUP"', priority=1, effects=effects)
    row = policy_rules.save_draft(draft, actor=SYSTEM, at=ASKED)
    policy_rules.publish(row.pk, actor=SYSTEM, at=ASKED)


def test_a_15_window_fee_and_refund_date_are_shown_before_anything_is_sent(client, sale):
    order, token = sale

    first = text_of(go(client, "portal-return", token))
    choose(client, token, factory.item(order, qty="2"))
    second = text_of(go(client, "portal-return-outcome", token))
    outcome(client, token, **{line_pk(order): "refund"})
    last = text_of(go(client, "portal-return-check", token))

    # Delivered 26 January, 30 days, the next working day: 25 February.
    assert "2 can come back · until Wed 25 Feb" in first
    assert "Refund To the way you paid. USD 20.00" in second
    assert "The way back costs you nothing. The money moves when we have looked at it." in second
    assert "Price, 2 \N{MULTIPLICATION SIGN} Tea 20.00" in last
    assert "You get USD 20.00" in last
    assert re.search(r"Your money by \w{3} \d+ \w{3}", last)
    assert "Hand it in by Wed 25 Feb" in last
    assert ReturnRequest.objects.count() == 0


def test_a_15_a_fee_of_the_policy_is_shown_line_by_line_before_submit(client, sale):
    order, token = sale
    rule(restocking_percent="15", return_shipping_amount="4.54", label_payer="customer")
    choose(client, token, factory.item(order, "CUP"))
    second = text_of(go(client, "portal-return-outcome", token))
    outcome(client, token, **{line_pk(order, "CUP"): "refund"})
    last = text_of(go(client, "portal-return-check", token))

    assert "The way back is taken off a refund once: USD 4.54" in second
    assert "Restocking fee" in last
    assert "You get USD 27.76" in last


def test_four_pages_make_a_return_with_its_label(client, sale):
    order, token = sale

    answers = [
        choose(client, token, factory.item(order)),
        outcome(client, token, **{line_pk(order): "refund"}),
        confirm(client, token),
    ]
    jobs.run_due(DUE)
    row = ReturnRequest.objects.get()
    page = go(client, "portal-return-status", token, row.number)

    assert [answer.status_code for answer in answers] == [302, 302, 302]
    assert answers[2].url == reverse("portal-return-status", args=[token, row.number])
    assert (row.source, row.order_id, row.method) == ("portal", order.pk, "label")
    line = row.lines.get()
    assert (line.qty, line.resolution, line.reason.code) == (1, "refund", "CHANGED_MIND")
    assert "Download the label" in text_of(page)
    assert "You get USD 10.00" in text_of(page)
    label = client.get(reverse("portal-return-file", args=[token, row.number, "label"]))
    assert (label.status_code, label.content[:5]) == (200, b"%PDF-")
    assert label["Cache-Control"] == "no-store, private"
    code = client.get(reverse("portal-return-file", args=[token, row.number, "slip"]))
    assert code.content[:5] == b"%PDF-"


def test_the_button_pressed_twice_asks_once(client, sale):
    order, token = sale
    choose(client, token, factory.item(order))
    outcome(client, token, **{line_pk(order): "refund"})
    page = go(client, "portal-return-check", token)
    data = {**hidden(page), "method": "label"}
    url = reverse("portal-return-check", args=[token])

    first, second = client.post(url, data), client.post(url, data)
    other = client.post(url, {**data, "submission_key": "another"})

    assert first.status_code == second.status_code == other.status_code == 302
    assert first["Location"] == second["Location"] == other["Location"]
    assert ReturnRequest.objects.count() == 1


def test_changed_terms_are_shown_again_with_409(client, sale):
    order, token = sale
    choose(client, token, factory.item(order, "CUP"))
    outcome(client, token, **{line_pk(order, "CUP"): "refund"})
    page = go(client, "portal-return-check", token)
    rule(restocking_percent="15")
    url = reverse("portal-return-check", args=[token])

    refused = client.post(url, {**hidden(page), "method": "label"})
    accepted = client.post(url, {**hidden(refused), "method": "label"})

    assert "You get USD 38.00" in text_of(page)
    assert refused.status_code == 409
    assert "The amounts have changed since you looked." in text_of(refused)
    assert "You get USD 32.30" in text_of(refused)
    assert accepted.status_code == 302
    assert ReturnRequest.objects.get().preview["refund"] == "32.30"


def test_units_that_another_return_took_meanwhile_are_chosen_again(client, sale):
    order, token = sale
    choose(client, token, factory.item(order, qty="2"))
    outcome(client, token, **{line_pk(order): "refund"})
    page = go(client, "portal-return-check", token)
    taken = returns.request(order)

    url = reverse("portal-return-check", args=[token])
    answer = client.post(url, {**hidden(page), "method": "label"}, follow=True)

    assert "What can come back has changed since you chose." in text_of(answer)
    assert "1 can come back" in text_of(answer)
    assert list(ReturnRequest.objects.all()) == [taken]


def test_across_a_border_customs_gets_a_statement(client):
    order, token = factory.sold(orders.line("TEA", 1), ship_to=orders.address("GB"))
    choose(client, token, factory.item(order))
    outcome(client, token, **{line_pk(order): "refund"})

    without = confirm(client, token)
    right = confirm(client, token, customs="on")

    assert without.status_code == 422
    assert "Statement for customs" in text_of(without)
    assert "Customs needs this statement." in text_of(without)
    assert right.status_code == 302
    row = ReturnRequest.objects.get()
    deciding.approve(row.pk, actor=returns.DESK, at=ASKED)
    jobs.run_due(DUE)
    papers = text_of(go(client, "portal-return-status", token, row.number))
    assert "Customs statement" in papers


def test_a_driver_is_ordered_for_a_day(client, sale):
    order, token = sale
    choose(client, token, factory.item(order))
    outcome(client, token, **{line_pk(order): "refund"})
    confirm(client, token, method="pickup")
    row = ReturnRequest.objects.get()
    url = reverse("portal-return-status", args=[token, row.number])
    jobs.run_due(DUE)
    page = client.get(url)
    days = re.findall(r'<option value="(2026-\d\d-\d\d)"', body(page))

    wrong = client.post(url, {"act": "pickup", "day": "2026-01-25"})
    right = client.post(url, {"act": "pickup", "day": days[0]})

    assert len(days) == 5
    assert wrong.status_code == 422
    assert right.status_code == 302
    assert row.labels.get().pickup_on.isoformat() == days[0]
    assert "The driver comes on" in text_of(client.get(url))


def test_a_customer_tells_the_number_of_an_own_parcel(client, sale):
    order, token = sale
    choose(client, token, factory.item(order))
    outcome(client, token, **{line_pk(order): "refund"})
    confirm(client, token, method="own")
    row = ReturnRequest.objects.get()
    url = reverse("portal-return-status", args=[token, row.number])
    jobs.run_due(DUE)

    empty = client.post(url, {"act": "tracking", "carrier": "", "number": ""})
    told = client.post(url, {"act": "tracking", "carrier": "Royal Mail", "number": "AB12 34"})

    assert (empty.status_code, told.status_code) == (422, 302)
    label = row.labels.get()
    assert (label.own_carrier, label.own_tracking) == ("Royal Mail", "AB1234")


def test_a_page_of_another_window_is_refused_and_shown_anew(client, sale):
    order, token = sale
    choose(client, token, factory.item(order))
    old = hidden(go(client, "portal-return-outcome", token))
    choose(client, token, factory.item(order, qty="2"))

    url = reverse("portal-return-outcome", args=[token])
    answer = client.post(url, {**old, f"o{line_pk(order)}": "refund"})

    assert answer.status_code == 409
    assert "in another window" in text_of(answer)
    assert "2 items" in text_of(answer)


def test_h_13_an_exchange_shows_variants_in_stock_and_refuses_one_sold_meanwhile(client, sale):
    order, token = sale
    jade = factory.variant("TEA-JADE", of="TEA", name="Jade tea", units=3)
    factory.variant("TEA-GONE", of="TEA", name="Gone tea", units=0)
    choose(client, token, factory.item(order))
    offered = text_of(go(client, "portal-return-outcome", token))
    outcome(client, token, **{line_pk(order): f"exchange:{jade.pk}"})
    page = go(client, "portal-return-check", token)
    orders.place_one(orders.line("TEA-JADE", 3))

    refused = client.post(
        reverse("portal-return-check", args=[token]), {**hidden(page), "method": "label"}
    )

    assert "Exchange for Jade tea 3 left" in offered
    assert "Gone tea" not in offered
    assert "Exchange for Jade tea" in text_of(page)
    assert refused.status_code == 409
    assert "TEA-JADE is sold out" in text_of(refused)
    assert "How would you like it back?" in text_of(refused)
    assert ReturnRequest.objects.count() == 0


def test_photos_are_drawn_anew_and_go_with_the_return(client, sale):
    order, token = sale
    prefix = f"i{line_pk(order)}"
    fields = factory.item(order, reason="DEFECTIVE", note="Dented lid")

    without = choose(client, token, fields)
    broken = choose(client, token, {**fields, f"{prefix}-photos": upload(b"GIF89a....")})
    right = choose(client, token, {**fields, f"{prefix}-photos": factory.picture()})

    assert (without.status_code, broken.status_code, right.status_code) == (422, 422, 302)
    assert "Add a photo" in text_of(without)
    assert "no JPEG or PNG photo" in text_of(broken)
    photo = ReturnDraftPhoto.objects.get()
    assert (photo.file.kind, photo.file.content_type) == ("return_photo", "image/jpeg")
    outcome(client, token, **{line_pk(order): "store_credit"})
    confirm(client, token)
    row = ReturnRequest.objects.get()
    kept = row.photos.get()
    assert (kept.file_id, kept.by) == (photo.file_id, "customer")
    picture = client.get(reverse("portal-return-photo", args=[token, row.number, kept.pk]))
    assert picture["Content-Type"] == "image/jpeg"
    assert "sandbox" in picture["Content-Security-Policy"]


def test_what_can_not_come_back_says_why_and_where_to_ask(client):
    _order, token = factory.sold(orders.line("TEA", 1))
    with time_machine.travel(ASKED + dt.timedelta(days=120), tick=False):
        page = go(client, "portal-return", token)

    assert "Nothing can come back now" in text_of(page)
    assert "What can't come back" in text_of(page)
    assert "Report a problem" in text_of(page)


def test_nothing_chosen_is_said_in_words(client, sale):
    _order, token = sale

    answer = choose(client, token, {})

    assert answer.status_code == 422
    assert "Choose at least one item" in text_of(answer)
    assert ReturnDraft.objects.count() == 0


def test_a_27_the_timeline_of_a_return_tells_seven_states(client, sale):
    _order, token = sale
    Bin.objects.create(warehouse=returns.stocked(), code="R-01", kind="quarantine")
    asked(client, sale)
    row = ReturnRequest.objects.get()

    def done():
        page = body(go(client, "portal-return-status", token, row.number))
        return re.findall(r'<li data-step="done" data-code="(\w+)"', page)

    jobs.run_due(DUE)
    seen = [done()]
    progress.move(row.pk, "hand_over", actor=returns.DESK, at=DUE)
    seen.append(done())
    floor_flow.receive_all(row.pk, actor=returns.DESK, at=DUE)
    seen.append(done())
    floor_flow.inspect_all(row.pk, actor=returns.DESK, at=DUE)
    seen.append(done())

    path = ["requested", "approved", "label_issued", "in_transit", "arrived", "inspected"]
    assert seen[:3] == [path[:3], path[:4], path[:5]]
    assert seen[3][:6] == path
    assert "Accepted: 1" in text_of(go(client, "portal-return-status", token, row.number))


def test_a_return_is_called_off_before_it_is_sent_and_not_after(client, sale):
    _order, token = sale
    asked(client, sale)
    row = ReturnRequest.objects.get()
    url = reverse("portal-return-status", args=[token, row.number])

    answer = client.post(url, {"act": "cancel"})
    again = client.post(url, {"act": "cancel"})
    row.refresh_from_db()

    assert answer.status_code == 302
    assert row.status == "cancelled"
    assert again.status_code == 409
    assert "You called it off" in text_of(client.get(url))


def test_a_declined_return_says_why(client, sale):
    _order, token = sale
    asked(client, sale)
    row = ReturnRequest.objects.get()
    ReturnRequest.objects.filter(pk=row.pk).update(status="review")
    deciding.reject(row.pk, reason="The seal is broken.", actor=returns.DESK, at=ASKED)

    page = text_of(go(client, "portal-return-status", token, row.number))

    assert "We can't take it back" in page
    assert "The seal is broken." in page


def test_rel_h_08_a_link_opens_only_the_returns_of_its_own_order(client, sale):
    asked(client, sale)
    row = ReturnRequest.objects.get()
    _other, foreign = factory.sold(orders.line("TEA", 1))
    names = [
        ("portal-return-status", (row.number,)),
        ("portal-return-file", (row.number, "label")),
        ("portal-return-photo", (row.number, 1)),
    ]

    answers = [go(client, name, foreign, *args) for name, args in names]
    wrong = [go(client, name, "0" * 22, *args) for name, args in names]

    assert {answer.status_code for answer in answers + wrong} == {404}
    for answer in answers + wrong:
        assert "This link opens nothing" in text_of(answer)
        assert answer["Cache-Control"] == "no-store, private"
        assert answer["X-Robots-Tag"] == "noindex, nofollow"


def test_rel_h_08_the_pages_of_a_return_show_no_address_and_lead_nowhere_else(client, sale):
    order, token = sale
    asked(client, sale)
    row = ReturnRequest.objects.get()
    pages = [
        go(client, "portal-return", token),
        go(client, "portal-return-status", token, row.number),
        go(client, "portal-message", token),
    ]

    for page in pages:
        for secret in (order.ship_line1, order.email, order.ship_name, "policy"):
            assert secret not in body(page).split("<main", 1)[1]
        assert re.findall(r'(?:href|src|action)="https?://', body(page)) == []
        assert "<script" not in body(page)
        assert page["Referrer-Policy"] == "same-origin"


def test_the_tracking_page_leads_to_returns_and_messages(client, sale):
    _order, token = sale
    before = text_of(go(client, "tracking", token))
    asked(client, sale)
    row = ReturnRequest.objects.get()

    after = text_of(go(client, "tracking", token))

    assert "Return an item" in before
    assert "Report a problem" in before
    assert f"Return {row.number} We agreed" in after


def test_the_pages_speak_chinese(client, sale):
    order, token = sale
    client.get(reverse("portal-return", args=[token]), {"lang": "zh-hans"})
    choose(client, token, factory.item(order))

    page = body(go(client, "portal-return-outcome", token))

    reason = ReturnReason.objects.get(code="CHANGED_MIND")
    assert 'lang="zh-hans"' in page
    assert reason.name_zh in page
    assert reason.name not in page


@pytest.mark.parametrize("count", [1, 6])
def test_pages_of_a_return_take_the_same_statements_for_any_number_of_lines(client, count):
    codes = [f"ITEM{number}" for number in range(count)]
    returns.ensure_rules()
    returns.stocked(*codes)
    order = returns.delivered_order(*[orders.line(code, 1) for code in codes])
    token = factory.published(order)
    fields = {}
    for code in codes:
        fields |= factory.item(order, code)
    choose(client, token, fields)

    settings_store.forget()
    with query_baseline("portal-return-items"):
        items = go(client, "portal-return", token)
    outcome(client, token, **{line_pk(order, code): "refund" for code in codes})
    with query_baseline("portal-return-check"):
        check = go(client, "portal-return-check", token)

    assert [items.status_code, check.status_code] == [200, 200]
    assert body(check).count("portal-part") >= count
