"""Customers from a file: new ones are created, known ones get the cells that differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from core.imports import snapshots
from core.imports.fields import FieldSpec, SourceRow
from core.imports.kinds import (
    Applied,
    Change,
    Group,
    ImportContext,
    PlainKind,
    TablePass,
    UndoReport,
    Verdict,
)
from customers.domain.drafts import AddressDraft, CustomerDraft, normal_email
from customers.models import Customer, CustomerAddress, CustomerExternalId
from customers.services import directory

DERIVED = frozenset({"order_count", "first_order_at", "last_order_at", "updated_at"})
CELLS = ("name", "email", "phone", "country", "language", "segment")
FIELDS: tuple[FieldSpec, ...] = (
    FieldSpec(
        "customer_id",
        _("customer number"),
        required=True,
        max_chars=120,
        aliases=("customer", "customer no", "id", "客户号"),
        default="",
    ),
    FieldSpec("name", _("name"), aliases=("customer name", "客户"), default=""),
    FieldSpec("email", _("e-mail"), max_chars=254, aliases=("e-mail", "邮箱"), default=""),
    FieldSpec("phone", _("phone"), max_chars=40, aliases=("电话",), default=""),
    FieldSpec("country", _("country"), "country", aliases=("国家",), default=""),
    FieldSpec("language", _("language"), max_chars=10, default=""),
    FieldSpec(
        "segment",
        _("segment"),
        max_chars=40,
        aliases=("group", "tier", "客户分组", "会员等级"),
        default="",
    ),
    FieldSpec("company", _("company"), default=""),
    FieldSpec("line1", _("street"), aliases=("address", "address1", "地址"), default=""),
    FieldSpec("line2", _("addition"), aliases=("address2",), default=""),
    FieldSpec("city", _("city"), max_chars=100, aliases=("城市",), default=""),
    FieldSpec("region", _("region"), max_chars=100, aliases=("state", "province"), default=""),
    FieldSpec("postcode", _("postcode"), max_chars=20, aliases=("zip", "邮编"), default=""),
)


class CustomerImport(PlainKind):
    """The kind `customers`: one row per customer of one channel."""

    code = "customers"
    title = _("Customers")
    capability = "customers.edit"
    fields: tuple[FieldSpec, ...] = FIELDS

    def sources(self) -> list[tuple[str, str]]:
        """List the channels that know customers already; a new one may be typed."""
        codes = CustomerExternalId.objects.values_list("channel_code", flat=True).distinct()
        return [(code, code) for code in codes.order_by("channel_code")]

    def open(self, context: ImportContext, found: TablePass) -> CustomerImportSession:
        """Begin a run for the channel that `context.source` names."""
        del found
        return CustomerImportSession(context)

    def undo(self, context: ImportContext, changes: Iterable[Change]) -> UndoReport:
        """Restore changed customers and remove new ones, unless touched since."""
        del context
        return take_back(list(changes))


class CustomerImportSession:
    """One run over one file of customers."""

    def __init__(self, context: ImportContext) -> None:
        self.context = context
        self.channel_code = context.source or "file"

    def check(self, groups: Sequence[Group]) -> list[Verdict]:
        """Say which customers are new, differ, or are the same."""
        known = self._known(groups)
        return [self._verdict(group, known) for group in groups]

    def apply(self, groups: Sequence[Group]) -> Applied:
        """Create and change customers; an empty cell changes nothing."""
        known = self._known(groups)
        verdicts = [self._verdict(group, known) for group in groups]
        fresh = [
            self._draft(group.rows[0])
            for group, verdict in zip(groups, verdicts, strict=True)
            if verdict.outcome == "new"
        ]
        before = {customer.pk for customer in known.values()}
        found = directory.find_or_create_many(fresh, at=self.context.at)
        created = {c.pk: c for c in found.values() if c.pk not in before}
        changes = [snapshots.created(customer) for customer in created.values()]
        for group, verdict in zip(groups, verdicts, strict=True):
            if verdict.outcome == "changed":
                changes.append(self._change(known[self._key(group)], verdict))
        return Applied(verdicts, changes)

    def finish(self) -> None:
        """Nothing is left to do at the end of the file."""

    def _key(self, group: Group) -> tuple[str, str]:
        return (self.channel_code, str(group.rows[0].values["customer_id"]))

    def _known(self, groups: Sequence[Group]) -> dict[tuple[str, str], Customer]:
        return directory.find_many(self._key(group) for group in groups if not group.problems)

    def _verdict(self, group: Group, known: Mapping[tuple[str, str], Customer]) -> Verdict:
        row = group.rows[0]
        if row.problems:
            return Verdict(
                row.line,
                str(row.values["customer_id"] or row.line),
                "error",
                problems=row.problems,
                tally={"set_aside:UNREADABLE": 1},
            )
        customer = known.get(self._key(group))
        values = {name: row.values[name] for name in CELLS if row.values[name]}
        if customer is None:
            diff = {name: ["", value] for name, value in values.items()}
            tally = {"lines_imported": 1, "customers_created": 1}
            return Verdict(row.line, self._key(group)[1], "new", diff=diff, tally=tally)
        diff = {
            name: [getattr(customer, name), value]
            for name, value in values.items()
            if getattr(customer, name) != value
        }
        outcome = "changed" if diff else "same"
        tally = {"lines_imported": 1, "customers_changed": 1} if diff else {"lines_same": 1}
        return Verdict(row.line, self._key(group)[1], outcome, diff=diff, tally=tally)  # type: ignore[arg-type]  # one of the outcomes

    def _draft(self, row: SourceRow) -> CustomerDraft:
        values = row.values
        return CustomerDraft(
            channel_code=self.channel_code,
            external_id=values["customer_id"],
            name=values["name"],
            email=values["email"],
            phone=values["phone"],
            country=values["country"],
            language=values["language"],
            segment=values["segment"],
            address=AddressDraft(
                name=values["name"],
                company=values["company"],
                line1=values["line1"],
                line2=values["line2"],
                city=values["city"],
                region=values["region"],
                postcode=values["postcode"],
                country=values["country"],
                phone=values["phone"],
            ),
        )

    def _change(self, customer: Customer, verdict: Verdict) -> Change:
        fresh = Customer.objects.get(pk=customer.pk)
        before = snapshots.snapshot(fresh)
        for name, (_old, new) in verdict.diff.items():
            setattr(fresh, name, new)
        fresh.email_norm = normal_email(fresh.email)
        fresh.updated_at = self.context.at
        fresh.save()
        return snapshots.changed(fresh, before)


def take_back(changes: Sequence[Change]) -> UndoReport:
    """Undo the changes of customers among `changes`; ids and addresses go with a removed row.

    A customer that an order, a return or a merge points at stays and is listed.
    """
    return snapshots.take_back(
        changes, Customer, owned=(CustomerAddress, CustomerExternalId), derived=DERIVED
    )
