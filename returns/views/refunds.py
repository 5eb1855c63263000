"""Refunds: the list, the page of one, and what can be done with it."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import clock, formats
from core.approvals import deciding, people
from core.approvals.errors import NotYourStep, OwnRequest
from core.models import ApprovalRequest
from core.permissions import Principal, RequireCapability
from core.submissions import SubmitOnce
from core.tables import Column, EmptyText, IndexView, Tab
from core.templatetags import ui
from core.views.acts import Act
from orders.models import Order
from returns.domain.refund_math import Way
from returns.forms.money import (
    DeclineForm,
    GatewayForm,
    GiveForm,
    ReferenceForm,
    SettleForm,
    ShownForm,
    WhyForm,
)
from returns.models import Recoverable, Refund, RefundPayment, ReturnLine, ReturnRequest
from returns.queries import refunds as read
from returns.refund_words import gateway_word
from returns.services import (
    paying_back,
    recoverables,
    refund_approving,
    refund_rows,
    refunds,
)
from returns.services.refunds import Giving

SEE, MANAGE, DECIDE = "returns.view", "returns.manage", "returns.approve_refunds"


def _total(row: Any) -> Any:
    return ui.money(row.amount + row.bonus_amount, row.currency)


class RefundIndex(IndexView):
    """Every refund, and what waits for whom."""

    key = "refunds"
    url_name = "refund-index"
    capability = SEE
    title = _("Refunds")
    columns = (
        Column("number", _("Refund"), fixed=True),
        Column("order.number", _("Order")),
        Column("request.number", _("Return")),
        Column("state", _("State"), bare=True, render=lambda r: ui.chip("refund", r.state)),
        Column("way", _("Way"), render=lambda r: r.get_way_display()),
        Column("reason", _("Cause"), render=lambda r: r.get_reason_display()),
        Column("amount", _("Amount"), end=True, render=_total),
        Column("created_at", _("Created"), render=lambda r: ui.moment(r.created_at)),
        Column("paid_at", _("Paid"), render=lambda r: ui.moment(r.paid_at)),
    )
    tabs = (
        Tab("to_approve", _("To approve"), Q(state="to_approve"), hot=True),
        Tab("by_hand", _("To pay by hand"), Q(state="paying", waits_by_hand=True), hot=True),
        Tab("failed", _("Failed"), Q(state="paying", has_failed=True), hot=True),
        Tab("paid", _("Paid"), Q(state="paid")),
        Tab("all", _("All")),
    )
    empty = EmptyText(
        _("No refunds"),
        _("Accepted returns and cancelled orders make a refund by themselves."),
        "circle-check",
    )
    default_sort = "-pk"

    def rows_for(self, principal: Principal) -> QuerySet[Any]:
        rows = Refund.objects.visible_to(principal).select_related("order", "request")
        return rows.with_waits()

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        word = text.upper()
        return rows.filter(Q(number=word) | Q(order__number=text) | Q(request__number=word))

    def row_url(self, row: Any) -> str:
        return reverse("refund-page", args=[row.pk])


class RefundPage(RequireCapability, View):
    """One refund: why, row by row, over which payments, and what it waits for."""

    capability = SEE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = Refund.objects.visible_to(self.principal)
        refund = get_object_or_404(rows.select_related("order__customer", "request"), pk=pk)
        lines = ReturnLine.objects.filter(request=refund.request_id or 0).select_related("sku")
        payments = read.payments_of(refund)
        waiting = refund_approving.waiting_for(refund)
        right, why = _right(waiting, self.principal)
        manages = self.principal.may(MANAGE)
        context = {
            "refund": refund,
            "view": read.view_of(refund, read.names_of(lines)),
            "payments": [(one, gateway_word(one.gateway)) for one in payments],
            "right": right,
            "why": why,
            "may_manage": manages,
            "may_cancel": manages
            and refund.state in ("to_approve", "paying")
            and all(one.state in ("waiting", "by_hand", "failed", "replaced") for one in payments),
        }
        return render(request, "returns/refund.html", context)


def _right(waiting: ApprovalRequest | None, principal: Principal) -> tuple[str, str]:
    """Return mine, other or "" (nothing waits), and the sentence that says for whom it waits."""
    if waiting is None:
        return "", ""
    try:
        deciding.candidate(waiting, principal.actor, clock.now())
    except OwnRequest as error:
        able = people.approvers_for(waiting, clock.now())
        names = people.names_of(one.user_id for one in able)
        said = gettext("%(reason)s It waits for %(names)s.")
        return "other", said % {"reason": error, "names": names or formats.DASH}
    except NotYourStep as error:
        return "other", str(error)
    return ("mine", "") if principal.may(DECIDE) else ("other", "")


class RefundApproval(RequireCapability, View):
    """Lead from a request for approval, as notices name it, to its refund."""

    capability = SEE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = get_object_or_404(ApprovalRequest, pk=pk, kind=refund_approving.KIND)
        refund = get_object_or_404(
            Refund.objects.visible_to(self.principal), pk=int(found.document_key.partition(":")[2])
        )
        return redirect("refund-page", pk=refund.pk)


class RefundAct(Act, SubmitOnce, View):
    """An act on one refund in reach."""

    capability = MANAGE

    def rows(self):
        return Refund.objects.visible_to(self.principal)

    def done_url(self, found):
        return reverse("refund-page", args=[found.pk])

    def text(self, found):
        total = formats.money(found.amount + found.bonus_amount, found.currency)
        return f"{found.number} · {total}"


class ApproveRefund(RefundAct):
    """Approve what was shown."""

    capability = DECIDE
    title = _("Approve this refund?")
    submit_text = _("Approve refund")
    form_class = ShownForm
    note = _("The refund is approved.")

    def first_values(self, found):
        return {"content_hash": found.content_hash}

    def do(self, found, form):
        shown = form.cleaned_data["content_hash"]
        actor = self.principal.actor
        refund_approving.approve(found.pk, content_hash=shown, actor=actor, at=self.now)


class DeclineRefund(ApproveRefund):
    """Decline what was shown."""

    title = _("Decline this refund?")
    submit_text = _("Decline refund")
    form_class = DeclineForm
    danger = True
    note = _("The refund is declined: the amount is owed no more.")

    def do(self, found, form):
        refund_approving.reject(
            found.pk,
            content_hash=form.cleaned_data["content_hash"],
            reason=form.cleaned_data["reason"],
            actor=self.principal.actor,
            at=self.now,
        )


class CancelRefund(RefundAct):
    """Cancel what nobody paid yet."""

    title = _("Cancel this refund?")
    submit_text = _("Cancel refund")
    keep_text = _("Keep refund")
    form_class = WhyForm
    danger = True
    note = _("The refund is cancelled: the amount is owed no more.")

    def do(self, found, form):
        reason = form.cleaned_data["reason"]
        refund_approving.cancel(found.pk, reason=reason, actor=self.principal.actor, at=self.now)


class PaymentAct(Act, SubmitOnce, View):
    """An act on one payment of a refund in reach."""

    capability = MANAGE

    def rows(self):
        return RefundPayment.objects.visible_to(self.principal).select_related("refund")

    def done_url(self, found):
        return reverse("refund-page", args=[found.refund_id])

    def text(self, found):
        return f"{found.refund_key} · {formats.money(found.amount, found.currency)}"


class ConfirmPayment(PaymentAct):
    """Write down that a person paid."""

    title = _("Record the payment")
    submit_text = _("Record payment")
    form_class = ReferenceForm
    note = _("The refund is paid.")

    def do(self, found, form):
        reference = form.cleaned_data["reference"]
        actor = self.principal.actor
        paying_back.confirm_by_hand(found.pk, reference=reference, actor=actor, at=self.now)


class RetryPayment(PaymentAct):
    """Send a refused payment again."""

    title = _("Send this payment again?")
    submit_text = _("Send again")
    note = _("The payment is sent again.")

    def do(self, found, form):
        paying_back.retry(found.pk, actor=self.principal.actor, at=self.now)


class ReroutePayment(PaymentAct):
    """Pay another way."""

    title = _("Pay another way")
    submit_text = _("Change way")
    form_class = GatewayForm
    note = _("The payment takes another way.")

    def get(self, request, pk):
        self._offer(pk)
        return super().get(request, pk)

    def post(self, request, pk):
        self._offer(pk)
        return super().post(request, pk)

    def _offer(self, pk: int) -> None:
        """Offer the ways but the present one; store credit only where a customer can hold it."""
        found = get_object_or_404(self.rows().select_related("refund__order"), pk=pk)
        names = refund_rows.remote_gateways()
        if found.refund.order.customer_id is not None:
            names.append(refund_rows.STORE_CREDIT)
        offered = [name for name in names if name != found.gateway]

        def form(*given: Any, **more: Any) -> GatewayForm:
            made = GatewayForm(*given, **more)
            made.offer(offered)
            return made

        self.form_class = form

    def do(self, found, form):
        gateway = form.cleaned_data["gateway"]
        paying_back.pay_another_way(found.pk, gateway, actor=self.principal.actor, at=self.now)


class GiveRefund(Act, SubmitOnce, View):
    """Give money back on an order, beside any return."""

    capability = MANAGE
    title = _("Refund an amount")
    submit_text = _("Make refund")
    form_class = GiveForm
    note = _("The refund is made.")
    made: Refund | None = None

    def rows(self):
        return Order.objects.visible_to(self.principal)

    def text(self, found):
        left = formats.money(refunds.left_of(found), found.currency)
        said = {"number": found.number, "left": left}
        return gettext("Order %(number)s: %(left)s of what was paid has not gone back.") % said

    def done_url(self, found):
        if self.made is not None:
            return reverse("refund-page", args=[self.made.pk])
        return reverse("order", args=[found.pk])

    def do(self, found, form):
        given = form.cleaned_data
        key = given["submission_key"] or f"{found.pk}:{self.now.isoformat()}"
        giving = Giving(given["reason"], key[:80], given["note"], Way(given["way"]))
        self.made = refunds.give(
            found.pk, given["amount"], giving, actor=self.principal.actor, at=self.now
        )


class RefundReturnNow(Act, SubmitOnce, View):
    """Pay what a return is worth before its policy would."""

    capability = MANAGE
    title = _("Refund this return now?")
    submit_text = _("Refund now")
    note = _("What was open is refunded.")

    def rows(self):
        return ReturnRequest.objects.visible_to(self.principal)

    def text(self, found):
        said = gettext(
            "%(number)s is paid for all units that were not refused. Units that do not come back "
            "are flagged as recoverable."
        )
        return said % {"number": found.number}

    def done_url(self, found):
        return reverse("return-page", args=[found.pk])

    def do(self, found, form):
        refunds.plan_for(found.pk, "manual", at=self.now, actor=self.principal.actor)


class SettleRecoverable(Act, SubmitOnce, View):
    """Say how a recoverable balance ended."""

    capability = MANAGE
    title = _("Settle the balance")
    submit_text = _("Settle balance")
    form_class = SettleForm
    note = _("The balance is settled.")

    def rows(self):
        return Recoverable.objects.visible_to(self.principal).select_related("return_line")

    def text(self, found):
        said = gettext("%(amount)s were paid for %(units)s units that did not come back.")
        amount = formats.money(found.amount, found.currency)
        return said % {"amount": amount, "units": found.qty}

    def done_url(self, found):
        return reverse("return-page", args=[found.return_line.request_id])

    def do(self, found, form):
        recoverables.settle(
            found.pk,
            is_recovered=form.cleaned_data["outcome"] == "recovered",
            reason=form.cleaned_data["reason"],
            actor=self.principal.actor,
            at=self.now,
        )
