"""rel_g_02, rel_s14: who asked to be forgotten stands nowhere any more, and the books balance."""

from __future__ import annotations

import datetime as dt
import logging
from pathlib import Path

import pytest
from django.db import transaction

from core import audit, events, files, mail, notices
from core.actors import SYSTEM, Actor
from core.append_only import is_guarded, lifted
from core.jobs import enqueue
from core.models import (
    AuditEntry,
    AuditReseal,
    IdempotencyKey,
    ImportBatch,
    ImportChange,
    ImportIssue,
    ImportRow,
    Job,
    StoredFile,
)
from customers.models import Customer, CustomerAddress, PortalAccount, PrivacyRequest
from customers.services import accounts, privacy, tombstones
from customers.services.privacy import Wish
from fulfillment.models import DeskState
from orders.models import Order, OrderHold, SetAsideLine
from orders.models.orders import OrderStatus
from returns.models import ReturnPhoto, ReturnRequest
from shipping.models import TrackingEvent
from shipping.services import links, portal
from tests.factories import customers as people
from tests.factories import orders as make
from tests.factories import returns as returned
from tests.factories import shipping
from tests.factories.core import make_user
from tests.helpers.books import assert_books_balance
from tests.helpers.traces import found_in_database, found_in_files

NOW = returned.ASKED + dt.timedelta(days=30)
DESK = Actor("user", 101, "Desk")
BOSS = Actor("user", 102, "Boss")


class Canaries:
    """Words nobody else uses; each is handed out once."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def word(self, text: str = "") -> str:
        word = f"{text or 'Canary'}-q{len(self.words):02d}zyx"
        self.words.append(word)
        return word


@pytest.fixture
def canaries():
    return Canaries()


def make_person(canaries: Canaries) -> Customer:
    """Return a customer with an address, an account, a session and a link that waits."""
    email = f"{canaries.word('feather')}@nest.example"
    customer = people.make_customer(
        name=canaries.word("Anna"),
        email=email,
        phone=canaries.word("+4930"),
        address=people.address(
            name=canaries.word("Home of"),
            company=canaries.word("Nest Ltd"),
            line1=canaries.word("Branch Street"),
            line2=canaries.word("Floor"),
            city=canaries.word("Birdville"),
            region=canaries.word("Birdshire"),
            postcode=canaries.word("BX"),
        ),
    )
    account = PortalAccount.objects.create(
        email=email, email_norm=customer.email_norm, created_at=NOW, last_seen_at=NOW
    )
    accounts.ask_for_link(email, language="en", at=NOW)
    assert account.pk
    return customer


def make_trade(canaries: Canaries, customer: Customer) -> Order:
    """Return an order of the customer that arrived, with parcel, label, mail, notes and return."""
    place = returned.stocked("TEA")
    returned.ensure_rules()
    order = returned.delivered_order(
        make.line("TEA", 2),
        email=customer.email,
    )
    Order.objects.filter(pk=order.pk).update(
        customer=customer,
        ship_name=canaries.word("Receiver"),
        ship_company=canaries.word("Roost Inc"),
        ship_line1=canaries.word("Twig Road"),
        ship_line2=canaries.word("Door"),
        ship_city=canaries.word("Owlham"),
        ship_postcode=canaries.word("62704"),
        ship_phone=canaries.word("+1555"),
        gift_message=canaries.word("Happy birthday dear"),
        note=canaries.word("Ring twice at"),
        name_norm=canaries.word("receiver"),
        status=OrderStatus.COMPLETED,
    )
    order.refresh_from_db()
    OrderHold.objects.create(
        order=order,
        kind="manual",
        note=canaries.word("Called"),
        placed_at=NOW,
        placed_by="user:1",
        released_at=NOW,
        released_by="user:1",
        release_reason="done",
    )
    parcel = shipping.make_labelled(
        owner_key=f"shipment:{order.shipments.get().pk}",
        order_key=order.key,
        order_number=order.number,
        warehouse_code=place.code,
        ship_to=shipping.Party(
            name=order.ship_name, line1=order.ship_line1, city=order.ship_city, country="US"
        ),
    )
    TrackingEvent.objects.create(
        parcel=parcel,
        source_event_id="1",
        status="delivered",
        text=canaries.word("Left with neighbour"),
        place=canaries.word("Door of"),
        at=NOW,
        received_at=NOW,
    )
    draft = portal.TrackedOrderDraft(
        order.key, order.number, email=order.email, first_name=canaries.word("First")
    )
    portal.publish_orders([draft], at=NOW)
    links.issue(order.key, at=NOW)
    request = returned.request(order, note=canaries.word("It smells of"))
    ReturnRequest.objects.filter(pk=request.pk).update(
        note=canaries.word("Please hurry"), status="cancelled"
    )
    photo = files.store(b"\x89PNG" + canaries.word("exif").encode(), "photo.png", "return_photo")
    ReturnPhoto.objects.create(request=request, file=photo, by="customer", taken_at=NOW)
    return order


def make_quotes(canaries: Canaries, customer: Customer, order: Order) -> None:
    """Let everything else that may quote a person quote this one."""
    boss = make_user(role="admin", username="quoting", email="quoting@example.com")
    phone, name, email = customer.phone, customer.name, customer.email
    mail.queue(
        to=email,
        template="shipping/tracking_link",
        language="en",
        context={"order_number": order.number, "token": canaries.word("token for") + email},
        target=order.key,
        dedupe_key=f"hello:{email}",
    )
    job = enqueue("core.purge", args={"who": f"asked by {name}"}, title=f"For {name}")
    Job.objects.filter(pk=job.pk).update(result={"row": email}, error=f"bad phone {phone}")
    events.publish("orders.held", target=order.key, at=NOW, why=f"call {phone}")
    told = notices.NoticeDraft(
        kind="test", text=f"{name} called", data={"from": email}, target=order.key, at=NOW
    )
    notices.notify([boss.pk], told)
    audit.record(
        actor=DESK,
        action="orders.edited",
        target=order.key,
        before={"address": f"{order.ship_line1} / {order.ship_city}"},
        after={"address": order.ship_line2},
        reason=f"{name} moved to {order.ship_city}",
        at=NOW,
    )
    audit.record(actor=DESK, action="core.noted", target="user:5", reason=f"see {email}", at=NOW)
    IdempotencyKey.objects.create(
        scope="api",
        key="k1",
        fingerprint="f",
        state="done",
        holder="h",
        lease_until=NOW,
        status_code=200,
        body=f'{{"email": "{email}"}}'.encode(),
        created_at=NOW,
        expires_at=NOW + dt.timedelta(days=1),
    )
    source = files.store(f"name,email\n{name},{email}\n".encode(), "people.csv", "import")
    batch = ImportBatch.objects.create(
        kind="customers", file=source, file_name="people.csv", created_at=NOW
    )
    ImportRow.objects.create(batch=batch, line=2, key=email, diff={"name": ["", name]})
    ImportIssue.objects.create(
        batch=batch, line=2, field="phone", value=phone, code="X", message=f"{phone}?", fix="f"
    )
    ImportChange.objects.create(
        batch=batch, model="customers.Customer", object_id=1, label=name, after={"phone": phone}
    )
    SetAsideLine.objects.create(batch_id=1, source_row=1, reason="X", raw={"mail": email.upper()})
    DeskState.objects.create(task_key="t:1", state={"to": name}, updated_at=NOW)
    export = files.store(f"to\n{order.ship_name}\n".encode(), "orders.csv", "export")
    job.files.add(export)
    slip = files.store(
        f"%PDF {order.ship_name}".encode(),
        f"packing_slip-shipment-{order.shipments.get().pk}.pdf",
        "document",
        content_type="application/pdf",
    )
    assert slip.pk


def seal_yesterday() -> None:
    """Let the entries so far stand in a sealed day."""
    with transaction.atomic(), lifted("core_auditentry"):
        AuditEntry.objects.update(recorded_at=NOW - dt.timedelta(days=2))
    audit.seal_due(NOW)


def forget(customer: Customer, account: PortalAccount | None = None) -> PrivacyRequest:
    wish = Wish("erasure", "desk", customer.pk, account.pk if account else None)
    row = privacy.ask(wish, actor=DESK, at=NOW)
    privacy.approve(row.pk, actor=BOSS, at=NOW)
    return privacy.run_erasure(row.pk, actor=SYSTEM, at=NOW)


@pytest.mark.django_db
def test_rel_g_02_forty_planted_values_are_gone_and_the_books_balance(canaries, caplog, tmp_path):
    caplog.set_level(logging.DEBUG)
    customer = make_person(canaries)
    order = make_trade(canaries, customer)
    make_quotes(canaries, customer, order)
    while len(canaries.words) < 40:
        audit.record(actor=DESK, action="a.b", target=order.key, reason=customer.name, at=NOW)
        CustomerAddress.objects.create(customer=customer, line1=canaries.word("Former Lane"))
    seal_yesterday()
    planted = found_in_database(canaries.words) | found_in_files(tmp_path, canaries.words)
    kept = Order.objects.values_list("number", "total_amount", "paid_amount", "ship_country").get(
        pk=order.pk
    )
    other = people.make_customer(name="Ada Brook", email="ada@example.org")

    done = forget(customer, PortalAccount.objects.get())

    assert sorted(planted) == sorted(canaries.words), "a canary was never planted"
    assert found_in_database(canaries.words) == {}
    assert found_in_files(tmp_path, canaries.words) == {}
    assert [word for word in canaries.words if word in caplog.text] == []
    assert done.state == "done"
    assert done.leftovers == []
    customer.refresh_from_db()
    assert (customer.anonymised_at, customer.name, customer.country) == (NOW, "", "GB")
    assert (
        Order.objects.values_list("number", "total_amount", "paid_amount", "ship_country").get(
            pk=order.pk
        )
        == kept
    )
    other.refresh_from_db()
    assert (other.name, other.email) == ("Ada Brook", "ada@example.org")
    assert_books_balance()
    assert audit.verify() == []
    assert AuditReseal.objects.count() == 1
    assert is_guarded("core_auditentry")
    for stored in StoredFile.objects.all():
        assert files.read(stored)


@pytest.mark.django_db
def test_j10_a_restored_backup_is_erased_again_from_the_list(canaries, settings, tmp_path):
    customer = make_person(canaries)
    email, name = customer.email, customer.name
    row = forget(customer)
    Customer.objects.filter(pk=customer.pk).update(
        name=name, email=email, email_norm=email, anonymised_at=None
    )
    listed = settings.ERASURE_LIST.read_text()
    at = NOW + dt.timedelta(days=1)

    again = privacy.replay(actor=SYSTEM, at=at)
    nothing = privacy.replay(actor=SYSTEM, at=at)

    assert [stone.request for stone in tombstones.read()] == [row.number]
    assert email not in listed
    assert name not in listed
    assert (again, nothing) == (1, 0)
    assert found_in_database([email, name]) == {}


@pytest.mark.django_db
def test_a_crash_between_rows_and_files_is_finished_by_the_next_run(
    canaries, monkeypatch, settings
):
    customer = make_person(canaries)
    stored = files.store(f"to {customer.name}".encode(), "list.csv", "export")
    path = Path(settings.MEDIA_ROOT) / stored.path
    row = privacy.ask(Wish("erasure", "desk", customer.pk), actor=DESK, at=NOW)
    privacy.approve(row.pk, actor=BOSS, at=NOW)
    with monkeypatch.context() as broken:
        broken.setattr(tombstones, "add", _fails)
        broken.setattr(privacy, "add", _fails)
        with pytest.raises(OSError, match="disk"):
            privacy.run_erasure(row.pk, actor=SYSTEM, at=NOW)
    left = path.exists()

    done = privacy.run_erasure(row.pk, actor=SYSTEM, at=NOW)

    assert left
    assert not path.exists()
    assert (done.state, done.leftovers) == ("done", [])
    assert len(tombstones.read()) == 1
    assert privacy.run_erasure(row.pk, actor=SYSTEM, at=NOW).pk == row.pk


def _fails(*_args, **_more):
    raise OSError("disk full")


@pytest.mark.django_db
def test_a_word_that_somebody_else_carries_too_is_cut_from_own_rows_only(canaries):
    gone = people.make_customer(name="Li Xiaolong", email="gone@nest.example")
    kept = people.make_customer(name="Li Xiaolong", email="kept@nest.example")
    for one in (gone, kept):
        audit.record(
            actor=DESK,
            action="customers.noted",
            target=f"customer:{one.pk}",
            reason="Li Xiaolong called",
            at=NOW,
        )

    forget(gone)

    kept.refresh_from_db()
    assert kept.name == "Li Xiaolong"
    reasons = AuditEntry.objects.filter(action="customers.noted").order_by("pk")
    assert list(reasons.values_list("reason", flat=True)) == ["••• called", "Li Xiaolong called"]


@pytest.mark.django_db
def test_rel_s13_a_change_of_an_entry_after_an_erasure_is_still_seen(canaries):
    customer = make_person(canaries)
    audit.record(actor=DESK, action="a.b", target="user:5", reason=f"see {customer.email}", at=NOW)
    seal_yesterday()
    forget(customer)
    sound = audit.verify()
    with transaction.atomic(), lifted("core_auditentry"):
        AuditEntry.objects.filter(action="a.b").update(reason="nothing to see")

    assert sound == []
    assert [breach.what for breach in audit.verify()] == ["an entry or the seal was changed"]
