"""One purchase order: how far each line is, its revisions and papers, and the next step."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import Greatest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import clock, formats
from core.models import ApprovalRequest
from core.permissions import RequireCapability
from core.services.rates import base_currency
from core.views.acts import Act
from suppliers.domain import purchase_states
from suppliers.domain.purchase_diff import differences
from suppliers.models import PurchaseLine, PurchaseOrder, PurchaseRevision
from suppliers.queries import portal
from suppliers.queries.to_announce import may_come
from suppliers.services import (
    order_chasing,
    purchase_closing,
    purchase_document,
    purchase_drafting,
    purchase_sending,
    purchase_submitting,
)
from suppliers.services.purchase_lines import is_off
from suppliers.views.purchase_editor import BUY, EDITABLE
from suppliers.views.purchase_forms import EndForm, GiveUpForm
from suppliers.views.purchase_words import CAUSES, difference_rows, source_word, timeline

SEE = "suppliers.view"
MANAGE = "suppliers.manage_arrivals"
SEE_PRICES = "suppliers.view_prices"
LINES_A_PAGE = 50
STEPS = (
    ("draft", _("Draft")),
    ("pending", _("To approve")),
    ("approved", _("Approved")),
    ("sent", _("Sent")),
    ("confirmed", _("Confirmed")),
    ("partly_received", _("Partly received")),
    ("received", _("Received")),
    ("closed", _("Closed")),
)


class PurchasePage(RequireCapability, View):
    """One order with everything that happened to it."""

    capability = SEE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = PurchaseOrder.objects.visible_to(self.principal)
        order = get_object_or_404(rows.select_related("supplier", "warehouse", "agreement"), pk=pk)
        sees_prices = self.principal.may(SEE_PRICES)
        context = {
            "order": order,
            "sees_prices": sees_prices,
            "base_currency": base_currency(),
            "steps": _steps(order),
            **_lines(order, request.GET.get("lines")),
            "revisions": _revisions(order, with_prices=sees_prices),
            "arrivals": order.arrivals.order_by("-pk")[:20],
            "timeline": timeline(order),
            "waiting": _waiting(order),
            **self._moves(order),
        }
        if sees_prices and order.sent_at is not None:
            context["answers"] = portal.for_buyer(order, now=clock.now())
        return render(request, "suppliers/purchase_order.html", context)

    def _moves(self, order: PurchaseOrder) -> dict[str, bool]:
        """Return what this person may do with the order now."""
        buys = self.principal.may(BUY)
        table = purchase_states.TRANSITIONS
        return {
            "may_edit": buys and order.state in EDITABLE,
            "may_buy": buys,
            "is_change": order.state in table["revise"],
            "may_submit": buys and order.state in table["submit"],
            "may_send": buys and order.state in table["send"],
            "may_chase": buys and order.state == PurchaseOrder.State.SENT,
            "may_close_short": buys and order.state in table["close_short"],
            "may_close": buys and order.state in table["close"],
            "may_cancel": buys and order.state in table["cancel"],
            "may_announce": self.principal.may(MANAGE) and may_come(order),
        }


class PurchasePdf(RequireCapability, View):
    """The paper of one revision, in the reader's language or in `?language=`."""

    capability = SEE_PRICES

    def get(self, request: HttpRequest, pk: int, revision: int) -> HttpResponse:
        orders = PurchaseOrder.objects.visible_to(self.principal)
        found = get_object_or_404(
            PurchaseRevision, order__in=orders, order_id=pk, revision=revision
        )
        language = request.GET.get("language") or get_language() or "en"
        if language not in {"en", "zh-hans"}:
            raise Http404
        file = purchase_document.render(found, language=language)
        return HttpResponse(
            file.content,
            content_type=file.content_type,
            headers={"Content-Disposition": f'inline; filename="{file.name}"'},
        )


class PurchaseAct(Act, View):
    """Base of the acts on one order."""

    capability = BUY

    def rows(self) -> QuerySet[PurchaseOrder]:
        rows: QuerySet[PurchaseOrder] = PurchaseOrder.objects.visible_to(self.principal)
        return rows.select_related("supplier", "warehouse")

    def text(self, found: PurchaseOrder) -> str:
        return f"{found.number} · {found.supplier.name}"

    def done_url(self, found: PurchaseOrder) -> str:
        return reverse("purchase-order", args=[found.pk])


class SubmitPurchase(PurchaseAct):
    """Ask for approval."""

    title = _("Submit for approval?")
    submit_text = _("Submit order")

    def do(self, found: PurchaseOrder, form: Any) -> None:
        purchase_submitting.submit(
            found.pk, expected_version=found.version, actor=self.principal.actor, at=self.now
        )


class SendPurchase(PurchaseAct):
    """Send the approved revision to the supplier."""

    title = _("Send to the supplier?")
    submit_text = _("Send order")

    def text(self, found: PurchaseOrder) -> str:
        contact = purchase_sending.contact_of(found)
        to = contact.email if contact else "\N{EM DASH}"
        return f"{found.number} v{found.revision} → {found.supplier.name}, {to}"

    def do(self, found: PurchaseOrder, form: Any) -> None:
        purchase_sending.send(found.pk, actor=self.principal.actor, at=self.now)


class ChasePurchase(PurchaseAct):
    """Ask the supplier for an answer once more."""

    title = _("Chase the supplier?")
    submit_text = _("Send reminder")
    note = _("The supplier gets a mail with a fresh link.")

    def text(self, found: PurchaseOrder) -> str:
        sent = _("%(number)s, sent %(ago)s ago, has no answer from %(supplier)s.")
        ago = formats.span(self.now - (found.sent_at or self.now))
        return sent % {"number": found.number, "ago": ago, "supplier": found.supplier.name}

    def do(self, found: PurchaseOrder, form: Any) -> None:
        order_chasing.chase(found.pk, actor=self.principal.actor, at=self.now)


class CancelPurchase(PurchaseAct):
    """Call the order off."""

    form_class = EndForm
    title = _("Cancel the order?")
    submit_text = _("Cancel order")
    keep_text = _("Keep order")
    danger = True

    def do(self, found: PurchaseOrder, form: Any) -> None:
        purchase_closing.cancel(
            found.pk, reason=form.cleaned_data["reason"], actor=self.principal.actor, at=self.now
        )


class ClosePurchaseShort(PurchaseAct):
    """Give up what has not come."""

    form_class = GiveUpForm
    title = _("Close the order short?")
    submit_text = _("Close short")
    danger = True

    def text(self, found: PurchaseOrder) -> str:
        units = sum(line.open_qty for line in found.lines.all())
        return _("%(number)s: %(n)s units are still open.") % {"number": found.number, "n": units}

    def do(self, found: PurchaseOrder, form: Any) -> None:
        purchase_closing.close_short(
            found.pk, reason=form.cleaned_data["reason"], actor=self.principal.actor, at=self.now
        )


class ClosePurchase(PurchaseAct):
    """File the order."""

    title = _("Close the order?")
    submit_text = _("Close order")

    def do(self, found: PurchaseOrder, form: Any) -> None:
        purchase_closing.close(found.pk, actor=self.principal.actor, at=self.now)


class DuplicatePurchase(PurchaseAct):
    """Draft the same needs once more."""

    title = _("Duplicate the order?")
    submit_text = _("Duplicate order")
    made: PurchaseOrder | None = None

    def do(self, found: PurchaseOrder, form: Any) -> None:
        self.made = purchase_drafting.duplicate(found.pk, actor=self.principal.actor, at=self.now)

    def done_url(self, found: PurchaseOrder) -> str:
        return super().done_url(self.made or found)


def _steps(order: PurchaseOrder) -> list[dict[str, Any]]:
    """Return the status line; rejected and cancelled orders stop where they stand."""
    names = [name for name, _text in STEPS]
    reached = names.index(order.state) if order.state in names else -1
    return [
        {"text": text, "is_done": place < reached, "is_now": place == reached}
        for place, (_name, text) in enumerate(STEPS)
    ]


def _lines(order: PurchaseOrder, page: str | None) -> dict[str, Any]:
    """Return one page of lines and the totals of all of them. Two queries."""
    every = PurchaseLine.objects.filter(order=order)
    totals = every.aggregate(
        count=Count("pk"),
        ordered=Sum("qty"),
        needed=Sum("raw_need_qty"),
        shipped=Sum("shipped_qty"),
        received=Sum("received_qty"),
        invoiced=Sum("invoiced_qty"),
        open=Sum(Greatest(F("qty") - F("received_qty") - F("short_qty"), 0)),
    )
    pages = Paginator(
        every.select_related("sku", "agreement_line__agreement").order_by("position", "pk"),
        LINES_A_PAGE,
    )
    pages.count = totals["count"]
    shown = pages.get_page(page)
    return {"lines": [_line(line) for line in shown], "line_page": shown, "totals": totals}


def _line(line: PurchaseLine) -> dict[str, Any]:
    return {
        "line": line,
        "source": source_word(line),
        "is_off": is_off(line),
        "amount": line.unit_price * line.qty,
        "is_rounded": line.raw_need_qty != line.qty and (line.moq_qty, line.multiple_qty) != (1, 1),
    }


def _revisions(order: PurchaseOrder, *, with_prices: bool) -> list[dict[str, Any]]:
    """Return the revisions, newest first, each with what it changed. One query."""
    found = list(PurchaseRevision.objects.filter(order=order).order_by("revision"))
    rows = []
    for before, revision in zip([None, *found], found, strict=False):
        changed = differences(before.snapshot, revision.snapshot) if before else ()
        tuples = [(one.sku, one.field, one.before, one.after) for one in changed]
        rows.append(
            {
                "revision": revision,
                "changes": difference_rows(tuples, with_prices=with_prices),
                "causes": [CAUSES.get(one, one) for one in revision.change.get("causes", ())],
                "is_approved": revision.content_hash == order.approval_hash,
            }
        )
    return rows[::-1]


def _waiting(order: PurchaseOrder) -> ApprovalRequest | None:
    if order.state != PurchaseOrder.State.PENDING:
        return None
    key = f"purchase_order:{order.pk}"
    return ApprovalRequest.objects.waiting().filter(document_key=key).first()
