"""Return labels: several ways back, papers in two languages, and a carrier that follows (A-16)."""

import datetime as dt
import io

import pytest
import zxingcpp
from django.db import IntegrityError, transaction
from PIL import Image

from core import clock, jobs
from core.actors import Actor
from core.errors import NotFound
from core.events.delivering import deliver_due
from core.models import AuditEntry, Job
from returns.models import ReturnLabel, ReturnStep
from returns.services import progress, return_labels
from returns.services.return_labels import IssueWish
from shipping.models import Label, LabelRequest, Parcel
from shipping.services import tracking
from shipping.services.tracking import TrackingDraft
from tests.factories import orders
from tests.factories import shipping as shipping_rows
from tests.factories.return_labels import NOW, approve, asked, placed_order
from tests.helpers.papers import codes_of, size_of, text_of

pytestmark = pytest.mark.django_db
ANN = Actor("user", 7, "Ann")
DAY = dt.timedelta(days=1)


def settle():
    """Deliver what was published and run what was queued, until nothing is left."""
    for minutes in range(1, 6):
        deliver_due(clock.now() + dt.timedelta(minutes=minutes))
        jobs.run_due(clock.now() + dt.timedelta(minutes=minutes))


@pytest.fixture
def home():
    place = orders.warehouse(
        "LA", line1="1 Dock Rd", city="Los Angeles", postcode="90001", phone="+1 213 1"
    )
    orders.put(orders.sku(), place, 20)
    return place


def ready(home, *, country="US", method="label", **more):
    request = approve(asked(placed_order(country), home, method=method, **more))
    settle()
    request.refresh_from_db()
    return request


def test_a_16_an_approved_return_gets_its_printed_label_with_pdf_and_code(home):
    request = ready(home, policy={"label_payer": "customer", "return_shipping_amount": "4.50"})

    label = return_labels.current(request.pk)
    parcel = label.parcel
    assert (request.status, label.state, label.method) == ("label_issued", "ready", "label")
    assert (label.payer, label.charged_amount, label.is_international) == ("customer", 4.5, False)
    assert (parcel.owner_key, parcel.order_key) == (request.key, "")
    assert parcel.ship_from["line1"] == "12 Mill Lane"
    assert (parcel.ship_to["line1"], parcel.ship_to["country"]) == ("1 Dock Rd", "US")
    assert (parcel.weight_g, parcel.items.get().sku_code) == (400, "TEA")
    assert [one.kind for one in return_labels.files(request.pk)] == ["label", "slip"]
    pdf = return_labels.read_file(request.pk, "label", language="en")
    assert (pdf.name, pdf.content_type) == (f"{request.number}-label.pdf", "application/pdf")
    assert ("Code128", parcel.tracking_number) in codes_of(pdf.content)
    assert f"Ref {request.number}-1" in text_of(pdf.content)
    assert size_of(pdf.content) == (812, 1218)
    slip = return_labels.read_file(request.pk, "slip", language="en").content
    assert codes_of(slip) == {("QRCode", request.number)}
    assert "Cover older labels" not in text_of(slip)
    assert "Stick the label on the outside" in text_of(slip)
    assert return_labels.read_file(request.pk, "slip", language="en").content == slip
    assert list(ReturnStep.objects.order_by("pk").values_list("code", flat=True)) == [
        "approve",
        "issue_label",
    ]
    with pytest.raises(NotFound):
        return_labels.read_file(request.pk, "customs", language="en")


def test_a_16_the_label_is_a_wish_of_one_job_so_it_is_there_within_seconds(home):
    request = approve(asked(placed_order(), home))
    deliver_due(clock.now())

    [job] = Job.objects.filter(name="shipping.buy_labels")
    wish = LabelRequest.objects.get()
    label = return_labels.current(request.pk)
    again = return_labels.issue(request.pk, actor=ANN, at=NOW)
    assert (label.state, again.pk, job.args) == ("asked", label.pk, {"requests": str(wish.pk)})
    assert wish.request_key == f"return:{label.code}"
    assert LabelRequest.objects.count() == 1
    # The job's own working time on this machine is far below the ten seconds of A-16.
    jobs.run_due(clock.now())
    job.refresh_from_db()
    assert (job.finished_at - job.started_at).total_seconds() < 10


@pytest.mark.parametrize(
    ("method", "kinds"),
    [
        ("qr", ["code", "code_card", "slip"]),
        ("drop_off", ["code", "code_card", "slip"]),
        ("store", ["code", "code_card", "slip"]),
        ("own", ["slip"]),
    ],
)
def test_a_16_other_ways_back_have_their_code_and_their_words(home, method, kinds):
    request = ready(home, method=method)

    label = return_labels.current(request.pk)
    assert (request.status, label.state) == ("label_issued", "ready")
    assert [one.kind for one in return_labels.files(request.pk)] == kinds
    assert (label.parcel is not None) == (method in {"qr", "drop_off"})
    if "code" in kinds:
        picture = return_labels.read_file(request.pk, "code", language="en")
        [seen] = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture.content)))
        assert (picture.content_type, seen.text) == ("image/png", label.code)
        card = return_labels.read_file(request.pk, "code_card", language="zh-hans").content
        assert codes_of(card) == {("QRCode", label.code)}
        assert "请出示此码" in text_of(card)
    assert return_labels.resolve(f" {label.code.lower()} ") == request
    assert return_labels.resolve(request.number) == request
    assert return_labels.resolve("RMA0") is None


def test_a_16_a_driver_comes_on_an_agreed_working_day(home):
    request = approve(asked(placed_order(), home, method="pickup"))
    settle()
    days = return_labels.pickup_days(request.pk, at=NOW)

    assert return_labels.current(request.pk) is None
    # The 21st is a Wednesday.
    assert [day.day for day in days] == [22, 23, 26, 27, 28]
    with pytest.raises(return_labels.PickupDayRefused):
        return_labels.issue(
            request.pk, IssueWish(pickup_on=dt.date(2026, 1, 24)), actor=ANN, at=NOW
        )
    return_labels.issue(request.pk, IssueWish(pickup_on=days[2]), actor=ANN, at=NOW)
    settle()
    label = return_labels.current(request.pk)
    assert (label.state, label.pickup_on) == ("ready", dt.date(2026, 1, 26))
    slip = return_labels.read_file(request.pk, "slip", language="en").content
    assert "Pick-up on 2026-01-26" in text_of(slip)


def test_a_16_an_international_return_carries_its_customs_statement(home):
    request = ready(home, country="DE")

    label = return_labels.current(request.pk)
    assert label.is_international
    assert [one.kind for one in return_labels.files(request.pk)] == ["label", "customs", "slip"]
    statement = return_labels.read_file(request.pk, "customs", language="zh-hans").content
    text = text_of(statement)
    assert ("Code128", label.parcel.tracking_number) in codes_of(statement)
    for said in (
        "Returned goods / Marchandises en retour",
        "Black tea · TEA",
        "090230",
        "USD 10.00",
        "0.400 kg",
        request.order.number,
    ):
        assert said in text
    slip = text_of(return_labels.read_file(request.pk, "slip", language="zh-hans").content)
    assert request.number in slip
    assert "退货单" in slip


def test_a_hole_in_the_customs_data_is_told_and_mended(home):
    tea = orders.Sku.objects.get(code="TEA")
    orders.Sku.objects.filter(pk=tea.pk).update(hs_code="")
    request = ready(home, country="DE")

    failed = return_labels.current(request.pk)
    assert (request.status, failed.state) == ("approved", "failed")
    assert failed.problem == "CUSTOMS_DATA_MISSING: TEA (hs_code)"
    assert (Parcel.objects.count(), return_labels.files(request.pk)) == (0, [])
    orders.Sku.objects.filter(pk=tea.pk).update(hs_code="090230")
    return_labels.retry(failed.pk, actor=ANN, at=NOW)
    settle()
    request.refresh_from_db()
    assert request.status == "label_issued"
    assert list(request.labels.order_by("pk").values_list("state", flat=True)) == [
        "voided",
        "ready",
    ]


def test_a_return_without_an_address_gets_no_label_and_the_desk_sees_why(home):
    request = asked(placed_order(), None)
    approve(request)
    settle()

    step = request.steps.get(code="LABEL_NOT_ISSUED")
    assert (step.data, step.is_public) == ({"code": "RETURN_LABEL_ADDRESS"}, False)
    with pytest.raises(return_labels.LabelNeedsAddress):
        return_labels.issue(request.pk, actor=ANN, at=NOW)
    with pytest.raises(return_labels.UnknownMethod):
        return_labels.issue(request.pk, IssueWish("pigeon"), actor=ANN, at=NOW)


def test_s13_the_first_scan_takes_the_return_on_its_way_once(home):
    request = ready(home)
    number = return_labels.current(request.pk).parcel.tracking_number
    reports = [
        TrackingDraft(number, "e1", "pre_transit", NOW),
        TrackingDraft(number, "e2", "in_transit", NOW + DAY),
        TrackingDraft(number, "e3", "delivered", NOW + 2 * DAY),
    ]

    tracking.record_events(reports[:1], at=NOW)
    settle()
    request.refresh_from_db()
    assert request.status == "label_issued"
    for report in reports[1:] * 2:
        tracking.record_events([report], at=report.at)
        settle()

    request.refresh_from_db()
    label = return_labels.current(request.pk)
    assert (request.status, label.state) == ("in_transit", "used")
    assert (request.sent_at, label.used_at) == (NOW + DAY, NOW + DAY)
    assert request.steps.filter(code="hand_over").count() == 1
    assert return_labels.resolve(number) == request
    # What is under way can't be taken back.
    assert return_labels.void(request.pk, reason="late", actor=ANN, at=NOW) == 0


def test_a_cancelled_return_gives_its_label_back(home):
    request = ready(home)
    parcel_id = return_labels.current(request.pk).parcel_id

    progress.move(request.pk, "cancel", actor=ANN, at=NOW)
    settle()

    label = return_labels.current(request.pk)
    request.refresh_from_db()
    assert (request.status, label.state, label.ended_at) == ("cancelled", "voided", NOW)
    assert LabelRequest.objects.get(parcel_id=parcel_id).state == "voided"
    assert Parcel.objects.get(pk=parcel_id).state == "voided"
    assert return_labels.files(request.pk) == []
    with pytest.raises(return_labels.LabelNotPossible):
        return_labels.issue(request.pk, actor=ANN, at=NOW)


def test_a_label_taken_back_makes_room_for_another_way(home):
    request = ready(home)
    with pytest.raises(return_labels.LabelStands):
        return_labels.issue(request.pk, IssueWish("qr"), actor=ANN, at=NOW)

    return_labels.void(request.pk, reason="wrong way", actor=ANN, at=NOW)
    return_labels.void(request.pk, reason="wrong way", actor=ANN, at=NOW)
    request.refresh_from_db()
    assert request.status == "approved"
    return_labels.issue(request.pk, IssueWish("qr"), actor=ANN, at=NOW)
    settle()

    request.refresh_from_db()
    label = return_labels.current(request.pk)
    assert (request.status, request.method, label.method) == ("label_issued", "qr", "qr")
    assert Label.objects.count() == 2
    assert AuditEntry.objects.filter(action="returns.label_voided").count() == 1


def test_a_label_nobody_used_ends_after_its_last_day(home):
    request = ready(home, send_by_on=dt.date(2026, 2, 1))
    assert return_labels.expire_due(as_of=dt.datetime(2026, 2, 1, 23, tzinfo=dt.UTC)) == 0

    assert return_labels.expire_due(as_of=dt.datetime(2026, 2, 2, tzinfo=dt.UTC)) == 1
    assert return_labels.expire_due(as_of=dt.datetime(2026, 2, 2, tzinfo=dt.UTC)) == 0

    request.refresh_from_db()
    assert (request.status, return_labels.current(request.pk).state) == ("approved", "expired")


def test_a_refusal_of_the_carrier_is_told_and_asked_again(home):
    carrier = shipping_rows.make_service().carrier
    orders.Warehouse.objects.filter(pk=home.pk).update(country="US")
    request = approve(asked(placed_order(), home))
    deliver_due(clock.now())
    parcel = return_labels.current(request.pk).parcel
    Parcel.objects.filter(pk=parcel.pk).update(ship_to={**parcel.ship_to, "country": ""})
    settle()
    failed = return_labels.current(request.pk)
    request.refresh_from_db()
    assert (carrier.code, request.status) == ("carrier-builtin", "approved")
    assert (failed.state, failed.problem) == ("failed", "The address has no country.")

    Parcel.objects.filter(pk=parcel.pk).update(ship_to=parcel.ship_to)
    return_labels.retry(failed.pk, actor=ANN, at=NOW)
    settle()

    request.refresh_from_db()
    assert (request.status, return_labels.current(request.pk).state) == ("label_issued", "ready")


def test_own_parcels_are_known_by_the_number_their_senders_tell(home):
    request = ready(home, method="own")

    for _twice in range(2):
        return_labels.tell_tracking(request.pk, " DHL ", "jd 01 4x", actor=ANN, at=NOW)

    label = return_labels.current(request.pk)
    request.refresh_from_db()
    assert (label.own_carrier, label.own_tracking, label.state) == ("DHL", "JD014X", "used")
    assert request.status == "in_transit"
    assert return_labels.resolve("JD01 4X") == request
    other = ready(home)
    with pytest.raises(return_labels.LabelNotPossible):
        return_labels.tell_tracking(other.pk, "DHL", "X1", actor=ANN, at=NOW)


def test_the_database_keeps_one_label_per_parcel_and_a_day_for_each_pick_up(home):
    request = ready(home)
    label = return_labels.current(request.pk)
    label.pk, label.code = None, "RC2"
    for wrong in ({}, {"part": 2, "method": "pickup"}, {"part": 2, "charged_amount": 3}):
        row = ReturnLabel(**{**values(label), **wrong})
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)


def values(row):
    names = [f.attname for f in row._meta.concrete_fields if f.attname != "id"]
    return {name: getattr(row, name) for name in names}
