"""X10: the customer's answer to an offer by its secret link, and the order desk's own."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View

from core import clock, sessions
from core.actors import Actor
from core.errors import DomainError
from orders.models import SubstitutionProposal
from orders.services import substituting
from orders.views.page import OrderView
from shipping import configured
from shipping.domain import defaults
from shipping.services import portal

PAGE = "substitute"
#: Wrong links per visitor and quarter of an hour before the page asks for patience.
MISSES = 30


@method_decorator(login_not_required, name="dispatch")
class AnswerOffer(View):
    """Yes or no to a substitute; a link that opens nothing always answers alike."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store, private"
        # The form needs its own origin; no other site learns the link.
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self._answer(request, token)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        answer = request.POST.get("answer", "")
        return self._answer(request, token, answer if answer in {"yes", "no"} else "")

    def _answer(self, request: HttpRequest, token: str, answer: str = "") -> HttpResponse:
        visitor = portal.visitor_key(sessions.client_ip(request) or "")
        now = clock.now()
        row = substituting.find(token, at=now)
        if row is None:
            try:
                portal.count_try(PAGE, visitor, limit=MISSES, at=now)
            except portal.TooManyTries as error:
                return self._page(request, {"text": str(error)}, error.status)
            return self._page(request, {}, 404)
        self._speak(request, row)
        if not answer:
            return self._page(request, {"offer": row})
        order = row.order_line.order
        actor = Actor("customer", order.customer_id, "customer")
        try:
            done = substituting.decide(row.pk, approve=answer == "yes", actor=actor, at=now)
        except DomainError as error:
            return self._page(request, {"offer": row, "problem": str(error)}, error.status)
        return self._page(request, {"offer": row, "outcome": done.state})

    def _speak(self, request: HttpRequest, row: SubstitutionProposal) -> None:
        order = row.order_line.order
        own = order.customer.language if order.customer else ""
        language = request.GET.get("lang", "") or own or order.channel.language
        if translation.check_for_language(language):
            translation.activate(language)

    def _page(
        self, request: HttpRequest, context: dict[str, Any], status: int = 200
    ) -> HttpResponse:
        offer = context.get("offer")
        brand = offer.order_line.order.channel.name if offer else ""
        base = {
            "brand_name": brand or configured.text(defaults.BRAND_NAME),
            "help_email": configured.text(defaults.HELP_EMAIL),
        }
        return render(request, "portal/substitute.html", {**base, **context}, status=status)


class DecideOffer(OrderView):
    """The order desk's answer to an open offer."""

    capability = "orders.edit"

    def post(self, request: HttpRequest, pk: int, offer_pk: int, choice: str) -> HttpResponse:
        order = self.order(pk)
        offer = get_object_or_404(SubstitutionProposal, pk=offer_pk, order_line__order=order)
        try:
            done = substituting.decide(
                offer.pk, approve=choice == "approve", actor=self.principal.actor, at=clock.now()
            )
        except DomainError as error:
            return self.refused(order, error)
        texts = {
            "approved": _("Replaced. The substitute is reserved."),
            "declined": _("Declined. The order keeps waiting."),
            "withdrawn": _("Not needed any more: the units were found meanwhile."),
        }
        return self.done(order, texts[done.state])
