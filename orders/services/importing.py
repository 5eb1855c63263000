"""Import orders from a table: as open orders to be shipped, or as history that feeds demand.

An order is all rows with one order number. It is imported once: the pair (channel, order number)
is unique, and the same file again changes nothing. docs/import-mapping.md tells the rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import events
from core.imports.fields import ColumnMapping, FieldSpec, OptionSpec, RowReader
from core.imports.kinds import (
    Applied,
    Change,
    Group,
    ImportContext,
    TablePass,
    UndoReport,
    Verdict,
)
from core.imports.problems import Problem
from orders.channels import csv_file
from orders.domain import import_rules
from orders.models import Channel
from orders.services import (
    importing_customers,
    importing_history,
    importing_open,
    importing_undo,
)
from orders.services.importing_lookup import Lookup
from orders.services.importing_payments import settle_payments
from orders.services.importing_plan import (
    HISTORY,
    ImportOptionRefused,
    OrderOptions,
    PlannedOrder,
    plan_order,
)

#: Lines that belong to no run of their own: they are counted, and their raw text is in the file.
NOT_KEPT = frozenset({import_rules.OUTSIDE_DATES, import_rules.ALREADY_IMPORTED})


class OrderImport:
    """The kind `orders`: one row per order line."""

    code = "orders"
    title = gettext_lazy("Orders")
    capability = "orders.create"
    group_field = "order_id"
    text_fields: tuple[str, str] | None = ("sku", "description")
    fields: tuple[FieldSpec, ...] = csv_file.FIELDS
    options: tuple[OptionSpec, ...] = csv_file.OPTIONS
    builtin: Mapping[str, Mapping[str, Any]] = csv_file.BUILTIN

    def sources(self) -> list[tuple[str, str]]:
        """List the active channels."""
        rows = Channel.objects.filter(is_active=True).order_by("name", "pk")
        return list(rows.values_list("code", "name"))

    def open(self, context: ImportContext, found: TablePass) -> OrderImportSession:
        """Begin a run for the channel that `context.source` names.

        Raises:
            ImportOptionRefused: no such channel, or an option that can't be used.
        """
        options = OrderOptions.of(context)
        channel = Channel.objects.filter(code=context.source).first()
        if channel is None:
            codes = ", ".join(Channel.objects.order_by("code").values_list("code", flat=True))
            text = _("There is no channel %(code)s. Channels are: %(codes)s.")
            raise ImportOptionRefused(text % {"code": context.source, "codes": codes or "-"})
        return OrderImportSession(context, found, options, channel)

    def undo(self, context: ImportContext, changes: Iterable[Change]) -> UndoReport:
        """Take a run back: history is removed, open orders are cancelled unless they moved on."""
        return importing_undo.undo(context, list(changes))


class OrderImportSession:
    """One run over one file of orders."""

    def __init__(
        self,
        context: ImportContext,
        found: TablePass,
        options: OrderOptions,
        channel: Channel,
    ) -> None:
        self.context = context
        self.found = found
        self.options = options
        self.channel = channel
        self.currency = options.currency or channel.currency
        self.lookup = Lookup(channel)
        self.references: dict[str, str] = {}
        self.raw_reader = RowReader((), ColumnMapping({}), context.columns)

    def check(self, groups: Sequence[Group]) -> list[Verdict]:
        """Say what each order would do; writes nothing."""
        return [self._verdict(plan) for plan in self._plan(groups)]

    def apply(self, groups: Sequence[Group]) -> Applied:
        """Write the orders of a chunk; orders the channel has already are left as they are."""
        plans = self._plan(groups)
        changes = self._create_missing(plans)
        fresh = [plan for plan in plans if plan.outcome == "new"]
        changes += self.lookup.load_customers(fresh, at=self.context.at)
        if self.options.mode == HISTORY:
            importing_history.write_history(
                fresh,
                self.lookup,
                batch_id=self.context.batch_id,
                currency=self.currency,
                at=self.context.at,
            )
        else:
            importing_open.place_orders(fresh, self.lookup, self.context, currency=self.currency)
        importing_history.write_returns(fresh, self.lookup, batch_id=self.context.batch_id)
        importing_history.write_set_aside(
            plans, self.raw_reader, batch_id=self.context.batch_id, leave_out=NOT_KEPT
        )
        return Applied([self._verdict(plan) for plan in plans], changes)

    def finish(self) -> None:
        """Count the customers' orders anew and tell that the batch is in."""
        importing_customers.count_orders_of_batch(self.context)
        events.publish(
            "orders.imported",
            target=f"import:{self.context.batch_id}",
            at=self.context.at,
            batch_id=self.context.batch_id,
            mode=self.options.mode,
        )

    def _plan(self, groups: Sequence[Group]) -> list[PlannedOrder]:
        plans = [plan_order(group, self.options) for group in groups]
        waiting = [plan for plan in plans if plan.outcome == "new"]
        self._settle_known(waiting)
        self._settle_unknown_skus([plan for plan in waiting if plan.outcome == "new"])
        if self.options.mode != HISTORY:
            settle_payments(waiting, self.references)
        return plans

    def _settle_known(self, plans: Sequence[PlannedOrder]) -> None:
        orders = self.lookup.known_orders([plan.key for plan in plans if plan.goods])
        returns = self.lookup.known_returns([plan.key for plan in plans if plan.returns])
        for plan in plans:
            if plan.key in orders:
                _pk, payload = orders[plan.key]
                if payload == plan.payload_hash:
                    plan.outcome = "same"
                    plan.refuse(import_rules.ALREADY_IMPORTED)
                else:
                    plan.outcome = "error"
                    plan.problems.append(_differs(plan))
                    plan.refuse(import_rules.ORDER_DIFFERS)
            elif plan.key in returns:
                plan.outcome = "same"
                plan.refuse(import_rules.ALREADY_IMPORTED)

    def _settle_unknown_skus(self, plans: Sequence[PlannedOrder]) -> None:
        # A credit note may name a product that no order names: that is no reason to refuse it.
        codes = {row.values["sku"] for plan in plans for row, _free in plan.goods}
        unknown = set(self.lookup.load_skus(codes))
        self.lookup.load_skus(row.values["sku"] for plan in plans for row in plan.returns)
        if not unknown or self.options.create_missing:
            return
        for plan in plans:
            bad = [row for row, _free in plan.goods if row.values["sku"] in unknown]
            if not bad:
                continue
            plan.problems.extend(_unknown_sku(row.line, row.values["sku"]) for row in bad)
            plan.refuse(import_rules.UNKNOWN_SKU, only=bad)
            if self.options.mode != HISTORY:
                plan.refuse(import_rules.ORDER_NOT_WHOLE)
            if not plan.goods and not plan.returns:
                plan.outcome = "error"

    def _create_missing(self, plans: Sequence[PlannedOrder]) -> list[Change]:
        codes = {
            row.values["sku"]
            for plan in plans
            if plan.outcome == "new"
            for row, _free in plan.goods
        }
        unknown = self.lookup.load_skus(codes)
        if not unknown:
            return []
        return self.lookup.create_skus(unknown, self.found.text_of, currency=self.currency)

    def _verdict(self, plan: PlannedOrder) -> Verdict:
        imported = plan.outcome == "new"
        return Verdict(
            line=plan.group.line,
            key=plan.key,
            outcome=plan.outcome,  # type: ignore[arg-type]  # one of the five outcomes
            lines=len(plan.group.rows),
            reason=plan.set_aside[0][1] if plan.set_aside and not plan.goods else "",
            diff=_summary(plan),
            problems=plan.problems,
            tally=plan.tally(imported=imported),
        )


def _summary(plan: PlannedOrder) -> dict[str, list[str]]:
    if plan.outcome != "new":
        return {}
    units = sum(row.values["qty"] for row, _free in plan.goods)
    return {"lines": ["", str(len(plan.goods) + len(plan.returns))], "units": ["", str(units)]}


def _differs(plan: PlannedOrder) -> Problem:
    return Problem(
        plan.group.line,
        "order_id",
        plan.key,
        import_rules.ORDER_DIFFERS,
        _("This order is here already, with other lines."),
        _("Open the order and change it there."),
    )


def _unknown_sku(line: int, code: str) -> Problem:
    return Problem(
        line,
        "sku",
        code,
        import_rules.UNKNOWN_SKU,
        _("No product has this SKU."),
        _("Import the products first, or choose to create unknown products."),
    )
