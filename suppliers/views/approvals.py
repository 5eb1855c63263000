"""The inbox of approvals: what waits for me, one card per order, and the acts on it."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import clock, formats
from core.approvals import deciding, inbox, people
from core.approvals.errors import ApprovalStale, NotYourStep, OwnRequest
from core.errors import DomainError
from core.formats import money, span
from core.htmx import mark_varying, wants_partial
from core.models import ApprovalRequest
from core.navigation import forget_count
from core.permissions import RequireCapability
from core.services.rates import base_currency
from core.submissions import SubmitOnce
from core.views.acts import Act, NoFields
from core.views.notes import leave_note
from suppliers.queries import agreement_cards, approval_cards
from suppliers.queries.waiting import KINDS
from suppliers.services import agreement_approving, purchase_approving
from suppliers.views.approval_forms import AnswerForm, QuestionForm, RejectForm, ShownForm

READ = "suppliers.view_prices"
DECIDE = "suppliers.approve"
PAGE = 25
#: Kind of document -> the service that decides on it.
DESKS: dict[str, Any] = {
    purchase_approving.KIND: purchase_approving,
    agreement_approving.KIND: agreement_approving,
}
ORDERS = {"age": ("requested_at", "pk"), "amount": ("-amount_base", "pk")}


def waiting_count(principal) -> int | None:
    """Return how many documents wait for a person, for the rail."""
    return inbox.waiting_for(principal, KINDS, at=clock.now()).count() or None


class ApprovalInbox(RequireCapability, View):
    """What waits for me, the oldest or the largest first; and what of mine waits for others."""

    capability = READ

    def get(self, request: HttpRequest) -> HttpResponse:
        now = clock.now()
        mine = inbox.waiting_for(self.principal, KINDS, at=now)
        asked = inbox.asked_by(self.principal, KINDS)
        counts = {"mine": mine.count(), "asked": asked.count()}
        tab = request.GET.get("tab") or ("mine" if self.principal.may(DECIDE) else "asked")
        order = request.GET.get("order", "age")
        order = order if order in ORDERS else "age"
        rows = (asked if tab == "asked" else mine).order_by(*ORDERS[order])
        pages = Paginator(rows, PAGE)
        pages.count = counts["asked" if tab == "asked" else "mine"]
        page = pages.get_page(request.GET.get("page"))
        told = _told(page.object_list)
        context = {
            "tab": tab,
            "order": order,
            "counts": counts,
            "page": page,
            "rows": [(row, told[row.pk], span(now - row.requested_at)) for row in page],
            "base": base_currency(),
            "may_decide": self.principal.may(DECIDE),
        }
        return render(request, "suppliers/approvals.html", context)


class ApprovalCard(RequireCapability, View):
    """One order with everything that speaks for and against it."""

    capability = READ

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = _visible(self.principal).annotate(part_count=Count("policy__parts"))
        found = get_object_or_404(rows, pk=pk)
        now = clock.now()
        first = found.state == ApprovalRequest.State.PENDING and found.tier == 1
        right, why = _right(found, self.principal, now)
        ids = self._queue(now) if right == "mine" else []
        is_order = found.kind == purchase_approving.KIND
        context = {
            "card": approval_cards.card(found, now=now)
            if is_order
            else agreement_cards.card(found),
            "found": found,
            "right": right,
            "why": why,
            "base": base_currency(),
            "waits": span((found.closed_at or now) - found.requested_at),
            "notes": found.notes.select_related("author").order_by("at", "pk"),
            "steps": () if first else _decisions(found),
            "step_count": max(1, found.part_count),
            "position": ids.index(pk) + 1 if pk in ids else None,
            "queue_count": len(ids),
            "newer": _newer(found),
        }
        name = "approval" if is_order else "approval_agreement"
        return render(request, f"suppliers/{name}.html", context)

    def _queue(self, at) -> list[int]:
        """Return what waits for the person, as far as one counts through it."""
        rows = inbox.waiting_for(self.principal, KINDS, at=at).order_by(*ORDERS["age"])
        return list(rows.values_list("pk", flat=True)[:200])


def _told(requests) -> dict[int, dict[str, Any]]:
    """Return by request whom it is about and why it is needed; a query for each kind there is."""
    orders = approval_cards.orders_of([row for row in requests if row.kind == KINDS[0]])
    agreed = agreement_cards.agreements_of([row for row in requests if row.kind == KINDS[1]])
    return {
        **{pk: {"supplier": one.supplier, "why": one.reason} for pk, one in orders.items()},
        **{pk: {"supplier": one.supplier, "why": _span_of(one)} for pk, one in agreed.items()},
    }


def _span_of(agreement) -> str:
    days = f"{agreement.valid_from} {formats.DASH} {agreement.valid_until}"
    return " · ".join(part for part in (gettext("Agreement"), agreement.title, days) if part)


def _visible(principal):
    return ApprovalRequest.objects.visible_to(principal).filter(kind__in=KINDS)


def _decisions(found):
    return found.steps.select_related("approver", "on_behalf_of").order_by("tier", "pk")


def _newer(found):
    """Return the request that took the place of a superseded one."""
    rows = ApprovalRequest.objects.filter(document_key=found.document_key, pk__gt=found.pk)
    return rows.order_by("-pk").first() if found.state == "superseded" else None


def _right(found, principal, at):
    """Return mine, own or other, and for own and other the sentence that says why."""
    if found.state != ApprovalRequest.State.PENDING:
        return "over", ""
    try:
        one = deciding.candidate(found, principal.actor, at)
    except (OwnRequest, NotYourStep) as error:
        own = isinstance(error, OwnRequest)
        return ("own" if own else "other"), _why(found, error, own, at)
    if not principal.may(DECIDE):
        return "other", ""
    return "mine", gettext("You decide in the place of %(name)s.") % {
        "name": people.names_of([one.for_id])
    } if one.for_id else ""


def _why(found, error: DomainError, own: bool, at) -> str:
    if not own:
        return str(error)
    names = people.names_of(one.user_id for one in people.approvers_for(found, at))
    return gettext("%(reason)s It waits for %(names)s.") % {"reason": error, "names": names or "—"}


class OnRequest(Act, SubmitOnce, View):
    """An act on a request in reach."""

    capability = DECIDE
    stale = None
    agreement_title: Any = ""

    def rows(self):
        return _visible(self.principal)

    def done_url(self, found) -> str:
        return reverse("approvals")

    def first_values(self, found):
        given = self.request.GET
        return {
            "revision": given.get("revision", found.revision),
            "content_hash": given.get("hash", found.content_hash),
        }

    def document_of(self, found) -> int:
        return approval_cards.order_id_of(found)

    def desk(self, found) -> Any:
        return DESKS[found.kind]

    def do(self, found, form) -> None:
        try:
            self.decide(found, form)
        except ApprovalStale:
            self.stale = form.shown()
            raise
        forget_count("approvals", self.principal)
        leave_note(self.request, self.said(found))

    def _ask(self, request, found, form, status):
        if found.kind == agreement_approving.KIND:
            self.title = self.agreement_title or self.title
        if self.stale is None or found.kind != purchase_approving.KIND:
            return super()._ask(request, found, form, status)
        before, after = purchase_approving.changed_since(self.document_of(found), self.stale)
        waiting = self.rows().waiting().filter(document_key=found.document_key).first()
        context = {
            "found": found,
            "changes": approval_cards.changes(before, after),
            "waiting": waiting,
            "currency": after["currency"],
        }
        fragment = wants_partial(request)
        name = "suppliers/approval_changed.html"
        answer = render(request, f"{name}#dialog" if fragment else name, context, status=409)
        return mark_varying(answer, fragment=fragment)


class Approve(OnRequest):
    """Approve what was shown."""

    title = _("Approve this purchase order?")
    agreement_title = _("Approve this agreement?")
    submit_text = _("Approve")
    form_class = ShownForm

    def text(self, found):
        supplier = _told([found])[found.pk]["supplier"]
        return gettext("%(number)s, version %(version)s: %(amount)s to %(supplier)s") % {
            "number": found.label,
            "version": found.revision,
            "amount": money(found.amount_base, base_currency()),
            "supplier": supplier.name,
        }

    def decide(self, found, form) -> None:
        self.desk(found).approve(
            self.document_of(found), form.shown(), actor=self.principal.actor, at=self.now
        )

    def said(self, found) -> str:
        return gettext("%(number)s: approved.") % {"number": found.label}


class Reject(OnRequest):
    """Reject what was shown, with a reason."""

    title = _("Reject this purchase order?")
    agreement_title = _("Reject this agreement?")
    submit_text = _("Reject")
    danger = True
    form_class = RejectForm

    def text(self, found):
        return gettext("The author can change %(number)s and submit it again.") % {
            "number": found.label
        }

    def decide(self, found, form) -> None:
        self.desk(found).reject(
            self.document_of(found),
            form.shown(),
            reason=form.cleaned_data["reason"],
            actor=self.principal.actor,
            at=self.now,
        )

    def said(self, found) -> str:
        return gettext("%(number)s: rejected.") % {"number": found.label}


class AskAuthor(OnRequest):
    """Put a question back; the order goes on waiting."""

    title = _("Ask the author")
    submit_text = _("Send question")
    form_class = QuestionForm

    def text(self, found):
        return gettext("%(number)s goes on waiting until you decide.") % {"number": found.label}

    def done_url(self, found) -> str:
        return reverse("approval", args=[found.pk])

    def decide(self, found, form) -> None:
        self.desk(found).ask(
            self.document_of(found),
            question=form.cleaned_data["text"],
            actor=self.principal.actor,
            at=self.now,
        )

    def said(self, found) -> str:
        return gettext("The author was asked.")


class AnswerApprover(AskAuthor):
    """Answer as the author."""

    capability = READ
    title = _("Answer the question")
    submit_text = _("Send answer")
    form_class = AnswerForm

    def decide(self, found, form) -> None:
        self.desk(found).answer(
            self.document_of(found),
            text=form.cleaned_data["text"],
            actor=self.principal.actor,
            at=self.now,
        )

    def said(self, found) -> str:
        return gettext("The answer was sent.")


class Withdraw(OnRequest):
    """Take one's own order back: a draft again."""

    capability = READ
    title = _("Take the order back?")
    agreement_title = _("Take the agreement back?")
    submit_text = _("Take back")
    form_class = NoFields

    def text(self, found):
        return gettext("%(number)s becomes a draft and waits for nobody.") % {"number": found.label}

    def decide(self, found, form) -> None:
        self.desk(found).withdraw(self.document_of(found), actor=self.principal.actor, at=self.now)

    def said(self, found) -> str:
        return gettext("%(number)s is a draft again.") % {"number": found.label}
