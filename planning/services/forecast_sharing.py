"""Show each supplier what demand to expect for its own products, every week (B-17, B-18)."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse

from core import audit, mail
from core.actors import SYSTEM, Actor
from core.errors import DomainError, gettext_noop
from core.mail import MailFile
from core.notices import NoticeDraft, notify_role
from planning.domain import shared_forecast
from planning.domain.shared_forecast import HORIZON_WEEKS, OFF, UNITS
from planning.models import Forecast, ForecastRun, ForecastShare, ForecastShareEvent
from planning.queries import forecasts as reads
from planning.queries.shared_forecasts import Way, suppliers_to_share, ways_of
from planning.services.sharing_errors import (
    AlreadyAcknowledged,
    AlreadyShared,
    NoForecastThisWeek,
    NothingToShare,
    SharingIsOff,
)
from suppliers.models import Supplier, SupplierContact, SupplierSku
from suppliers.services import supplier_links

WEEK = dt.timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Shared:
    """What a weekly run did: suppliers that got a forecast, had it already, have nothing in it."""

    shared: int
    known: int
    empty: int


def monday_of(now: dt.datetime) -> dt.date:
    """Return the Monday (UTC) of the week that runs."""
    today = now.astimezone(dt.UTC).date()
    return today - dt.timedelta(days=today.weekday())


def share_week(*, now: dt.datetime, progress: Callable[[int, int], None] | None = None) -> Shared:
    """Show every supplier that is due its forecast of this week. Repeatable.

    Each supplier is a transaction of its own. One without goods in the forecast is counted, and
    without any forecast of this week the planners are told.

    Raises:
        NoForecastThisWeek: no run begins with this week.
    """
    week_on = monday_of(now)
    run = _run_of(week_on, now)
    due = suppliers_to_share(today=now.astimezone(dt.UTC).date())
    known = set(ForecastShare.objects.filter(week_on=week_on).values_list("supplier", flat=True))
    counts = {"shared": 0, "known": 0, "empty": 0}
    expected = _expected(run, now) if due else {}
    for done, (supplier, way) in enumerate(due, start=1):
        if supplier.pk in known:
            counts["known"] += 1
        else:
            counts[_shared_or_empty(supplier, way, run, expected, now)] += 1
        if progress is not None:
            progress(done, len(due))
    return Shared(**counts)


def _shared_or_empty(
    supplier: Supplier,
    way: Way,
    run: ForecastRun,
    expected: Mapping[int, list[float]],
    now: dt.datetime,
) -> str:
    try:
        _write(supplier, way, (run, expected), actor=SYSTEM, now=now)
    except NothingToShare:
        return "empty"
    except AlreadyShared:
        return "known"
    return "shared"


def share(supplier_id: int, *, actor: Actor, now: dt.datetime) -> ForecastShare:
    """Show one supplier its forecast of this week now.

    Raises:
        NoForecastThisWeek, SharingIsOff, NothingToShare: there is nothing to show.
        AlreadyShared: it has it; what was shown is never changed.
    """
    supplier = Supplier.objects.active().get(pk=supplier_id)
    way = ways_of([supplier.pk], today=now.astimezone(dt.UTC).date())[supplier.pk]
    if way.way == OFF:
        raise SharingIsOff(supplier=supplier.name)
    run = _run_of(monday_of(now), now)
    goods = SupplierSku.objects.active().filter(supplier=supplier)
    ids = set(goods.values_list("sku_id", flat=True))
    expected = _expected(run, now, ids)
    return _write(supplier, way, (run, expected), actor=actor, now=now)


def _run_of(week_on: dt.date, now: dt.datetime) -> ForecastRun:
    run = reads.runs().filter(from_on=week_on, created_at__lte=now).first()
    if run is None:
        raise NoForecastThisWeek(week=week_on.isoformat())
    return run


def _expected(
    run: ForecastRun, now: dt.datetime, sku_ids: Collection[int] | None = None
) -> dict[int, list[float]]:
    """Return units by week of each SKU over all warehouses, overrides of people included."""
    rows = Forecast.objects.filter(run=run, channel=None).select_related("run").order_by("pk")
    if sku_ids is not None:
        rows = rows.filter(sku__in=sku_ids)
    today = now.astimezone(dt.UTC).date()
    sums: dict[int, list[float]] = {}
    for (sku_id, _warehouse), weekly in reads.effective(list(rows), today=today).items():
        have = sums.setdefault(sku_id, [0.0] * len(weekly))
        sums[sku_id] = [have[week] + qty for week, qty in enumerate(weekly)]
    return sums


def tell_that_nothing_was_shared(error: DomainError, *, now: dt.datetime) -> int:
    """Tell the planners why suppliers got no forecast this week; return how many. Repeatable."""
    draft = NoticeDraft(
        kind="forecast_not_shared",
        text=gettext_noop(
            "No supplier got a forecast for the week of %(week)s: there is no run from this week."
        ),
        at=now,
        data={"week": str(error.data["week"])},
        url=reverse("forecast-shares-index"),
        dedupe_key=f"forecast_not_shared:{error.data['week']}",
    )
    return notify_role("planner", draft)


def _write(
    supplier: Supplier,
    way: Way,
    source: tuple[ForecastRun, Mapping[int, list[float]]],
    *,
    actor: Actor,
    now: dt.datetime,
) -> ForecastShare:
    run, expected = source
    content = _content(supplier, way, run, expected)
    if not content["lines"]:
        raise NothingToShare(supplier=supplier.name, week=run.from_on.isoformat())
    taken = AlreadyShared(
        supplier=supplier.name,
        week=run.from_on.isoformat(),
        next=(run.from_on + WEEK).isoformat(),
    )
    if ForecastShare.objects.filter(supplier=supplier, week_on=run.from_on).exists():
        raise taken
    try:
        with transaction.atomic():
            return _stored(supplier, way, (run, content), actor=actor, now=now)
    except IntegrityError as error:
        if ForecastShare.objects.filter(supplier=supplier, week_on=run.from_on).exists():
            raise taken from error
        raise


def _content(
    supplier: Supplier, way: Way, run: ForecastRun, expected: Mapping[int, list[float]]
) -> dict[str, Any]:
    """Return every code and figure the supplier will see: its own goods and nothing else."""
    count = min(HORIZON_WEEKS, run.horizon_weeks)
    goods = SupplierSku.objects.active().filter(supplier=supplier, sku__archived=False)
    lines = [
        {
            "code": row.sku.code,
            "supplier_code": row.supplier_code,
            "name": row.sku.name,
            "name_zh": row.sku.name_zh,
            "values": shared_forecast.shown(
                expected[row.sku_id][:count], way.way, way.rounding_qty
            ),
        }
        for row in goods.select_related("sku").order_by("sku__code")
        if row.sku_id in expected
    ]
    mondays = [(run.from_on + WEEK * week).isoformat() for week in range(count)]
    return {"way": way.way, "weeks": mondays, "lines": lines}


def _stored(
    supplier: Supplier,
    way: Way,
    source: tuple[ForecastRun, dict[str, Any]],
    *,
    actor: Actor,
    now: dt.datetime,
) -> ForecastShare:
    run, content = source
    file = shared_forecast.file_of(content)
    row = ForecastShare.objects.create(
        supplier=supplier,
        week_on=run.from_on,
        run=run,
        way=way.way,
        rounding_qty=way.rounding_qty if way.way == UNITS else None,
        horizon_weeks=len(content["weeks"]),
        sku_count=len(content["lines"]),
        content=content,
        file_hash=hashlib.sha256(file).hexdigest(),
        author_key=actor.key,
        created_at=now,
    )
    mailed = _mail(row, actor=actor, now=now)
    audit.record(
        actor=actor,
        action="planning.forecast_shared",
        target=f"forecast_share:{row.pk}",
        at=now,
        after={
            "supplier": supplier.code,
            "week": row.week_on.isoformat(),
            "way": row.way,
            "skus": row.sku_count,
            "file": row.file_hash,
            "mails": mailed,
        },
    )
    return row


def _mail(row: ForecastShare, *, actor: Actor, now: dt.datetime) -> int:
    contacts = list(
        SupplierContact.objects.active()
        .filter(supplier_id=row.supplier_id)
        .exclude(email="")
        .order_by("pk")
    )
    for contact in contacts:
        token = supplier_links.issue(row.supplier, actor=actor, at=now, language=contact.language)
        mail.queue(
            to=contact.email,
            template="planning/forecast_shared",
            language=contact.language,
            context={
                "contact": contact.name,
                "week": row.week_on.isoformat(),
                "weeks": row.horizon_weeks,
                "skus": row.sku_count,
                "token": token,
            },
            target=f"forecast_share:{row.pk}",
            dedupe_key=f"forecast_share:{row.pk}:{contact.pk}",
            attachment=f"forecast_share:{row.pk}",
        )
        note(row, ForecastShareEvent.Kind.MAILED, f"contact:{contact.pk}", at=now)
    return len(contacts)


def note(row: ForecastShare, kind: str, who_key: str, *, at: dt.datetime) -> None:
    """Write into the log who got a share and how, the first time only. Repeatable."""
    ForecastShareEvent.objects.bulk_create(
        [ForecastShareEvent(share=row, kind=kind, who_key=who_key, at=at)], ignore_conflicts=True
    )


@transaction.atomic
def acknowledge(share_id: int, *, name: str, actor: Actor, at: dt.datetime) -> ForecastShare:
    """Write down who at the supplier acknowledged a forecast; the planners are told.

    A conditional UPDATE lets only one win.

    Raises:
        AlreadyAcknowledged: somebody did before.
    """
    rows = ForecastShare.objects.filter(pk=share_id)
    won = rows.filter(acknowledged_at=None).update(acknowledged_at=at, acknowledged_name=name)
    row = rows.select_related("supplier").get()
    if not won:
        raise AlreadyAcknowledged(name=row.acknowledged_name)
    note(row, ForecastShareEvent.Kind.ACKNOWLEDGED, actor.key, at=at)
    audit.record(
        actor=actor,
        action="planning.forecast_acknowledged",
        target=f"forecast_share:{row.pk}",
        at=at,
        after={"week": row.week_on.isoformat()},
    )
    draft = NoticeDraft(
        kind="forecast_acknowledged",
        text=gettext_noop("%(supplier)s acknowledged the forecast of the week of %(week)s."),
        at=at,
        data={"supplier": row.supplier.name, "week": row.week_on.isoformat()},
        target=f"forecast_share:{row.pk}",
        url=reverse("forecast-share", args=[row.pk]),
        dedupe_key=f"forecast_acknowledged:{row.pk}",
    )
    notify_role("planner", draft)
    return row


def mail_file(key: str, language: str) -> MailFile:
    """Return the file of a share (`forecast_share:5`) for a mail; the same in every language."""
    row = ForecastShare.objects.get(pk=int(key.partition(":")[2]))
    return MailFile(file_name(row), "text/csv", shared_forecast.file_of(row.content))


def file_name(row: ForecastShare) -> str:
    """Return what the file of a share is called."""
    return f"forecast-{row.week_on.isoformat()}.csv"
