"""The print queue: once per key, sent once, redirected, reprinted with a reason."""

from __future__ import annotations

import contextlib
import datetime as dt
import socket
import threading
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from core import files
from core.actors import SYSTEM
from core.errors import NotFound
from core.models import AuditEntry, Job
from core.models.documents import StoredFile
from core.services import rates
from fulfillment import tasks
from fulfillment.models import Carton, Printer, PrintJob, StationPrinter
from fulfillment.services import pack_papers, print_routes, print_sending, printing
from fulfillment.services.print_routes import PrinterDraft
from inventory.models import Sku
from orders.models import Shipment
from shipping.models import Label
from tests.factories import fulfillment as floor
from tests.factories import orders as make

pytestmark = pytest.mark.django_db
NOW = floor.NOW
LATER = NOW + dt.timedelta(minutes=1)


@pytest.fixture
def station():
    make.channel()
    place = make.warehouse()
    make.put(make.sku("TEA"), place, 10)
    return floor.with_printers(floor.station(place))


class PaperPrinter:
    """A printer on a free port of this machine: keeps what each connection sent."""

    def __init__(self, served: int) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.taken: list[bytes] = []
        self.served = served
        self.thread = threading.Thread(target=self._serve)

    def _serve(self) -> None:
        for _ in range(self.served):
            line, _address = self.listener.accept()
            with line:
                taken = b""
                while part := line.recv(65_536):
                    taken += part
                self.taken.append(taken)


@contextlib.contextmanager
def paper_printer(served: int = 1) -> Iterator[PaperPrinter]:
    printer = PaperPrinter(served)
    printer.thread.start()
    try:
        yield printer
        printer.thread.join(5)
    finally:
        printer.listener.close()


def on_network(station, port: int) -> Printer:
    Printer.objects.filter(media="small_label").update(
        mode="network_zpl", address=f"127.0.0.1:{port}"
    )
    return Printer.objects.get(media="small_label")


def ask(station, kind="bin_label", key=None, copies=1) -> PrintJob:
    return printing.print_document(
        kind,
        key or f"bin:{station.bin_id}",
        station_code=station.code,
        copies=copies,
        actor=SYSTEM,
        at=NOW,
    )


def test_a_network_printer_gets_the_zpl_once_for_each_copy(station):
    with paper_printer() as paper:
        printer = on_network(station, paper.port)
        job = ask(station, copies=2)
        waiting = Job.objects.get(name="fulfillment.print")

        state = print_sending.send(job.pk, now=LATER)
        again = print_sending.send(job.pk, now=LATER)

    job.refresh_from_db()
    printer.refresh_from_db()
    assert (waiting.args, waiting.queue) == ({"print_job": job.pk}, "interactive")
    assert (state, again, job.state, job.sent_at) == ("sent", "sent", "sent", LATER)
    assert paper.taken == [files.read(job.document) * 2]
    assert b"PACK-1" in paper.taken[0]
    assert (printer.state, printer.last_seen_at, printer.problem) == ("ready", LATER, "")


def test_a_printer_that_takes_no_connection_leaves_the_job_waiting_until_it_gives_up(station):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    printer = on_network(station, port)
    job = ask(station)

    for attempt in range(1, print_sending.MOST_ATTEMPTS):
        with pytest.raises(print_sending.PrinterUnreachable):
            print_sending.send(job.pk, now=LATER)
        job.refresh_from_db()
        assert (job.state, job.attempts, job.sent_at) == ("queued", attempt, None)
    assert print_sending.send(job.pk, now=LATER) == "failed"

    job.refresh_from_db()
    printer.refresh_from_db()
    assert (job.state, job.attempts, job.settled_at) == ("failed", 5, LATER)
    assert printer.state == "offline"
    assert str(port) in printer.problem
    assert printing.retry(job.pk, actor=SYSTEM, at=LATER).state == "queued"


def test_a_printer_that_breaks_half_way_fails_the_job_for_a_person_to_look(station, monkeypatch):
    def broken(_job, _content):
        raise print_sending.PrinterBroke("10.0.0.9:9100: reset")

    on_network(station, 9100)
    job = ask(station)
    monkeypatch.setattr(print_sending, "_deliver", broken)

    assert print_sending.send(job.pk, now=LATER) == "failed"

    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", "10.0.0.9:9100: reset")


def test_a_file_printer_writes_the_pdf_and_the_job_is_printed(station):
    job = ask(station)

    assert print_sending.send(job.pk, now=LATER) == "printed"

    written = settings.DATA_DIR / "printers" / "test" / f"{job.pk}-bin_label-1.pdf"
    job.refresh_from_db()
    assert written.read_bytes() == files.read(job.document)
    assert job.settled_at == LATER


def test_what_can_t_be_drawn_fails_with_the_reason_and_prints_nothing(station):
    order = make.place_one(make.line("TEA"), ship_to=make.address("CA"))
    floor.pick_all(floor.release(order))
    carton = floor.pack_all(list(Shipment.objects.filter(order=order)))[0]
    Sku.objects.update(hs_code="")
    job = ask(station, "cn22", f"carton:{carton.pk}")

    assert print_sending.send(job.pk, now=LATER) == "failed"

    job.refresh_from_db()
    assert job.error.startswith("Customs data are missing: TEA (HS code)")
    assert StoredFile.objects.filter(kind="document").count() == 0


def test_a_closed_box_prints_its_papers_and_its_label_once(station):
    order = make.place_one(
        make.line("TEA"), ship_to=make.address("CA"), is_gift=True, gift_message="For you"
    )
    floor.pick_all(floor.release(order))
    carton = floor.pack_all(list(Shipment.objects.filter(order=order)))[0]

    for _ in range(2):
        pack_papers.print_for_box(carton.pk, actor=SYSTEM, at=NOW)
        pack_papers.print_label(carton.parcel_id, actor=SYSTEM, at=NOW)

    jobs = PrintJob.objects.order_by("pk")
    key, parcel = f"carton:{carton.pk}", f"parcel:{carton.parcel_id}"
    assert list(jobs.values_list("kind", "key", "media")) == [
        ("gift_slip", key, "paper"),
        ("gift_card", key, "label"),
        ("commercial_invoice", key, "paper"),
        ("cn22", key, "label"),
        ("shipping_label", parcel, "label"),
    ]
    assert print_sending.send(jobs.last().pk, now=LATER) == "printed"
    assert jobs.last().document == Label.objects.get().pdf


def rate(currency: str, worth: str, on: dt.date) -> None:
    rates.put_rate(rates.RateDraft(currency, on, Decimal(worth)), actor=SYSTEM, at=NOW)


def test_the_small_customs_form_ends_at_300_sdr_of_the_day_the_box_is_closed(station):
    order = make.place_one(make.line("TEA", price="404.34"), ship_to=make.address("CA"))
    floor.pick_all(floor.release(order))
    carton = floor.pack_all(list(Shipment.objects.filter(order=order)))[0]
    day = NOW.date()
    paper = {}

    paper["no rates: 390 USD"] = pack_papers.kinds_for(carton)[-1]
    rate("XDR", "1.3478", day)
    paper["404.34 USD"] = pack_papers.kinds_for(carton)[-1]
    rate("XDR", "1.3477", day)
    paper["404.31 USD"] = pack_papers.kinds_for(carton)[-1]
    rate("XDR", "5", day + dt.timedelta(days=1))
    paper["tomorrow's rate"] = pack_papers.kinds_for(carton)[-1]

    assert paper == {
        "no rates: 390 USD": "cn23",
        "404.34 USD": "cn22",
        "404.31 USD": "cn23",
        "tomorrow's rate": "cn23",
    }
    assert pack_papers.cn22_limit("EUR", day) == Decimal(330)
    rate("EUR", "1.08", day)
    assert pack_papers.cn22_limit("EUR", day) == Decimal("374.36")
    assert pack_papers.cn22_limit("JPY", day) is None
    Carton.objects.filter(pk=carton.pk).update(weight_g=2_001)
    rate("XDR", "5", day)
    assert pack_papers.kinds_for(carton)[-1] == "cn22"
    carton.refresh_from_db()
    assert pack_papers.kinds_for(carton)[-1] == "cn23"


def test_papers_follow_the_events_of_packing_and_of_the_label(station):
    order = make.place_one(make.line("TEA"))
    floor.pick_all(floor.release(order))
    carton = floor.pack_all(list(Shipment.objects.filter(order=order)))[0]
    facts = [type("Fact", (), {"payload": {"parcel_id": carton.parcel_id}})]

    for _ in range(2):
        tasks.print_papers(facts)
        tasks.print_labels(facts)

    assert sorted(PrintJob.objects.values_list("kind", flat=True)) == [
        "packing_slip",
        "shipping_label",
    ]
    StationPrinter.objects.all().delete()
    assert pack_papers.at_printers([carton.parcel_id]) == []


def test_a_reprint_needs_a_reason_gives_the_same_bytes_and_is_audited(station):
    order = make.place_one(make.line("TEA"))
    floor.pick_all(floor.release(order))
    carton = floor.pack_all(list(Shipment.objects.filter(order=order)))[0]
    first = ask(station, "packing_slip", f"carton:{carton.pk}")
    print_sending.send(first.pk, now=NOW)

    with pytest.raises(printing.ReasonMissing):
        printing.reprint(first.pk, reason=" ", actor=SYSTEM, at=LATER)
    second = printing.reprint(first.pk, reason="Paper jam", actor=SYSTEM, at=LATER)

    first.refresh_from_db()
    assert (second.reprint_of, second.reason, second.document) == (
        first,
        "Paper jam",
        first.document,
    )
    assert AuditEntry.objects.filter(action="fulfillment.reprinted", reason="Paper jam").exists()
    assert ask(station, "packing_slip", f"carton:{carton.pk}") == first


def test_a_second_first_print_of_one_key_is_refused_by_the_database(station):
    job = PrintJob(
        station=station,
        kind="cn22",
        key="carton:1",
        language="en",
        media="label",
        is_once=True,
        asked_by="system",
        asked_at=NOW,
    )
    job.save()
    job.pk = None
    job._state.adding = True

    with pytest.raises(IntegrityError, match=r"printjob_once_per_key|kind"), transaction.atomic():
        job.save(force_insert=True)


def test_a_job_goes_to_another_printer_of_the_same_size_only(station):
    place = station.warehouse
    spare = print_routes.save_printer(
        PrinterDraft("SPARE", "Spare", place.pk, "network_zpl", "small_label", "10.0.0.9:9100"),
        actor=SYSTEM,
        at=NOW,
    )
    job = ask(station)
    paper = Printer.objects.get(media="paper")

    with pytest.raises(printing.WrongMedia):
        printing.redirect(job.pk, printer_id=paper.pk, actor=SYSTEM, at=LATER)
    moved = printing.redirect(job.pk, printer_id=spare.pk, actor=SYSTEM, at=LATER)
    with pytest.raises(printing.JobSettled):
        printing.redirect(job.pk, printer_id=spare.pk, actor=SYSTEM, at=LATER)

    job.refresh_from_db()
    assert (job.state, moved.printer, moved.state, moved.reprint_of) == (
        "redirected",
        spare,
        "queued",
        job,
    )
    assert print_sending.send(job.pk, now=LATER) == "redirected"


def test_without_a_printer_the_job_waits_and_nothing_is_sent(station):
    StationPrinter.objects.all().delete()

    job = ask(station)

    assert (job.printer, job.state, print_sending.send(job.pk, now=NOW)) == (None, "queued", "left")
    assert not Job.objects.filter(name="fulfillment.print").exists()
    with pytest.raises(NotFound):
        printing.print_document(
            "poem", "bin:1", station_code=station.code, copies=1, actor=SYSTEM, at=NOW
        )


@pytest.mark.parametrize(
    ("mode", "media", "address"),
    [
        ("network_zpl", "label", "10.0.0.9:22"),
        ("network_zpl", "label", "http://x:9100"),
        ("network_zpl", "label", ""),
        ("file", "label", "../etc"),
        ("network_zpl", "paper", "10.0.0.9:9100"),
    ],
)
def test_a_printer_is_reached_where_printers_are(station, mode, media, address):
    draft = PrinterDraft("X", "X", station.warehouse_id, mode, media, address)

    with pytest.raises((print_routes.PrinterAddressRefused, print_routes.PrinterMediaRefused)):
        print_routes.save_printer(draft, actor=SYSTEM, at=NOW)


def test_the_test_page_of_each_size_prints(station):
    for printer in Printer.objects.order_by("pk"):
        job = printing.test_page(printer.pk, station_code=station.code, actor=SYSTEM, at=NOW)
        assert print_sending.send(job.pk, now=LATER) == "printed"
