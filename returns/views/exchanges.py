"""Exchanges on a return's page: what is kept, until when, and which order sends it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from django.views import View

from core.permissions import Principal
from core.views.acts import Act
from returns.domain import exchange_states
from returns.forms.exchanges import ChoiceForm
from returns.forms.requests import ReasonForm
from returns.models import Exchange, ReturnRequest
from returns.services import card_holds, exchange_orders, exchanges


def part_of(rma: ReturnRequest, principal: Principal, now: dt.datetime) -> dict[str, Any] | None:
    """Return the exchanges of a return with what may be done; None where there are none."""
    rows = exchanges.for_request(rma.pk)
    if not rows:
        return None
    may = principal.may("returns.manage")
    cards = card_holds.newest_of([row.pk for row in rows])
    return {"rows": [{"row": row, "card": cards.get(row.pk), **_acts(row, may)} for row in rows]}


def _acts(row: Exchange, may: bool) -> dict[str, bool]:  # one flag of the reader
    is_repair = row.kind == Exchange.Kind.REPAIR
    return {
        "can_choose": may and row.state in {"expired", "waiting", "reserved"} and not is_repair,
        "can_order": may and row.state == exchange_states.RESERVED,
        "can_send": may and row.state == exchange_states.ORDERED,
        "can_repaired": may and is_repair and row.state == exchange_states.WAITING,
    }


class ExchangeAct(Act, View):
    """An act on an exchange of a return in reach."""

    capability = "returns.manage"

    def rows(self):
        mine = ReturnRequest.objects.visible_to(self.principal).order_by()
        return Exchange.objects.filter(line__request__in=mine).select_related("line", "sku")

    def done_url(self, found):
        return reverse("return-page", args=[found.line.request_id])


class Choose(ExchangeAct):
    """Write down what the customer chose."""

    title = _("Record the customer's choice")
    submit_text = _("Record choice")
    form_class = ChoiceForm
    note = _("The choice is recorded.")

    def text(self, found):
        return translate("%(qty)s units of %(sku)s") % {
            "qty": found.qty,
            "sku": found.sku.code,
        }

    def do(self, found, form):
        choice = form.cleaned_data["choice"]
        exchanges.choose(found.pk, choice, actor=self.principal.actor, at=self.now)


class OrderNow(ExchangeAct):
    """Place the order before the return is here."""

    title = _("Order the exchange now")
    submit_text = _("Order exchange")
    note = _("The order is placed. It waits for the return.")

    def text(self, found):
        return _("The units pass to a new order. It is held until the return is inspected.")

    def do(self, found, form):
        exchange_orders.order_now(found.pk, actor=self.principal.actor, at=self.now)


class Send(ExchangeAct):
    """Let the order go out."""

    title = _("Send the exchange")
    submit_text = _("Send exchange")
    note = _("The order goes out.")

    def text(self, found):
        return _("The order goes out although the return is not accepted in full.")

    def do(self, found, form):
        exchange_orders.complete(found.pk, actor=self.principal.actor, at=self.now)


class CancelOrder(ExchangeAct):
    """Take the order back."""

    title = _("Cancel the exchange")
    submit_text = _("Cancel exchange")
    keep_text = _("Keep exchange")
    form_class = ReasonForm
    danger = True
    note = _("The exchange is cancelled and its units are free.")

    def text(self, found):
        return _("The new order is cancelled. Decide the line's outcome afterwards.")

    def do(self, found, form):
        reason = form.cleaned_data["reason"]
        exchange_orders.cancel(found.pk, reason=reason, actor=self.principal.actor, at=self.now)


class Repaired(ExchangeAct):
    """Send the repaired item back."""

    title = _("Send the repaired item")
    submit_text = _("Send item")
    note = _("The order is placed and goes out.")

    def text(self, found):
        return _("The repaired unit must be back in stock. A new order without a price sends it.")

    def do(self, found, form):
        exchange_orders.send_repaired(found.pk, actor=self.principal.actor, at=self.now)
