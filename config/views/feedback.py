"""What customers say after delivery: the page that asks, and what the answers add up to (A-21)."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core import clock
from core.errors import DomainError
from core.forms.kit import QForm
from core.permissions import Principal
from core.tables import Column, EmptyText, Filter, IndexView, Tab
from core.tables.state import IndexState
from core.templatetags import ui
from core.tries import TooManyTries
from customers.domain.feedback_scores import ENOUGH, Score
from customers.models import Feedback
from customers.services import feedback
from customers.services.feedback import Answer
from orders.models import Channel
from orders.services.delivery_figures import delivery_figures
from shipping.portal_page import PortalPage, brand_of
from shipping.services import portal

SPANS: Final = (30, 90, 365)


class FeedbackForm(QForm):
    """Three questions, one of which needs an answer."""

    csat = forms.TypedChoiceField(
        label=_("How satisfied are you with this order?"),
        choices=[(n, str(n)) for n in range(1, 6)],
        coerce=int,
        widget=forms.RadioSelect,
    )
    nps = forms.TypedChoiceField(
        label=_("How likely would you recommend us to a friend?"),
        choices=[(n, str(n)) for n in range(11)],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("What should we know?"),
        required=False,
        max_length=feedback.LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class FeedbackPage(PortalPage):
    """The questions about one order, by the secret link of the mail; answered once."""

    referrer = "same-origin"

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        row = feedback.find(token, at=clock.now())
        if row is None:
            return self._missed()
        return self._page(row, token, FeedbackForm())

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        row = feedback.find(token, at=clock.now())
        if row is None:
            return self._missed()
        form = FeedbackForm(request.POST)
        if row.answered_at is None and not form.is_valid():
            return self._page(row, token, form, 422)
        if row.answered_at is not None:
            return self._page(row, token, form, 409)
        data = form.cleaned_data
        try:
            said = Answer(data["csat"], data["nps"], data["words"])
            row = feedback.answer(row.pk, said, at=clock.now())
        except feedback.AnsweredBefore as error:
            row.refresh_from_db()
            return self._page(row, token, form, error.status)
        except DomainError as error:
            form.refuse(error)
            return self._page(row, token, form, error.status)
        return self._page(row, token, form)

    def _page(
        self, row: Feedback, token: str, form: FeedbackForm, status: int = 200
    ) -> HttpResponse:
        order = portal.tracked(row.order_key)
        context = {
            "row": row,
            "token": token,
            "form": form,
            "is_again": status == 409,
            "order_number": row.order_number,
            **(brand_of(order) if order else {}),
        }
        return self.show("portal/feedback.html", context, status)

    def _missed(self) -> HttpResponse:
        try:
            portal.count_try(portal.OPEN, self.visitor(), limit=portal.MISSES, at=clock.now())
        except TooManyTries as error:
            return self.ended(str(error), error.status)
        return self.ended()


def _channels(principal: Principal) -> list[tuple[str, str]]:
    rows = Channel.objects.visible_to(principal).order_by("name", "pk")
    return list(rows.values_list("code", "name"))


def _late(row: Any) -> str:
    if row.was_late is None:
        return ""
    return str(_("late")) if row.was_late else str(_("on time"))


class FeedbackIndex(IndexView):
    """Every question and answer, under the figures of the last days."""

    key = "feedback"
    capability = "customers.view"
    title = _("Feedback")
    template_name = "orders/feedback.html"
    columns = (
        Column("order_number", _("Order"), fixed=True),
        Column("csat", _("Satisfaction (1 to 5)"), end=True),
        Column("nps", _("Recommendation (0 to 10)"), end=True),
        Column("words", _("Words"), capability="customers.view_pii"),
        Column("channel_code", _("Channel")),
        Column("country", _("Country")),
        Column("carrier_code", _("Carrier")),
        Column("was_late", _("Delivery"), render=_late),
        Column("delivered_at", _("Delivered"), render=lambda row: ui.moment(row.delivered_at)),
        Column(
            "answered_at",
            _("Answered"),
            render=lambda row: ui.moment(row.answered_at) if row.answered_at else "",
        ),
        Column("asked_at", _("Asked"), sort="asked_at", render=lambda r: ui.moment(r.asked_at)),
    )
    tabs = (
        Tab("all", _("All")),
        Tab("unhappy", _("Unhappy"), Q(csat__lte=2), hot=True),
        Tab("answered", _("Answered"), Q(answered_at__isnull=False)),
        Tab("silent", _("No answer"), Q(answered_at__isnull=True)),
    )
    filters = (
        Filter("channel", _("Channel"), field="channel_code", options=_channels, promoted=True),
        Filter("late", _("Late"), field="was_late", kind="flag", promoted=True),
        Filter("asked", _("Asked"), field="asked_at", kind="day"),
    )
    empty = EmptyText(
        _("Nobody was asked yet"),
        _("Customers are asked by mail a week after everything of their order has arrived."),
        "star",
    )
    default_sort = "-asked_at"

    def rows_for(self, principal: Principal) -> QuerySet[Any]:
        return Feedback.objects.visible_to(principal)

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return rows.filter(order_number=text)

    def row_url(self, row: Any) -> str:
        return reverse("order", args=[int(row.order_key.partition(":")[2])])

    def page_context(self, state: IndexState) -> dict[str, Any]:
        """Return the rows and, above them, the scores of the chosen span."""
        context = super().page_context(state)
        wanted = self.request.GET.get("days", "")
        days = int(wanted) if wanted in map(str, SPANS) else SPANS[0]
        end = clock.now()
        start = end - dt.timedelta(days=days)
        rows = Feedback.objects.visible_to(self.principal).asked_between(start, end)
        said = feedback.figures(rows)
        return {
            **context,
            "days": days,
            "spans": SPANS,
            "said": said,
            "csat": _shown(said.csat),
            "nps": _shown(said.nps),
            "delivery": delivery_figures(self.principal, start, end),
            "enough": ENOUGH,
        }


def _shown(score: Score) -> dict[str, Any]:
    """Return a score rounded as people read it."""
    parts = {"value": score.value, "low": score.low, "high": score.high}
    return {
        "n": score.n,
        **{name: None if part is None else round(part) for name, part in parts.items()},
    }
