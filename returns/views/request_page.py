"""The page of one return (O10) and what can be done from it."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import clock, files
from core.permissions import RequireCapability
from core.views.acts import Act
from customers.domain.drafts import AddressDraft
from inventory.models import Sku
from returns import policy_words, request_words
from returns.domain import states
from returns.domain.policy import PolicyDecision
from returns.forms.requests import (
    AddLineForm,
    LineChangeForm,
    OptionalReasonForm,
    ReasonForm,
    ReshipForm,
)
from returns.models import ReturnLine, ReturnPhoto, ReturnRequest, ReturnStep
from returns.queries import request_page, returnable
from returns.services import adding, deciding, undelivered
from returns.services.deciding import LineChange, OutcomeUnknown
from returns.services.request_lines import LineDraft
from returns.views import page_parts

MANAGE = "returns.manage"
ADDABLE = states.UNSENT_STATES | {states.IN_TRANSIT, states.ARRIVED}


class ReturnPage(RequireCapability, View):
    """Items, reasons and photos, policy, the parts of the other topics, timeline."""

    capability = "returns.view"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = ReturnRequest.objects.visible_to(self.principal).select_related(
            "order", "customer", "channel", "return_channel", "warehouse"
        )
        row = get_object_or_404(rows, pk=pk)
        page = request_page.page_of(row)
        language = get_language() or ""
        may = may_of(self.principal)
        context: dict[str, Any] = {
            "rma": row,
            "page": page,
            "may": may,
            "moves": {move for move in states.MOVES if may["manage"] and _may(move, row)},
            "lines": [_line(view, row, language) for view in page.lines],
            "can_add": may["manage"] and row.order_id is not None and row.status in ADDABLE,
            "can_reship": may["manage"] and _can_reship(row, page),
            "policy": _policy(page.decision),
            "waits_for": _waits_for(row, page.steps),
            "timeline": [_entry(step) for step in page.steps],
            "parts": page_parts.parts_of(row, self.principal, now=clock.now()),
        }
        return render(request, "returns/page.html", context)


def may_of(principal: Any) -> dict[str, bool]:
    """Return what the reader may do on the page, for it and its parts."""
    return {
        "manage": principal.may(MANAGE),
        "inspect": principal.may("returns.inspect"),
        "approve": principal.may("returns.approve_refunds"),
        "names": principal.may("customers.view_names"),
        "pii": principal.may("customers.view_pii"),
    }


def _may(move: str, row: ReturnRequest) -> bool:
    if move == "reopen" and row.status == states.RESOLVED:
        return False
    return states.may(move, row.status)


def _can_reship(row: ReturnRequest, page: request_page.RequestPage) -> bool:
    is_open = any(view.line.state == ReturnLine.State.OPEN for view in page.lines)
    return row.kind == ReturnRequest.Kind.RTS and row.status in states.OPEN_STATES and is_open


def _line(view: request_page.LineView, row: ReturnRequest, language: str) -> dict[str, Any]:
    line = view.line
    reason = line.reason
    return {
        "line": line,
        "photos": view.photos,
        "reason": request_words.reason_name(reason, language),
        "group": request_words.reason_name(reason.parent if reason else None, language),
        "outcome": request_words.OUTCOMES[line.resolution],
        "state": request_words.LINE_STATES[line.state],
        "refusal": policy_words.REFUSALS.get(str(line.policy.get("refusal", "")), ""),
        "was_refused": not line.policy.get("is_allowed", True),
        "fee_pct": (line.restocking_share * 100).normalize(),
        "bonus_pct": (line.bonus_share * 100).normalize(),
        "can_change": line.state == ReturnLine.State.OPEN and row.status in states.OPEN_STATES,
    }


def _policy(decision: PolicyDecision | None) -> dict[str, Any] | None:
    if decision is None:
        return None
    days = [line.deadline_on for line in decision.lines if line.deadline_on]
    return {
        "decision": decision,
        "deadline": min(days, default=None),
        "payer": policy_words.PAYERS.get(decision.label_payer, decision.label_payer),
        "money_when": policy_words.EVENTS.get(decision.processing_event, ""),
        "rules": [
            {"rule": rule, "effects": policy_words.effect_texts(dict(rule.changes))}
            for rule in decision.rules
        ],
    }


def _waits_for(row: ReturnRequest, steps: tuple[ReturnStep, ...]) -> list[str]:
    """Return why a person must decide, from the step that sent it there."""
    if row.status not in (states.REQUESTED, states.REVIEW):
        return []
    step = next((one for one in steps if one.code == "hold_for_review"), None)
    codes = step.data.get("codes", []) if step else []
    return [request_words.review(code) for code in codes]


def _entry(step: ReturnStep) -> dict[str, Any]:
    glyph, text = request_words.step(step.code)
    note = f" “{step.reason}”" if step.reason and step.reason != "policy" else ""
    return {"glyph": glyph, "text": f"{text}{note}", "at": step.at, "meta": step.by}


class Photo(RequireCapability, View):
    """A photo of returned goods, to those who may see the return."""

    capability = "returns.view"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = ReturnPhoto.objects.visible_to(self.principal).select_related("file")
        photo = get_object_or_404(rows, pk=pk)
        try:
            return files.download(photo.file)
        except files.FileDamaged as error:
            raise Http404 from error


class RequestAct(Act, View):
    """An act on one return in reach."""

    capability = MANAGE

    def rows(self):
        return ReturnRequest.objects.visible_to(self.principal)

    def done_url(self, found):
        return reverse("return-page", args=[found.pk])


class Approve(RequestAct):
    """Say yes."""

    title = _("Approve the return")
    submit_text = _("Approve return")
    form_class = OptionalReasonForm
    note = _("The return is approved.")

    def text(self, found):
        return _("The label is made at once and the customer is told.")

    def do(self, found, form):
        reason = form.cleaned_data["reason"]
        deciding.approve(found.pk, reason=reason, actor=self.principal.actor, at=self.now)


class Reject(RequestAct):
    """Say no."""

    title = _("Decline the return")
    submit_text = _("Decline return")
    form_class = ReasonForm
    danger = True
    note = _("The return is declined.")

    def text(self, found):
        return _("The customer reads the reason. The units may be asked for again.")

    def do(self, found, form):
        reason = form.cleaned_data["reason"]
        deciding.reject(found.pk, reason=reason, actor=self.principal.actor, at=self.now)


class Cancel(RequestAct):
    """Call it off."""

    title = _("Cancel the return")
    submit_text = _("Cancel return")
    form_class = ReasonForm
    danger = True
    note = _("The return is cancelled.")

    def text(self, found):
        return _("Its label is voided and reserved exchanges are released.")

    def do(self, found, form):
        reason = form.cleaned_data["reason"]
        deciding.cancel(found.pk, reason=reason, actor=self.principal.actor, at=self.now)


class Reopen(RequestAct):
    """Take a decision back."""

    title = _("Take the decision back")
    submit_text = _("Reopen return")
    form_class = ReasonForm
    note = _("The return is open again.")

    def do(self, found, form):
        reason = form.cleaned_data["reason"]
        deciding.reopen(found.pk, reason=reason, actor=self.principal.actor, at=self.now)


class Reship(RequestAct):
    """Send an undelivered parcel's goods again."""

    title = _("Send the goods again")
    submit_text = _("Send again")
    form_class = ReshipForm
    note = _("A new order is placed.")

    def text(self, found):
        return _("A new order without a price is placed to this address. Check what was wrong.")

    def first_values(self, found):
        order = found.order
        if order is None or not self.principal.may("customers.view_pii"):
            return {}
        return {name: getattr(order, f"ship_{name}") for name in ReshipForm.ADDRESS}

    def do(self, found, form):
        data = form.cleaned_data
        country = found.order.ship_country if found.order else ""
        address = AddressDraft(**{name: data[name] for name in form.ADDRESS}, country=country)
        undelivered.reship(
            found.pk, address, reason=data["reason"], actor=self.principal.actor, at=self.now
        )


class AddLine(RequestAct):
    """One more item of the order, on the customer's word."""

    title = _("Add an item")
    submit_text = _("Add item")
    note = _("The item is added.")

    @property
    def form_class(self):
        found = get_object_or_404(self.rows(), pk=self.kwargs["pk"])
        return partial(AddLineForm, items=_items_left(found))

    def text(self, found):
        return _("Units that are in another return can't be chosen.")

    def do(self, found, form):
        data = form.cleaned_data
        draft = LineDraft(
            order_line_id=int(data["item"]),
            qty=data["qty"],
            resolution=data["resolution"],
            reason_code=data["reason_code"],
        )
        adding.add_line(
            found.pk, draft, reason=data["reason"], actor=self.principal.actor, at=self.now
        )


def _items_left(row: ReturnRequest) -> list[tuple[int, str]]:
    if row.order is None:
        return []
    there = set(row.lines.filter(kind="expected").values_list("order_line_id", flat=True))
    return [
        (one.line.pk, f"{one.line.sku_code} ({one.left_qty})")
        for one in returnable.units_of(row.order).lines
        if one.left_qty and one.line.pk not in there
    ]


class ChangeLine(Act, View):
    """Decide a line otherwise than the policy."""

    capability = MANAGE
    title = _("Decide this line")
    submit_text = _("Save decision")
    form_class = LineChangeForm
    note = _("The line is decided anew.")

    def rows(self):
        return ReturnLine.objects.visible_to(self.principal).select_related("exchange_sku")

    def text(self, found):
        return _("Both the policy's answer and yours stay in the log.")

    def first_values(self, found):
        is_open = found.resolution in dict(self.form_class.base_fields["resolution"].choices)
        return {
            "resolution": found.resolution if is_open else "refund",
            "exchange": found.exchange_sku.code if found.exchange_sku else "",
            "restocking_pct": (found.restocking_share * 100).normalize(),
        }

    def do(self, found, form):
        data = form.cleaned_data
        exchange = None
        if data["resolution"] == "exchange":
            skus = Sku.objects.filter(code=data["exchange"])
            exchange = skus.values_list("pk", flat=True).first()
            if exchange is None:
                raise OutcomeUnknown
        change = LineChange(
            resolution=data["resolution"],
            exchange_sku_id=exchange,
            restocking_share=data["restocking_pct"],
            is_kept=data["resolution"] == "returnless",
        )
        deciding.override_line(
            found.pk, change, reason=data["reason"], actor=self.principal.actor, at=self.now
        )

    def done_url(self, found):
        return reverse("return-page", args=[found.request_id])
