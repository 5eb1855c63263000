"""V3: one order, to be confirmed, changed or declined by its supplier."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from suppliers.models import PurchaseOrder
from suppliers.portal_page import SupplierPage
from suppliers.queries import portal
from suppliers.queries.answer_words import REASON_WORDS
from suppliers.services import (
    answer_deciding,
    answers,
    order_talk,
    portal_drafts,
    purchase_document,
)
from suppliers.services.answer_errors import StaleOrder
from suppliers.services.answers import AnswerDraft
from suppliers.views.portal_forms import (
    AnswerForm,
    DeclineForm,
    MessageForm,
    StepsForm,
)

DONE: dict[str, Any] = {
    "accepted": _("Confirmed. Thank you."),
    "changed": _("Sent. The buyer decides about your changes."),
    "declined": _("Declined. The buyer was told."),
    "withdrawn": _("Taken back. Answer the order again."),
    "steps": _("Milestones saved."),
    "message": _("Message sent."),
    "announced": _("Shipment announced."),
    "amended": _("Shipment changed."),
    "taken_back": _("Shipment taken back."),
}


class OrderPage(SupplierPage):
    """V3: lines, answer, milestones, shipments, messages."""

    is_for_order_links = True

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        order = self.order(number)
        if order is None:
            return self.ended()
        return self.page(order, {"done": DONE.get(request.GET.get("done", ""), "")})

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        order = self.order(number)
        if order is None:
            return self.ended()
        acts = {
            "accept": self._accept,
            "answer": self._answer,
            "decline": self._decline,
            "withdraw": self._withdraw,
            "steps": self._steps,
            "message": self._message,
        }
        act = acts.get(request.POST.get("act", ""))
        if act is None:
            return self.page(order, status=422)
        try:
            return act(order)
        except StaleOrder as error:
            return self._stale(order, error)
        except DomainError as error:
            return self.page(order, {"problem": str(error)}, error.status)

    def _accept(self, order: PurchaseOrder) -> HttpResponse:
        answers.accept(
            order.pk,
            revision=self._revision(),
            event_key=self._key(),
            actor=self.actor,
            at=self.now,
        )
        return self.back(order, "accepted")

    def _answer(self, order: PurchaseOrder) -> HttpResponse:
        form = AnswerForm(self.request.POST, lines=portal.lines_of(order))
        if self._revision() != order.revision:
            raise StaleOrder(number=order.number)
        if not form.is_valid():
            return self.page(order, {"form": form}, 422)
        draft = AnswerDraft(
            order_id=order.pk,
            revision=self._revision(),
            confirmed_line_ids=form.confirmed(),
            changes=form.changes(),
            comment=form.cleaned_data["comment"],
        )
        done = answers.respond(draft, event_key=self._key(), actor=self.actor, at=self.now)
        return self.back(order, done.kind)

    def _decline(self, order: PurchaseOrder) -> HttpResponse:
        form = DeclineForm(self.request.POST)
        if not form.is_valid():
            return self.page(order, {"decline_form": form}, 422)
        draft = AnswerDraft(
            order_id=order.pk, revision=self._revision(), comment=form.cleaned_data["comment"]
        )
        answers.decline(
            draft,
            reason=form.cleaned_data["reason"],
            event_key=self._key(),
            actor=self.actor,
            at=self.now,
        )
        return self.back(order, "declined")

    def _withdraw(self, order: PurchaseOrder) -> HttpResponse:
        proposal = portal.open_proposal(order)
        if proposal is not None:
            answer_deciding.withdraw_change(proposal.pk, actor=self.actor, at=self.now)
        return self.back(order, "withdrawn")

    def _steps(self, order: PurchaseOrder) -> HttpResponse:
        form = StepsForm(self.request.POST, steps=portal.steps_of(order, today=self.today))
        if not form.is_valid():
            return self.page(order, {"steps_form": form}, 422)
        for step in form.steps:
            order_talk.set_milestone(
                order.pk,
                step.kind,
                planned_on=form.cleaned_data[f"planned_{step.kind}"],
                actual_on=form.cleaned_data[f"actual_{step.kind}"],
                actor=self.actor,
                at=self.now,
            )
        return self.back(order, "steps")

    def _message(self, order: PurchaseOrder) -> HttpResponse:
        text = self.request.POST.get("text", "")
        order_talk.write_message(
            order.pk, text, event_key=self._key(), actor=self.actor, at=self.now
        )
        return self.back(order, "message")

    def _stale(self, order: PurchaseOrder, error: StaleOrder) -> HttpResponse:
        context = {
            "problem": str(error),
            "differences": portal.differences_since(order, self._revision()),
        }
        return self.page(order, context, error.status)

    def _revision(self) -> int:
        raw = self.request.POST.get("revision", "")
        return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 9 else 0

    def _key(self) -> str:
        key = self.request.POST.get("submission_key", "")
        return f"link:{self.link.pk}:{key or self.now.timestamp()}"[:80]

    def back(self, order: PurchaseOrder, done: str) -> HttpResponse:
        return redirect(f"{self.url('supplier-portal-order', order.number)}?done={done}")

    def page(
        self, order: PurchaseOrder, more: dict[str, Any] | None = None, status: int = 200
    ) -> HttpResponse:
        is_changing = portal.is_changing(order)
        lines = [] if is_changing else portal.lines_of(order)
        proposal = portal.open_proposal(order)
        last = portal.last_answer(order)
        steps = portal.steps_of(order, today=self.today)
        may_answer = not is_changing and order.state in ("sent", "confirmed")
        context = {
            "order": order,
            "is_changing": is_changing,
            "may_answer": may_answer,
            "may_ship": order.state in ("confirmed", "partly_received")
            and any(line.left_qty for line in lines),
            "may_invoice": not is_changing and order.state != "cancelled",
            "has_draft": portal_drafts.of_order(order.pk) is not None,
            "may_step": order.state in portal.AT_SUPPLIER,
            "lines": lines,
            "proposal": proposal,
            "proposed": portal.proposal_lines(proposal) if proposal else [],
            "reasons": REASON_WORDS,
            "is_declined": last is not None and last.kind == "declined",
            "light": portal.light_of(order, has_proposal=proposal is not None, now=self.now),
            "form": AnswerForm(lines=lines),
            "decline_form": DeclineForm(),
            "steps_form": StepsForm(steps=steps),
            "message_form": MessageForm(),
            "messages": portal.talk_of(order),
            "shipments": portal.shipments_of(order),
        }
        return self.show("suppliers/portal/order.html", {**context, **(more or {})}, status)


class OrderPdf(SupplierPage):
    """The order as it was sent."""

    is_for_order_links = True

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        order = self.order(number)
        if order is None:
            return self.ended()
        # While a revision is in work the supplier keeps the one it was sent.
        paper = purchase_document.mail_file(
            f"purchase_order:{order.pk}:{order.sent_revision}", translation.get_language() or "en"
        )
        response = HttpResponse(paper.content, content_type=paper.content_type)
        response.headers["Content-Disposition"] = f'inline; filename="{paper.name}"'
        return response
