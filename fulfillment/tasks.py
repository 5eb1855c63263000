"""What the floor does when orders or shipping tell it something."""

from __future__ import annotations

from collections.abc import Sequence

from core import clock
from core.actors import SYSTEM
from core.events import EventFact
from core.jobs import JobRun
from fulfillment.services import (
    pack_papers,
    pack_planning,
    print_sending,
    put_backs,
    rule_trials,
    shorts,
    wave_rules,
)


def recall_shipments(facts: Sequence[EventFact]) -> None:
    """Make the put-back tasks of shipments that were recalled. Repeatable."""
    put_backs.lock_together({int(fact.payload["shipment_id"]) for fact in facts})
    for fact in facts:
        put_backs.recall(
            shipment_id=int(fact.payload["shipment_id"]),
            reason=str(fact.payload.get("reason", "RECALLED"))[:24],
            actor=SYSTEM,
            at=clock.now(),
        )


def close_decisions(facts: Sequence[EventFact]) -> None:
    """End the decisions about short picks that a person took on the order's page. Repeatable."""
    for fact in facts:
        shorts.close_decided(
            shipment_line_id=int(fact.payload["shipment_line_id"]),
            choice=str(fact.payload["choice"]),
            actor=SYSTEM,
            at=clock.now(),
        )


def close_substituted(facts: Sequence[EventFact]) -> None:
    """End the decisions about short picks that a substitute has answered. Repeatable."""
    for fact in facts:
        order_id = int(fact.payload["order_id"])
        shorts.close_substituted(order_id=order_id, actor=SYSTEM, at=clock.now())


def drop_decisions(facts: Sequence[EventFact]) -> None:
    """End the decisions about short picks of cancelled orders. Repeatable."""
    for fact in facts:
        shorts.close_cancelled(order_id=int(fact.payload["order_id"]), actor=SYSTEM, at=clock.now())


def print_papers(facts: Sequence[EventFact]) -> None:
    """Ask for the slips and customs papers of boxes that were closed. Repeatable."""
    parcels = [int(fact.payload["parcel_id"]) for fact in facts]
    for carton_id, _parcel_id in pack_papers.at_printers(parcels):
        pack_papers.print_for_box(carton_id, actor=SYSTEM, at=clock.now())


def print_labels(facts: Sequence[EventFact]) -> None:
    """Ask for the carrier labels that arrived at the stations that wait for them. Repeatable."""
    parcels = [int(fact.payload["parcel_id"]) for fact in facts]
    for _carton_id, parcel_id in pack_papers.at_printers(parcels):
        pack_papers.print_label(parcel_id, actor=SYSTEM, at=clock.now())


def send_print(job: JobRun, *, print_job: int, **_newer: object) -> dict[str, str]:
    """Bring one print job to its printer.

    Raises:
        PrinterUnreachable: the printer took nothing, so that the job runs again later.
    """
    return {"state": print_sending.send(print_job, now=job.now)}


def try_rule(job: JobRun, *, trial_id: int, **_newer: object) -> dict[str, int]:
    """Run a rule version over the last orders and compare with what is live; writes no parcel."""
    trial = rule_trials.run(trial_id, at=job.now, progress=job.progress)
    return {"parcels": trial.result["parcels"], "changed": trial.result["changed"]}


def plan_carton(job: JobRun, *, carton_id: int, **_newer: object) -> dict[str, str]:
    """Take a full look at the packing of one open carton."""
    return {"state": pack_planning.plan_fully(carton_id, at=job.now)}


def release_waves(job: JobRun, **_newer: object) -> dict[str, int]:
    """Release waves by the rules that the clock may release. Each shipment goes once."""
    return wave_rules.run_automatic(actor=SYSTEM, at=job.now).as_dict()
