"""From the rows of one order in a file to what is to be stored: lines, returns, set-aside lines."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from core.errors import InputRefused
from core.imports.fields import SourceRow
from core.imports.kinds import Group, ImportContext
from core.imports.problems import Problem
from orders.domain import import_rules
from orders.domain.import_rules import LineRules

HISTORY = "history"
OPEN = "open"
ZERO = Decimal(0)


class ImportOptionRefused(InputRefused):
    """An option of the run can't be used."""

    code = "IMPORT_OPTION_REFUSED"


@dataclass(frozen=True)
class OrderOptions:
    """The settings of one run. Dates are days in `zone`; `until` is exclusive."""

    mode: str
    rules: LineRules
    currency: str
    create_missing: bool
    country_only: bool
    since: dt.datetime | None
    until: dt.datetime | None

    @classmethod
    def of(cls, context: ImportContext) -> OrderOptions:
        """Read the options of a mapping.

        Raises:
            ImportOptionRefused: an unknown mode or a date that is none.
        """
        mode = context.option("mode") or OPEN
        if mode not in {HISTORY, OPEN}:
            text = _("%(mode)s is no way to import orders. Write open or history.")
            raise ImportOptionRefused(text % {"mode": mode})
        zone = context.option("zone") or "UTC"
        return cls(
            mode=mode,
            rules=LineRules.of(
                cancel=context.option("cancel_prefix") or (),
                adjustment=context.option("adjustment_prefix") or (),
                groups=context.option("set_aside_codes") or {},
            ),
            currency=str(context.option("default_currency") or "").upper(),
            create_missing=bool(context.option("create_missing")),
            country_only=bool(context.option("country_only")),
            since=_day(context.option("from_date"), zone),
            until=_day(context.option("to_date"), zone),
        )


def _day(text: str | None, zone: str) -> dt.datetime | None:
    if not text:
        return None
    try:
        day = dt.date.fromisoformat(text)
    except ValueError as error:
        message = _("%(day)s is no day. Write it as 2026-03-31.")
        raise ImportOptionRefused(message % {"day": text}) from error
    return dt.datetime.combine(day, dt.time(), ZoneInfo(zone)).astimezone(dt.UTC)


@dataclass(slots=True)
class PlannedOrder:
    """What one group of rows comes to. `goods` pairs each row with whether it is free."""

    group: Group
    placed_at: dt.datetime | None = None
    goods: list[tuple[SourceRow, bool]] = field(default_factory=list)
    returns: list[SourceRow] = field(default_factory=list)
    set_aside: list[tuple[SourceRow, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    outcome: str = "new"
    payload_hash: str = ""

    @property
    def key(self) -> str:
        """Return the order number in the file."""
        return self.group.key

    def first(self, name: str) -> Any:
        """Return the first value given for an order-level field, in the order of the lines."""
        for row in self.group.rows:
            value = row.values[name]
            if value not in (None, ""):
                return value
        return ""

    def tally(self, *, imported: bool) -> Counter[str]:
        """Count the lines by what happened to them."""
        counts = Counter(f"set_aside:{reason}" for _row, reason in self.set_aside)
        if imported:
            counts["lines_imported"] = len(self.goods)
            counts["lines_free"] = sum(is_free for _row, is_free in self.goods)
            counts["return_facts"] = len(self.returns)
            counts["orders_created"] = 1 if self.goods else 0
        return counts

    def refuse(self, reason: str, *, only: list[SourceRow] | None = None) -> None:
        """Set lines aside for one reason: those of `only`, else all that were to be stored."""
        rows = [row for row, _free in self.goods] + self.returns if only is None else only
        self.set_aside.extend((row, reason) for row in rows)
        gone = {row.line for row in rows}
        self.goods = [pair for pair in self.goods if pair[0].line not in gone]
        self.returns = [row for row in self.returns if row.line not in gone]


def plan_order(group: Group, options: OrderOptions) -> PlannedOrder:
    """Judge every line of an order; nothing is looked up in the database.

    A refused cell sets its line aside in history, and the whole order when it would be shipped.
    """
    plan = PlannedOrder(group)
    plan.placed_at = next(
        (row.values["ordered_at"] for row in group.rows if row.values["ordered_at"]), None
    )
    if _outside(plan.placed_at, options):
        plan.set_aside = [(row, import_rules.OUTSIDE_DATES) for row in group.rows]
        plan.outcome = "set_aside"
        return plan
    judge = options.rules.judge
    for row in group.rows:
        if row.problems:
            plan.problems.extend(row.problems)
            plan.set_aside.append((row, import_rules.UNREADABLE))
            continue
        values = row.values
        verdict = judge(plan.key, values["sku"], values["qty"], values["unit_price"])
        if verdict.use == "return":
            _add_return(plan, row)
        elif verdict.use == "set_aside":
            plan.set_aside.append((row, verdict.reason))
        else:
            plan.goods.append((row, verdict.use == "free"))
    if plan.problems and options.mode == OPEN:
        plan.refuse(import_rules.ORDER_NOT_WHOLE)
    _settle(plan)
    return plan


def _outside(placed_at: dt.datetime | None, options: OrderOptions) -> bool:
    if placed_at is None:
        return False
    if options.since is not None and placed_at < options.since:
        return True
    return options.until is not None and placed_at >= options.until


def _add_return(plan: PlannedOrder, row: SourceRow) -> None:
    if row.values["qty"] == 0:
        plan.set_aside.append((row, import_rules.NEGATIVE_QTY))
        return
    plan.returns.append(row)


def _settle(plan: PlannedOrder) -> None:
    if plan.goods or plan.returns:
        plan.payload_hash = payload_hash(plan)
    elif plan.problems:
        plan.outcome = "error"
    else:
        plan.outcome = "set_aside"


def payload_hash(plan: PlannedOrder) -> str:
    """Return the hash of what the channel said about the goods: codes, quantities and prices."""
    lines = [
        f"{row.values['sku']}|{row.values['qty']}|{_price(row):.4f}" for row, _free in plan.goods
    ]
    lines += [f"R|{row.values['sku']}|{row.values['qty']}" for row in plan.returns]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _price(row: SourceRow) -> Decimal:
    price: Decimal | None = row.values["unit_price"]
    return ZERO if price is None else price
