"""Deciding on proposals: other units, later, not at all, and into orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import clock, words
from core.errors import DomainError, gettext_noop
from core.htmx import mark_varying, redirect_to, wants_partial
from core.permissions import RequireCapability
from core.services.rates import base_currency
from core.submissions import SubmitOnce
from core.tables.bulk import read_selection
from core.views.acts import Act
from core.views.notes import leave_note
from planning.forms.proposals import (
    AcceptForm,
    BulkSnoozeForm,
    DismissForm,
    QtyForm,
    SeenForm,
    SnoozeForm,
)
from planning.models import Proposal
from planning.services import proposals
from planning.views import proposal_words
from planning.views.proposals import BUY, DECIDE, SEE_PRICES, ProposalIndex
from suppliers.queries.budget import budget_for

#: More lines than this at once are a purchasing plan, not a click.
MOST_AT_ONCE = 200
STALE = "PROPOSAL_STALE"


class ChangedMeanwhile(DomainError):
    """Proposals are no longer what the asker had been shown."""

    code = "PROPOSAL_CHANGED"
    text = gettext_noop("Changed since you opened it: %(changes)s. Look again, then decide.")


class TooMany(DomainError):
    """More proposals were chosen than one act may decide."""

    code = "TOO_MANY_PROPOSALS"
    status = 422
    text = gettext_noop("%(n)s proposals are chosen; decide on at most %(most)s at once.")


class NothingChosen(DomainError):
    """None of the chosen proposals waits within the reader's scope."""

    code = "NO_PROPOSALS"
    status = 422
    text = gettext_noop("None of the chosen proposals waits any more. Reload the list.")


def changes(row: Proposal, seen_qty: int, seen_state: str) -> list[str]:
    """Return what differs from what was shown, in words; something else when neither does."""
    found = []
    if row.qty != seen_qty:
        found.append(gettext("%(a)s units are now %(b)s") % {"a": seen_qty, "b": row.qty})
    if row.state != seen_state:
        pair = (words.word("proposal", state).text for state in (seen_state, row.state))
        found.append(gettext("%(a)s is now %(b)s") % dict(zip("ab", pair, strict=True)))
    return found or [gettext("a newer review has other terms")]


class ProposalAct(Act, View):
    """Base of the acts on one proposal; the form carries what was seen."""

    capability = DECIDE
    form_class = SeenForm

    def rows(self) -> Any:
        rows = Proposal.objects.visible_to(self.principal)
        return rows.select_related("sku", "warehouse")

    def text(self, found: Proposal) -> str:
        return f"{found.sku.code} {found.sku.name} · {found.warehouse.code} · {found.qty}"

    def done_url(self, found: Proposal) -> str:
        return reverse("proposal-card", args=[found.pk])

    def first_values(self, found: Proposal) -> dict[str, Any]:
        return {"version": found.version, "seen_qty": found.qty, "seen_state": found.state}

    def do(self, found: Proposal, form: Any) -> None:
        try:
            self.decide(found, form.cleaned_data)
        except DomainError as error:
            if error.code != STALE:
                raise
            found.refresh_from_db()
            seen = (form.cleaned_data["seen_qty"], form.cleaned_data["seen_state"])
            told = ", ".join(changes(found, *seen))
            # The next press decides on what is saved now, which the sentence says.
            form.data = {**form.data.dict(), **self.first_values(found)}
            raise ChangedMeanwhile(changes=told) from error

    def decide(self, found: Proposal, data: dict[str, Any]) -> None:
        raise LookupError(f"{type(self).__name__} decides nothing")

    def sent(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return what every service call carries."""
        actor = self.principal.actor
        return {"expected_version": data["version"], "actor": actor, "now": self.now}


class ChangeQty(ProposalAct):
    """Order other units than computed."""

    form_class = QtyForm
    title = _("Change the quantity?")
    submit_text = _("Change quantity")
    keep_text = _("Keep the computed units")

    def first_values(self, found: Proposal) -> dict[str, Any]:
        return super().first_values(found) | {"qty": found.qty, "reason": found.override_reason}

    def text(self, found: Proposal) -> str:
        line = _("%(sku)s at %(place)s: %(n)s computed. The computed units stay beside yours.")
        values = {"sku": found.sku.code, "place": found.warehouse.code, "n": found.computed_qty}
        return line % values

    def decide(self, found: Proposal, data: dict[str, Any]) -> None:
        proposals.change_qty(
            found.pk,
            data["qty"],
            reason=data["reason"],
            until=data["until_on"],
            **self.sent(data),
        )


class SnoozeProposal(ProposalAct):
    """Look again later."""

    form_class = SnoozeForm
    title = _("Snooze the proposal?")
    submit_text = _("Snooze")

    def decide(self, found: Proposal, data: dict[str, Any]) -> None:
        proposals.snooze(found.pk, data["until_on"], reason=data["reason"], **self.sent(data))


class DismissProposal(ProposalAct):
    """Not needed."""

    form_class = DismissForm
    title = _("Dismiss the proposal?")
    submit_text = _("Dismiss proposal")
    danger = True

    def decide(self, found: Proposal, data: dict[str, Any]) -> None:
        proposals.dismiss(found.pk, reason=data["reason"], **self.sent(data))


class ReopenProposal(ProposalAct):
    """Wake it up before its day."""

    title = _("Reopen the proposal?")
    submit_text = _("Reopen")

    def decide(self, found: Proposal, data: dict[str, Any]) -> None:
        proposals.reopen(found.pk, **self.sent(data))


@dataclass
class Group:
    """Lines that become one draft: for whom, by what, and what they cost together."""

    text: str
    currency: str = ""
    total: Decimal = Decimal(0)
    lines: list[tuple[Proposal, int]] = field(default_factory=list)


def groups_of(rows: Sequence[Proposal]) -> list[Group]:
    """Return the drafts that accepting the rows makes, by source, warehouse, mode and currency."""
    found: dict[Any, Group] = {}
    for row in rows:
        for mode, units in _parts(row):
            text = f"{proposal_words.source_text(row)} → {row.warehouse.code}"
            text = f"{text} · {mode}" if mode else text
            own = row.pk if row.source_kind == Proposal.Source.KIT else 0
            group = found.setdefault((text, row.currency, own), Group(text, row.currency))
            group.lines.append((row, units))
            group.total += (row.unit_cost_amount or Decimal(0)) * units
    return list(found.values())


def _parts(row: Proposal) -> list[tuple[str, int]]:
    """Return mode in words and units of each draft a proposal goes to: two where it is split."""
    if row.mode == Proposal.Mode.NONE:
        return [("", row.qty)]
    if row.mode != Proposal.Mode.SPLIT:
        return [(str(row.get_mode_display()), row.qty)]
    modes, fast = dict(Proposal.Mode.choices), min(row.fast_qty, row.qty)
    parts = ((row.fast_mode, fast), (row.slow_mode, row.qty - fast))
    return [(str(modes.get(mode, mode)), units) for mode, units in parts if units]


class SeveralProposals(RequireCapability, SubmitOnce, View):
    """Base of acts on chosen proposals: the first post asks, the confirmed one decides."""

    http_method_names = ("post",)
    template_name = "planning/proposal_accept.html"
    form_class: Any = AcceptForm

    def post(self, request: HttpRequest) -> HttpResponse:
        selection = read_selection(request.POST)
        rows = self._rows(selection)
        if len(rows) > MOST_AT_ONCE:
            return self._ask(
                request, [], self.form_class(), TooMany(n=len(rows), most=MOST_AT_ONCE)
            )
        if not rows:
            return self._ask(request, [], self.form_class(), NothingChosen())
        if request.POST.get("confirmed") != "1":
            return self._ask(request, rows, self.form_class(initial={"seen": seen_of(rows)}))
        form = self.form_class(request.POST)
        if not form.is_valid():
            return self._ask(request, rows, form, status=422)
        try:
            refuse_changed(rows, form.cleaned_data["seen"])
            return redirect_to(request, self.decide(rows, form.cleaned_data))
        except DomainError as error:
            rows = self._rows(selection)
            form.data = {**request.POST.dict(), "seen": seen_of(rows)}
            return self._ask(request, rows, form, error)

    def _rows(self, selection: Any) -> list[Proposal]:
        rows = ProposalIndex().selected(self.principal, selection)
        return list(rows.filter(state__in=("open", "snoozed"))[: MOST_AT_ONCE + 1])

    def decide(self, rows: list[Proposal], data: dict[str, Any]) -> str:
        """Do it and return the page that follows."""
        raise LookupError(f"{type(self).__name__} decides nothing")

    def words(self, rows: list[Proposal]) -> dict[str, Any]:
        """Return title and button."""
        raise LookupError(f"{type(self).__name__} asks nothing")

    def _ask(
        self,
        request: HttpRequest,
        rows: list[Proposal],
        form: Any,
        error: DomainError | None = None,
        status: int = 200,
    ) -> HttpResponse:
        if error is not None:
            status = error.status if error.status in {409, 422} else 422
        sees = self.principal.may(SEE_PRICES)
        total = sum((row.total_base_amount for row in rows), Decimal(0))
        context = {
            "rows": rows,
            "groups": groups_of(rows),
            "form": form,
            "error": error,
            "ids": ",".join(str(row.pk) for row in rows),
            "action": request.path,
            "back_url": reverse("proposal-index"),
            "sees_prices": sees,
            "total": total,
            "base": base_currency(),
            "budget": budget_for(total, now=clock.now()) if sees and rows else None,
            **self.words(rows),
        }
        fragment = wants_partial(request)
        name = self.template_name if fragment else "planning/proposal_accept_page.html"
        return mark_varying(render(request, name, context, status=status), fragment=fragment)


def seen_of(rows: Sequence[Proposal]) -> str:
    """Return what a dialog shows of its rows, to compare when it is confirmed."""
    return ",".join(f"{row.pk}:{row.version}:{row.qty}" for row in rows)


def refuse_changed(rows: Sequence[Proposal], seen: str) -> None:
    """Refuse when a row differs from what the dialog had shown.

    Raises:
        ChangedMeanwhile: with the rows and their units then and now.
    """
    shown: dict[str, tuple[str, str]] = {}
    for part in seen.split(","):
        pk, _mark, rest = part.partition(":")
        version, _mark, units = rest.partition(":")
        shown[pk] = (version, units)
    found = []
    for row in rows:
        version, units = shown.get(str(row.pk), ("", ""))
        if version != str(row.version):
            then = int(units) if units.isdecimal() else row.qty
            found.append(f"{row.sku.code}: {changes(row, then, row.state)[0]}")
    if len(shown) > len(rows):
        found.append(
            ngettext(
                "%(n)s is decided already", "%(n)s are decided already", len(shown) - len(rows)
            )
            % {"n": len(shown) - len(rows)}
        )
    if found:
        raise ChangedMeanwhile(changes="; ".join(found[:5]))


class AcceptProposals(SeveralProposals):
    """Turn the chosen proposals into draft orders and transfers."""

    capability = BUY

    def words(self, rows: list[Proposal]) -> dict[str, Any]:
        n = len(rows)
        title = ngettext("Order %(n)s proposal?", "Order %(n)s proposals?", n) % {"n": n}
        drafts = len(groups_of(rows))
        text = ngettext(
            "It becomes %(n)s draft; you submit it for approval there.",
            "They become %(n)s drafts; you submit them for approval there.",
            drafts,
        ) % {"n": drafts}
        button = ngettext("Create %(n)s draft", "Create %(n)s drafts", drafts) % {"n": drafts}
        return {"title": title, "text": text, "submit_text": button}

    def decide(self, rows: list[Proposal], data: dict[str, Any]) -> str:
        done = proposals.accept(
            [row.pk for row in rows],
            versions={row.pk: row.version for row in rows},
            actor=self.principal.actor,
            now=clock.now(),
        )
        orders, transfers = list(done.orders), list(done.transfers)
        made = [one.number for one in (*orders, *transfers)]
        made += [one.number for one in done.work_orders]
        leave_note(self.request, gettext("Drafted: %(numbers)s") % {"numbers": ", ".join(made)})
        if len(orders) == 1 and len(made) == 1:
            return reverse("purchase-order", args=[orders[0].pk])
        if orders:
            return f"{reverse('purchase-orders-index')}?tab=draft"
        return reverse("proposal-index")


class SnoozeProposals(SeveralProposals):
    """Look at the chosen proposals again later."""

    capability = DECIDE
    form_class = BulkSnoozeForm

    def words(self, rows: list[Proposal]) -> dict[str, Any]:
        n = len(rows)
        title = ngettext("Snooze %(n)s proposal?", "Snooze %(n)s proposals?", n) % {"n": n}
        return {"title": title, "text": "", "submit_text": gettext("Snooze")}

    def decide(self, rows: list[Proposal], data: dict[str, Any]) -> str:
        with transaction.atomic():
            for row in rows:
                proposals.snooze(
                    row.pk,
                    data["until_on"],
                    reason=data["reason"],
                    expected_version=row.version,
                    actor=self.principal.actor,
                    now=clock.now(),
                )
        return reverse("proposal-index")
