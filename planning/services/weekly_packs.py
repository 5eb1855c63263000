"""The pack of the weekly meeting: three deviations, their causes, and what people decide (B-60)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal

from django.db import transaction
from django.urls import reverse
from django.utils import translation

from core import audit, mail, settings_store
from core.actors import Actor
from core.errors import InputRefused, StaleVersion, gettext_noop
from core.models import User
from core.notices import NoticeDraft, notify
from core.permissions import principal_for_user
from core.setting_defaults import BASE_CURRENCY
from planning.domain.deviations import Evidence, Outcome, cause_of, largest, totals
from planning.models import ForecastRun, PackItem, WeeklyPack
from planning.models.weekly_packs import MOST_ITEMS
from planning.queries.week_outcomes import evidence_of, week_outcomes

WEEK = dt.timedelta(weeks=1)
CENT = Decimal("0.01")
EXACT = Decimal("0.0001")


class OwnerCannotPlan(InputRefused):
    """The person chosen may not see the planning pages or the warehouse."""

    code = "OWNER_CANNOT_PLAN"
    text = gettext_noop("%(name)s may not see planning for %(warehouse)s. Choose somebody who may.")


@dataclass(frozen=True, slots=True)
class DecisionEntry:
    """What the meeting decided about one deviation; `version` is the one that was read."""

    decision: str
    reason: str
    owner_id: int
    version: int


def build(*, now: dt.datetime) -> WeeklyPack:
    """Return the pack of this Monday's meeting, about the week before; made once. Repeatable.

    Writes it with its items in one transaction and tells those who change planning rules. A week
    nobody had forecast makes a pack without items.
    """
    today = now.astimezone(dt.UTC).date()
    monday = today - dt.timedelta(days=today.weekday())
    known = WeeklyPack.objects.filter(week_on=monday).first()
    if known is not None:
        return known
    outcomes = week_outcomes(monday - WEEK)
    chosen = largest(outcomes, MOST_ITEMS)
    evidence = evidence_of([one.pair for one in chosen], monday - WEEK)
    planners = list(User.objects.holding("planning.manage").order_by("pk"))
    with transaction.atomic():
        pack, is_new = WeeklyPack.objects.get_or_create(
            week_on=monday,
            defaults={
                "run": ForecastRun.objects.filter(from_on__lt=monday)
                .order_by("-from_on", "-created_at", "-pk")
                .first(),
                "currency": str(settings_store.get(BASE_CURRENCY)),
                "figures": asdict(totals(outcomes)),
                "created_at": now,
            },
        )
        if is_new:
            _write_items(pack, chosen, evidence, planners)
            _tell(pack, planners, now)
    return pack


def _write_items(
    pack: WeeklyPack,
    chosen: Sequence[Outcome],
    evidence: Mapping[tuple[int, int], Evidence],
    planners: Sequence[User],
) -> None:
    rows = []
    for position, one in enumerate(chosen, start=1):
        cause, terms = cause_of(one, evidence[one.pair])
        rows.append(
            PackItem(
                pack=pack,
                position=position,
                sku_id=one.pair[0],
                warehouse_id=one.pair[1],
                forecast_qty=Decimal(one.forecast).quantize(CENT),
                actual_qty=round(one.actual),
                value_amount=max(EXACT, Decimal(one.value).quantize(EXACT)),
                cause=cause,
                terms={**terms, "unit_value": round(one.price, 4)},
            )
        )
    PackItem.objects.bulk_create(rows)
    for item in PackItem.objects.filter(pack=pack).select_related("warehouse").order_by("pk"):
        owner = next((user for user in planners if _may_own(user, item)), None)
        PackItem.objects.filter(pk=item.pk).update(owner=owner)


def _may_own(user: User, item: PackItem) -> bool:
    principal = principal_for_user(user)
    codes = principal.warehouse_codes
    return principal.may("planning.view") and (codes is None or item.warehouse.code in codes)


def _tell(pack: WeeklyPack, planners: Sequence[User], now: dt.datetime) -> None:
    url = reverse("weekly-pack-of", args=[pack.pk])
    draft = NoticeDraft(
        kind="weekly_pack",
        text=gettext_noop("The pack of the meeting on %(week)s is ready."),
        at=now,
        data={"week": pack.week_on.isoformat()},
        target=f"weekly_pack:{pack.pk}",
        url=url,
        dedupe_key=f"weekly_pack:{pack.pk}",
    )
    notify([user.pk for user in planners], draft)
    for user in planners:
        if not user.email:
            continue
        mail.queue(
            to=user.email,
            template="planning/weekly_pack",
            language=user.language,
            context={
                "week": pack.week_on.isoformat(),
                "lines": _lines(pack, user),
                "path": url,
            },
            target=f"weekly_pack:{pack.pk}",
            dedupe_key=f"weekly_pack:{pack.pk}:{user.pk}",
        )


def _lines(pack: WeeklyPack, user: User) -> str:
    """Return the deviations in the person's reach, one a line, in the person's language."""
    items = PackItem.objects.visible_to(principal_for_user(user)).filter(pack=pack)
    rows = items.select_related("sku", "warehouse").order_by("position")
    with translation.override(user.language):
        return "\n".join(
            f"{row.position}. {row.sku.code} · {row.warehouse.code}: "
            f"{row.forecast_qty:f} → {row.actual_qty} · {pack.currency} "
            f"{row.value_amount.quantize(CENT):f} · {row.get_cause_display()}"
            for row in rows
        )


@transaction.atomic
def decide(item_id: int, entry: DecisionEntry, *, actor: Actor, now: dt.datetime) -> PackItem:
    """Keep what was decided about a deviation and who does it; each change is in the audit log.

    The UPDATE asks for the version that was read.

    Raises:
        StaleVersion: somebody decided meanwhile.
        OwnerCannotPlan: the owner may not see the warehouse or planning.
    """
    item = PackItem.objects.select_related("warehouse").get(pk=item_id)
    owner = User.objects.get(pk=entry.owner_id)
    if not _may_own(owner, item):
        raise OwnerCannotPlan(name=str(owner), warehouse=item.warehouse.code)
    before = {"decision": item.decision, "reason": item.reason, "owner": item.owner_id}
    rows = PackItem.objects.filter(pk=item_id, version=entry.version)
    changed = rows.update(
        decision=entry.decision,
        reason=entry.reason,
        owner=owner,
        decided_by=actor.key,
        decided_at=now,
        version=entry.version + 1,
    )
    if not changed:
        raise StaleVersion
    audit.record(
        actor=actor,
        action="planning.deviation_decided",
        target=f"pack_item:{item_id}",
        at=now,
        before=before,
        after={"decision": entry.decision, "reason": entry.reason, "owner": owner.pk},
        reason=entry.reason,
    )
    if owner.pk != actor.id:
        draft = NoticeDraft(
            kind="deviation_owned",
            text=gettext_noop("The weekly meeting gave you %(sku)s: see what was decided."),
            at=now,
            data={"sku": item.sku.code},
            target=f"pack_item:{item_id}",
            url=reverse("weekly-pack-of", args=[item.pack_id]),
            dedupe_key=f"deviation_owned:{item_id}:{entry.version}",
        )
        notify([owner.pk], draft)
    item.refresh_from_db()
    return item
