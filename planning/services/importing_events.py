"""The calendar of demand from a file: one row is one promotion, event or season.

A row that names the same kind, name, subject and first day as an event of the calendar changes it;
undo brings the former one back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.imports.fields import FieldSpec, OptionSpec
from core.imports.kinds import (
    Applied,
    Change,
    Group,
    ImportContext,
    Outcome,
    PlainKind,
    TablePass,
    UndoReport,
    Verdict,
)
from core.imports.problems import Problem
from core.imports.snapshots import changed, created, snapshot, take_back
from inventory.models import Warehouse
from inventory.services.importing import find_skus
from orders.models import Channel
from planning.models import DemandEvent
from planning.services.demand_calendar import KINDS, EventEntry, EventRefused, check

Key = tuple[str, str, int | None, str, int | None, int | None, dt.date]
Draft = EventEntry | list[Problem]


def _text(name: str, label: Any, most: int, *aliases: str) -> FieldSpec:
    return FieldSpec(name, label, max_chars=most, aliases=aliases, default="")


class EventImport(PlainKind):
    """The kind `demand_events`: promotions, events and seasons with their factors."""

    code = "demand_events"
    title = gettext_lazy("Demand events")
    capability = "planning.manage"
    fields: tuple[FieldSpec, ...] = (
        FieldSpec("kind", gettext_lazy("kind"), required=True, max_chars=12, aliases=("类型",)),
        FieldSpec("name", gettext_lazy("name"), required=True, max_chars=120, aliases=("名称",)),
        FieldSpec(
            "from_on",
            gettext_lazy("from"),
            "date",
            required=True,
            aliases=("from", "start", "开始"),
        ),
        FieldSpec(
            "until_on",
            gettext_lazy("until"),
            "date",
            required=True,
            aliases=("until", "end", "结束"),
        ),
        FieldSpec(
            "factor", gettext_lazy("factor"), "decimal", high=100, aliases=("uplift", "系数")
        ),
        _text("sku", gettext_lazy("SKU"), 64, "sku code", "商品编码"),
        _text("category", gettext_lazy("category"), 120, "类目"),
        _text("warehouse", gettext_lazy("warehouse"), 32, "仓库"),
        _text("channel", gettext_lazy("channel"), 32, "渠道"),
        _text("reason", gettext_lazy("reason"), 200, "note", "原因"),
    )
    options: tuple[OptionSpec, ...] = (
        OptionSpec("date_format", gettext_lazy("date format"), "texts", ()),
    )

    def open(self, context: ImportContext, found: TablePass) -> EventSession:
        """Begin a run."""
        del found
        return EventSession(context)

    def undo(self, context: ImportContext, changes: Iterable[Change]) -> UndoReport:
        """Restore the events that were there before; those changed since stay."""
        del context
        return take_back(changes, DemandEvent)


class EventSession:
    """One run over one file."""

    def __init__(self, context: ImportContext) -> None:
        self.context = context
        self.places = dict(Warehouse.objects.order_by("pk").values_list("code", "pk"))
        self.shops = dict(Channel.objects.order_by("pk").values_list("code", "pk"))

    def check(self, groups: Sequence[Group]) -> list[Verdict]:
        """Say for each row whether it is new, changes an event or is there; writes nothing."""
        drafts = self._drafts(groups)
        known = _known(drafts)
        return [_verdict(group, draft, known) for group, draft in drafts]

    def apply(self, groups: Sequence[Group]) -> Applied:
        """Write the rows without a fault; a chunk costs a fixed number of statements."""
        drafts = self._drafts(groups)
        known = _known(drafts)
        before = {key: snapshot(row) for key, row in known.items()}
        verdicts: list[Verdict] = []
        fresh: dict[Key, DemandEvent] = {}
        written: set[Key] = set()
        for group, draft in drafts:
            verdict = _verdict(group, draft, known)
            verdicts.append(verdict)
            if not isinstance(draft, EventEntry) or verdict.outcome not in {"new", "changed"}:
                continue
            key = _key(draft)
            row = known.get(key)
            if row is None:
                by = self.context.actor.key
                row = DemandEvent(created_at=self.context.at, author_key=by)
                known[key] = fresh[key] = row
            else:
                written.add(key)
            for name, value in asdict(draft).items():
                setattr(row, name, value)
        DemandEvent.objects.bulk_create(fresh.values())
        replaced = [known[key] for key in sorted(written - fresh.keys(), key=repr)]
        DemandEvent.objects.bulk_update(replaced, ["until_on", "factor", "reason"])
        changes = [created(row) for row in fresh.values()]
        return Applied(verdicts, changes + [changed(row, before[_key_of(row)]) for row in replaced])

    def finish(self) -> None:
        """Nothing is left to do at the end of the file."""

    def _drafts(self, groups: Sequence[Group]) -> list[tuple[Group, Draft]]:
        values = [group.rows[0].values for group in groups if not group.problems]
        skus = find_skus(row["sku"] for row in values if row.get("sku"))
        return [(group, list(group.problems) or self._draft(group, skus)) for group in groups]

    def _draft(self, group: Group, skus: dict[str, Any]) -> Draft:
        row = group.rows[0].values
        sku, place, shop = (row.get(name, "") for name in ("sku", "warehouse", "channel"))
        field, problem = "kind", ""
        kind = row["kind"].casefold()
        if kind not in KINDS:
            problem = _("Kinds are: %(kinds)s.") % {"kinds": ", ".join(sorted(KINDS))}
        elif sku and sku not in skus:
            field, problem = "sku", _("Create the product first, or correct its code.")
        elif place and place not in self.places:
            field, problem = "warehouse", _("Correct the code of the warehouse, or leave it empty.")
        elif shop and shop not in self.shops:
            field, problem = "channel", _("Correct the code of the channel, or leave it empty.")
        if problem:
            return [_problem(group, field, str(row.get(field, "")), problem)]
        entry = EventEntry(
            kind=kind,
            name=row["name"].strip(),
            from_on=row["from_on"],
            until_on=row["until_on"],
            factor=row.get("factor"),
            reason=row.get("reason", "").strip() or _("From a file"),
            sku_id=skus[sku].pk if sku else None,
            category=row.get("category", "").strip(),
            warehouse_id=self.places.get(place),
            channel_id=self.shops.get(shop),
        )
        try:
            check(entry)
        except EventRefused as error:
            return [_problem(group, "until_on", entry.until_on.isoformat(), str(error))]
        return entry


def _problem(group: Group, field: str, value: str, text: str) -> Problem:
    return Problem(group.line, field, value, "EVENT_REFUSED", text, text)


def _known(drafts: Sequence[tuple[Group, Draft]]) -> dict[Key, DemandEvent]:
    asked = [draft for _group, draft in drafts if isinstance(draft, EventEntry)]
    rows = DemandEvent.objects.filter(
        kind__in={draft.kind for draft in asked}, from_on__in={draft.from_on for draft in asked}
    )
    return {_key_of(row): row for row in rows.order_by("-pk")}


def _verdict(group: Group, draft: Draft, known: dict[Key, DemandEvent]) -> Verdict:
    if not isinstance(draft, EventEntry):
        tally = {"set_aside:UNREADABLE": 1}
        return Verdict(group.line, group.key, "error", problems=draft, tally=tally)
    key = f"{draft.kind} {draft.name} {draft.from_on.isoformat()}"
    row = known.get(_key(draft))
    now = [draft.until_on.isoformat(), f"{draft.factor or ''}", draft.reason]
    was = [row.until_on.isoformat(), _plain(row), row.reason] if row is not None else ["", "", ""]
    same = row is not None and (row.until_on, row.factor, row.reason) == (
        draft.until_on,
        draft.factor,
        draft.reason,
    )
    if same:
        return Verdict(group.line, key, "same", tally={"set_aside:ALREADY_IMPORTED": 1})
    outcome: Outcome = "new" if row is None else "changed"
    names = ("until_on", "factor", "reason")
    diff = {name: [a, b] for name, a, b in zip(names, was, now, strict=True) if a != b}
    return Verdict(group.line, key, outcome, diff=diff, tally={"lines_imported": 1})


def _plain(row: DemandEvent) -> str:
    return "" if row.factor is None else f"{row.factor.normalize():f}"


def _key(draft: EventEntry) -> Key:
    return (
        *(draft.kind, draft.name, draft.sku_id, draft.category),
        *(draft.warehouse_id, draft.channel_id, draft.from_on),
    )


def _key_of(row: DemandEvent) -> Key:
    return (
        *(row.kind, row.name, row.sku_id, row.category),
        *(row.warehouse_id, row.channel_id, row.from_on),
    )
