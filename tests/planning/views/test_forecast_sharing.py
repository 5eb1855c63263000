"""B-17 and B-18: what a supplier is shown of the forecast, and that it is nothing else."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import re

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import mail
from core.actors import SYSTEM, Actor
from core.errors import StaleVersion
from core.jobs import JobRun
from core.models import AuditEntry, Notice, OutboundMail
from customers.models import Customer
from planning import tasks
from planning.models import ForecastOverride, ForecastShare, ForecastShareEvent
from planning.services import forecast_sharing, forecast_terms, sharing_errors
from planning.services.forecast_terms import TermEntry
from suppliers.models import Supplier
from suppliers.services import supplier_links
from tests.factories import customers as people
from tests.factories import purchases as buy
from tests.factories.core import make_user
from tests.factories.forecasts import run_of
from tests.factories.supplier_terms import make_agreement, make_goods
from tests.helpers.query_counts import statements

pytestmark = pytest.mark.django_db
#: A Monday in the term of the factory's agreements.
MONDAY = dt.date(2026, 4, 20)
NOW = dt.datetime(2026, 4, 20, 4, 30, tzinfo=dt.UTC)
RIVAL = ("RIVAL", "Rival Works", "THEIRS-1", "lou@rival.example")
PERSON = ("Canaryna Feather", "canary@feather.example")


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def trade():
    """HILL sells TEA and CUP; RIVAL sells CUP too and POT alone. A person buys them all."""
    hill = buy.trade(code="HILL", name="Hill Tea")
    rival = buy.trade(code=RIVAL[0], name=RIVAL[1], place=hill.place)
    rival.supplier.contacts.update(email=RIVAL[3])
    tea = buy.goods(hill, "TEA", "73.137131", supplier_code="H-1")
    cup = buy.goods(hill, "CUP", "73.137131")
    make_goods(rival.supplier, cup, {1: "73.137131"}, supplier_code=RIVAL[2], rank=2)
    pot = buy.goods(rival, "POT")
    people.make_customer(name=PERSON[0], email=PERSON[1])
    make_agreement(hill.supplier, {tea: "73.137131"})
    east = buy.make.warehouse("EAST")
    weekly = {(tea, hill.place): [40, 60, 10.1], (cup, hill.place): [7], (pot, hill.place): [5]}
    run_of({**weekly, (tea, east): [0, 20]}, from_on=MONDAY, at=NOW)
    return hill


def page_of(client, supplier):
    token = supplier_links.issue(supplier, actor=SYSTEM, at=NOW)
    return reverse("supplier-portal-forecast", args=[token]), token


def asked_for(client, url):
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url)
    assert len(statements(captured)) <= 25
    return response


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_b17_b18_a_supplier_gets_12_weeks_of_its_own_products_as_an_index(trade):
    ran = forecast_sharing.share_week(now=NOW)
    again = forecast_sharing.share_week(now=NOW + dt.timedelta(days=2))

    assert (ran, again) == (forecast_sharing.Shared(1, 0, 0), forecast_sharing.Shared(0, 1, 0))
    share = ForecastShare.objects.get()
    assert (share.supplier.code, share.way, share.horizon_weeks) == ("HILL", "index", 12)
    assert share.content["weeks"][0] == "2026-04-20"
    assert share.content["weeks"][11] == "2026-07-06"
    assert [(line["code"], line["values"][:4]) for line in share.content["lines"]] == [
        ("CUP", [100, 100, 100, 100]),
        ("TEA", [100, 200, 75, 75]),
    ]
    assert AuditEntry.objects.get(action="planning.forecast_shared").after["file"] == (
        share.file_hash
    )


def test_b17_units_are_rounded_where_terms_say_so_and_overrides_count(trade):
    hill, tea = trade.supplier, trade.supplier.goods.get(sku__code="TEA").sku
    ForecastOverride.objects.create(
        sku=tea,
        warehouse=trade.place,
        week_qty=96,
        from_on=MONDAY,
        until_on=MONDAY,
        reason="Fair",
        author_key="user:1",
        created_at=NOW,
        expires_on=MONDAY,
    )
    entry = TermEntry(way="units", rounding_qty=10, reason="Frame contract")
    term = forecast_terms.set_terms(hill.pk, entry, actor=SYSTEM, now=NOW)
    with pytest.raises(StaleVersion):
        forecast_terms.set_terms(hill.pk, entry, actor=SYSTEM, now=NOW)

    share = forecast_sharing.share(hill.pk, actor=SYSTEM, now=NOW)

    by_code = {line["code"]: line["values"] for line in share.content["lines"]}
    assert by_code["TEA"][:4] == [100, 80, 30, 30]  # 96, 60 + 20, 10.1 + 20
    assert by_code["CUP"][0] == 10
    assert (share.rounding_qty, term.version) == (10, 1)
    with pytest.raises(sharing_errors.AlreadyShared, match="2026-04-27"):
        forecast_sharing.share(hill.pk, actor=SYSTEM, now=NOW)


def test_b17_without_agreement_or_forecast_nothing_goes_out_and_it_is_said(trade):
    rival = Supplier.objects.get(code="RIVAL")
    planner = make_user("planner")
    with pytest.raises(sharing_errors.SharingIsOff, match="Rival Works"):
        forecast_sharing.share(rival.pk, actor=SYSTEM, now=NOW)
    job = JobRun(0, 1, NOW + dt.timedelta(weeks=1))

    assert tasks.share_forecasts(job) == {"shared": 0, "told": 1}
    assert ForecastShare.objects.count() == 0
    assert Notice.objects.get(user=planner).data == {"week": "2026-04-27"}


def test_b17_canaries_nothing_of_others_reaches_the_supplier_in_page_file_mail_or_row(
    client, trade
):
    forecast_sharing.share_week(now=NOW)
    page, token = page_of(client, trade.supplier)
    share = ForecastShare.objects.get()
    letter = mail.compose(OutboundMail.objects.get(template="planning/forecast_shared"))
    name, attached, kind = letter.attachments[0]
    answered = client.get(page)
    address = reverse("supplier-portal-forecast-file", args=[token])
    file = client.get(address, {"week": share.week_on.isoformat()})

    seen = [answered.content.decode(), file.content.decode(), f"{letter.subject} {letter.body}"]
    seen += [attached if isinstance(attached, str) else attached.decode(), str(share.content)]
    for text in seen:
        assert not [word for word in (*RIVAL, *PERSON, "POT", "73.13") if word in text]
    assert Customer.objects.filter(email=PERSON[1]).exists()
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert [row[:5] for row in rows[1:]] == [
        ["CUP", "", "Cup", "index", "100"],
        ["TEA", "H-1", "Tea", "index", "100"],
    ]
    assert hashlib.sha256(file.content).hexdigest() == share.file_hash
    assert (name, kind) == ("forecast-2026-04-20.csv", "text/csv")
    assert letter.to == ["hill@example.com"]
    log = list(ForecastShareEvent.objects.order_by("pk").values_list("kind", flat=True))
    assert log == ["mailed", "opened", "downloaded"]


def test_b17_another_suppliers_link_and_wrong_links_open_nothing(client, trade):
    forecast_sharing.share_week(now=NOW)
    page, token = page_of(client, Supplier.objects.get(code="RIVAL"))

    file = reverse("supplier-portal-forecast-file", args=[token])
    empty = client.get(page)
    answers = [
        client.get(page, {"week": "2026-04-20"}),
        client.get(file, {"week": "2026-04-20"}),
        client.get(file, {"week": "2026-13-40"}),
        client.post(page, {"week": "2026-04-20", "name": "Lou"}),
        client.get(reverse("supplier-portal-forecast", args=["0" * 32])),
    ]

    assert "No forecast for this week" in text_of(empty)
    assert [answer.status_code for answer in answers] == [200, 404, 404, 404, 404]
    assert not [answer for answer in answers if b"TEA" in answer.content]
    assert ForecastShare.objects.get().acknowledged_at is None


def test_b18_the_supplier_acknowledges_once_and_the_planners_are_told(client, trade):
    planner = make_user("planner")
    forecast_sharing.share_week(now=NOW)
    page, _token = page_of(client, trade.supplier)

    nameless = client.post(page, {"week": "2026-04-20", "name": ""})
    done = client.post(page, {"week": "2026-04-20", "name": "Wei Lin"}, follow=True)
    again = client.post(page, {"week": "2026-04-20", "name": "Lou"})

    assert (nameless.status_code, done.status_code, again.status_code) == (422, 200, 409)
    assert "Acknowledged by Wei Lin on 2026-04-20" in text_of(done)
    assert "Wei Lin acknowledged this forecast already" in text_of(again)
    share = ForecastShare.objects.get()
    assert (share.acknowledged_at, share.acknowledged_name) == (NOW, "Wei Lin")
    assert Notice.objects.get(user=planner).target == f"forecast_share:{share.pk}"
    assert AuditEntry.objects.filter(action="planning.forecast_acknowledged").count() == 1


def test_b17_staff_read_the_log_set_terms_and_share_by_hand(client, trade):
    planner = make_user("planner")
    client.force_login(planner)
    rival = Supplier.objects.get(code="RIVAL")
    edit = reverse("forecast-terms-edit", args=[rival.pk])
    now = reverse("forecast-share-now", args=[rival.pk])

    refused = client.post(now)
    asked = client.get(edit)
    saved = client.post(edit, {"way": "index", "rounding_qty": 1, "reason": "Trial", "version": 0})
    shared = client.post(now)

    assert (refused.status_code, saved.status_code, shared.status_code) == (409, 303, 303)
    assert "100 = the first week" in text_of(asked)
    share = ForecastShare.objects.get(supplier=rival)
    assert share.author_key == Actor("user", planner.pk, "").key
    page = asked_for(client, reverse("forecast-share", args=[share.pk]))
    assert "POT" in text_of(page)
    assert "Mailed to Lin Yue" in text_of(page)
    assert "Rival Works" in text_of(asked_for(client, reverse("forecast-shares-index")))
    assert "RIVAL" in text_of(asked_for(client, reverse("forecast-terms")))
    chinese = client.get(
        reverse("forecast-share", args=[share.pk]), headers={"accept-language": "zh-hans"}
    )
    assert chinese.status_code == 200
    assert Client().get(reverse("forecast-share", args=[share.pk])).status_code == 302
