"""C6 and C7: the way back with its papers, the steps to the money, and what may still be done."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext as _

from core import files
from core.errors import DomainError
from returns import label_words, portal_words
from returns.domain import states
from returns.domain.label_methods import METHODS
from returns.domain.refund_math import Breakdown
from returns.forms.portal import OwnTrackingForm
from returns.models import Exchange, Refund, ReturnLabel, ReturnLine, ReturnPhoto, ReturnRequest
from returns.queries import portal as pages
from returns.services import deciding, exchanges, portal_choices, return_labels
from returns.services.return_labels import IssueWish
from returns.views.portal_page import ReturnPage

#: While a carrier makes the label the page asks again by itself, without scripts.
ASK_AGAIN_S = 5
#: After this time the page stops asking and promises a mail.
MOST_WAIT = dt.timedelta(minutes=2)
EXCHANGE_CHOICES = ("refund", "store_credit", "wait")
#: Papers are drawn as downloads; the code is looked at on the phone.
INLINE = frozenset({"code"})


class OneReturn(ReturnPage):
    """A page about one return of the link's order."""

    row: ReturnRequest

    def opened(self) -> HttpResponseBase | None:
        refused = super().opened()
        if refused is not None:
            return refused
        found = pages.request_of(self.sale.pk, str(self.kwargs["number"])[:24])
        if found is None:
            return self.ended()
        self.row = found
        return None


class Status(OneReturn):
    """C6 and C7 on one page: what to do now, what happened, what comes, and the money."""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        return self._page()

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        acts = {
            "cancel": self._cancel,
            "pickup": self._pickup,
            "tracking": self._tracking,
            "exchange": self._exchange,
        }
        act = acts.get(request.POST.get("act", ""))
        if act is None:
            return self._page(_("Choose what to do."), 422)
        try:
            refused = act()
        except DomainError as error:
            found = pages.request_of(self.sale.pk, number)
            self.row = found if found is not None else self.row
            return self._page(str(error), error.status)
        return refused or redirect(self.url("portal-return-status", self.row.number))

    def _cancel(self) -> HttpResponse | None:
        deciding.cancel(self.row.pk, reason="", actor=self.actor, at=self.now, by_customer=True)
        return None

    def _pickup(self) -> HttpResponse | None:
        try:
            day = dt.date.fromisoformat(self.request.POST.get("day", ""))
        except ValueError:
            return self._page(_("Choose a day for the driver."), 422)
        wish = IssueWish(method="pickup", pickup_on=day)
        return_labels.issue(self.row.pk, wish, actor=self.actor, at=self.now)
        return None

    def _tracking(self) -> HttpResponse | None:
        form = OwnTrackingForm(self.request.POST)
        if not form.is_valid():
            return self._page(_("Enter the parcel service and its number."), 422)
        return_labels.tell_tracking(
            self.row.pk,
            form.cleaned_data["carrier"],
            form.cleaned_data["number"],
            actor=self.actor,
            at=self.now,
        )
        return None

    def _exchange(self) -> HttpResponse | None:
        choice = self.request.POST.get("choice", "")
        pk = self.request.POST.get("exchange", "")
        own = Exchange.objects.filter(line__request=self.row, pk=pk if pk.isdecimal() else 0)
        if choice not in EXCHANGE_CHOICES or not own.exists():
            return self._page(_("Choose what you would like instead."), 422)
        exchanges.choose(int(pk), choice, actor=self.actor, at=self.now)
        return None

    def _page(self, problem: str = "", status: int = 200) -> HttpResponse:
        row = self.row
        label = return_labels.current(row.pk)
        is_open = row.status in states.OPEN_STATES
        can_send = row.status in {states.APPROVED, states.LABEL_ISSUED}
        context = {
            "row": row,
            "title": portal_words.STATES[row.status],
            "timeline": pages.timeline(row),
            "problem": problem,
            "label": label if can_send else None,
            "label_words": label_words.STEPS.get(row.method, ()) if can_send else (),
            "method": label_words.METHODS[row.method],
            "papers": self._papers(label) if can_send else [],
            "is_pending": can_send and self._is_pending(label),
            "is_late": can_send and label is not None and label.state in {"asked", "failed"},
            "ask_again_s": ASK_AGAIN_S,
            "pickup_days": self._pickup_days(label) if can_send else [],
            "asks_tracking": can_send and row.method == "own",
            "lines": [self._line(line) for line in row.lines.all()],
            "money": self._money(),
            "refunds": [_refund(refund) for refund in _refunds(row)],
            "exchanges": [_exchange_row(one) for one in _exchanges(row)],
            "photos": _photos(row),
            "can_cancel": row.status in states.UNSENT_STATES,
            "is_open": is_open,
            "event": portal_words.EVENTS[row.processing_event],
            "step": 4,
            "steps": 4,
            "back": self.url("tracking"),
        }
        return self.show("portal/return_status.html", context, status)

    def _is_pending(self, label: ReturnLabel | None) -> bool:
        """Say whether the label may come within seconds: then the page asks again."""
        method = METHODS.get(self.row.method)
        if method is None or (method.needs_day and label is None):
            return False
        since = label.asked_at if label else self.row.decided_at
        waits = label is None or label.state == "asked"
        return bool(waits and since and self.now - since < MOST_WAIT)

    def _papers(self, label: ReturnLabel | None) -> list[dict[str, Any]]:
        if label is None:
            return []
        return [
            {
                "kind": paper.kind,
                "text": portal_words.PAPERS[paper.kind],
                "url": self.url("portal-return-file", self.row.number, paper.kind),
            }
            for paper in return_labels.files(self.row.pk)
        ]

    def _pickup_days(self, label: ReturnLabel | None) -> list[dt.date]:
        if self.row.method != "pickup" or (label is not None and label.pickup_on):
            return []
        return return_labels.pickup_days(self.row.pk, at=self.now)

    def _line(self, line: ReturnLine) -> dict[str, Any]:
        sku, is_chinese = line.sku, (translation.get_language() or "").startswith("zh")
        reason, other = line.reason, line.exchange_sku
        return {
            "code": sku.code if sku else "",
            "name": ((is_chinese and sku.name_zh) or sku.name) if sku else line.description,
            "qty": line.qty,
            "reason": ((is_chinese and reason.name_zh) or reason.name) if reason else "",
            "outcome": portal_words.OUTCOMES[line.resolution],
            "exchange": ((is_chinese and other.name_zh) or other.name) if other else "",
            "accepted_qty": line.accepted_qty,
            "refused_qty": line.refused_qty,
            "is_judged": bool(line.accepted_qty or line.refused_qty),
            "is_kept": line.is_kept,
            "key": line.order_line_id,
        }

    def _money(self) -> list[dict[str, Any]]:
        if not self.row.preview.get("rows"):
            return []
        names = {
            line.order_line_id: self._line(line)["name"]
            for line in self.row.lines.all()
            if line.order_line_id
        }
        return portal_choices.rows_of(Breakdown.from_json(self.row.preview), names)


def _refunds(row: ReturnRequest) -> list[Refund]:
    return list(Refund.objects.filter(request=row).order_by("pk"))


def _refund(refund: Refund) -> dict[str, Any]:
    return {
        "title": portal_words.OUTCOMES[refund.way],
        "amount": refund.amount,
        "currency": refund.currency,
        "state": refund.state,
        "text": portal_words.REFUNDS.get(refund.state, portal_words.REFUND_COMING),
        "paid_at": refund.paid_at,
    }


def _exchanges(row: ReturnRequest) -> list[Exchange]:
    rows = Exchange.objects.filter(line__request=row).select_related("sku", "order")
    return list(rows.order_by("pk"))


def _exchange_row(one: Exchange) -> dict[str, Any]:
    is_chinese = (translation.get_language() or "").startswith("zh")
    return {
        "pk": one.pk,
        "name": (is_chinese and one.sku.name_zh) or one.sku.name,
        "qty": one.qty,
        "state": one.state,
        "text": portal_words.EXCHANGES.get(one.state, ""),
        "expires_at": one.expires_at if one.state == "reserved" else None,
        "order_number": one.order.number if one.order else "",
        "asks": one.state == "expired",
    }


def _photos(row: ReturnRequest) -> list[ReturnPhoto]:
    return list(ReturnPhoto.objects.filter(request=row).order_by("pk")[:24])


class Paper(OneReturn):
    """One paper of the way back: label, slip, customs statement, code."""

    def get(self, request: HttpRequest, number: str, kind: str) -> HttpResponse:
        language = translation.get_language() or "en"
        try:
            paper = return_labels.read_file(self.row.pk, kind, language=language)
        except DomainError:
            return self.ended()
        response = HttpResponse(paper.content, content_type=paper.content_type)
        place = "inline" if kind in INLINE else "attachment"
        response.headers["Content-Disposition"] = f'{place}; filename="{paper.name}"'
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


class Photo(OneReturn):
    """One photo of this return."""

    def get(self, request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
        photo = ReturnPhoto.objects.filter(request=self.row, pk=pk).select_related("file").first()
        return self.ended() if photo is None else self.sealed(files.download(photo.file))
