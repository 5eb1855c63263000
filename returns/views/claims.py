"""Parcels that did not arrive, and what carriers owe for them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import clock
from core.errors import DomainError
from core.permissions import Principal, RequireCapability
from core.services.rates import RateUnknown
from core.tables import Column, EmptyText, Filter, IndexView, PageButton, Tab
from core.templatetags import ui
from core.views.acts import Act
from core.views.notes import leave_note
from returns.domain.delivery_watch import CASE_MOVES, CLAIM_MOVES, days_left
from returns.forms.claims import (
    CaseReasonForm,
    ClaimPaidForm,
    ClaimReferenceForm,
    MissingParcelForm,
)
from returns.models import CarrierClaim, DeliveryCase, ReturnRequest
from returns.queries.claims import cost_of_quality
from returns.services import carrier_claims, delivery_cases
from shipping.models import Parcel

SEE, MANAGE = "returns.view", "returns.manage"
PERIOD = dt.timedelta(days=90)


def _left(row: CarrierClaim) -> str:
    """Return the countdown of a claim that may still be sent."""
    if row.state not in {"open", "refused"}:
        return "—"
    left = days_left(row.deadline_on, clock.now().date())
    if left < 0:
        return gettext("over")
    return ngettext("%(n)s day left", "%(n)s days left", left) % {"n": left}


class CaseIndex(IndexView):
    """Every parcel that is a worry, with the deadline of its claim."""

    key = "delivery-cases"
    url_name = "delivery-cases"
    capability = SEE
    title = _("Missing parcels")
    columns = (
        Column("parcel.number", _("Parcel"), fixed=True, sort="parcel__number"),
        Column("order.number", _("Order")),
        Column("kind", _("What happened"), render=lambda row: row.get_kind_display()),
        Column("state", _("State"), bare=True, render=lambda r: ui.chip("delivery_case", r.state)),
        Column("parcel.tracking_number", _("Tracking number")),
        Column(
            "noticed_at", _("Noticed"), sort="noticed_at", render=lambda r: ui.moment(r.noticed_at)
        ),
        Column("reship.number", _("Sent again as")),
    )
    tabs = (
        Tab("decide", _("To decide"), Q(state__in=("decide", "duplicate")), hot=True),
        Tab("watching", _("Watching"), Q(state="watching")),
        Tab("done", _("Decided"), Q(state__in=("reshipped", "refunded", "found", "closed"))),
        Tab("all", _("All")),
    )
    filters = (Filter("kind", _("What happened"), options=DeliveryCase.Kind.choices),)
    buttons = (
        PageButton(_("Carrier claims"), "scale", "carrier-claims", SEE),
        PageButton(
            _("Report missing parcel"),
            "plus",
            "delivery-case-new",
            MANAGE,
            primary=True,
            create=True,
        ),
    )
    empty = EmptyText(
        _("No missing parcels"),
        _("Every parcel that left is scanned on its way. The watch looks every hour."),
        "package-check",
    )
    default_sort = "-pk"

    def rows_for(self, principal: Principal) -> QuerySet[Any]:
        rows = DeliveryCase.objects.visible_to(principal)
        return rows.select_related("parcel", "order", "reship")

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return rows.filter(
            Q(parcel__number=text.upper()) | Q(parcel__tracking_number=text) | Q(order__number=text)
        )

    def row_url(self, row: Any) -> str:
        return reverse("delivery-case", args=[row.pk])


class ClaimIndex(IndexView):
    """Every claim on a carrier, the nearest last day first."""

    key = "carrier-claims"
    url_name = "carrier-claims"
    capability = SEE
    title = _("Carrier claims")
    columns = (
        Column("number", _("Claim"), fixed=True, sort="number"),
        Column("parcel.number", _("Parcel")),
        Column("carrier", _("Carrier")),
        Column("kind", _("Why"), render=lambda row: row.get_kind_display()),
        Column("state", _("State"), bare=True, render=lambda r: ui.chip("carrier_claim", r.state)),
        Column("amount", _("Claimed"), end=True, render=lambda r: ui.money(r.amount, r.currency)),
        Column(
            "paid_amount", _("Paid"), end=True, render=lambda r: ui.money(r.paid_amount, r.currency)
        ),
        Column(
            "deadline_on", _("Last day"), sort="deadline_on", render=lambda r: ui.day(r.deadline_on)
        ),
        Column("left", _("Time left"), render=_left),
    )
    tabs = (
        Tab("open", _("To send"), Q(state="open"), hot=True),
        Tab("sent", _("Sent"), Q(state="sent")),
        Tab("done", _("Settled"), Q(state__in=("paid", "refused", "lapsed", "withdrawn"))),
        Tab("all", _("All")),
    )
    filters = (Filter("kind", _("Why"), options=CarrierClaim.Kind.choices),)
    buttons = (PageButton(_("Missing parcels"), "package-x", "delivery-cases", SEE),)
    empty = EmptyText(
        _("No carrier claims"),
        _("A lost parcel opens a claim by itself; a broken one from the page of its return."),
        "circle-check",
    )
    default_sort = "deadline_on"

    def rows_for(self, principal: Principal) -> QuerySet[Any]:
        return CarrierClaim.objects.visible_to(principal).select_related("parcel", "order")

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return rows.filter(
            Q(number=text.upper()) | Q(parcel__number=text.upper()) | Q(order__number=text)
        )

    def row_url(self, row: Any) -> str:
        return reverse("carrier-claim", args=[row.pk])


class CasePage(RequireCapability, View):
    """One case: parcel, carrier's reports, claims, what may be done, what cases cost of late."""

    capability = SEE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = DeliveryCase.objects.visible_to(self.principal)
        case = get_object_or_404(rows.select_related("parcel", "order", "reship"), pk=pk)
        may = self.principal.may(MANAGE)
        now = clock.now()
        context = {
            "case": case,
            "items": case.parcel.items.order_by("pk"),
            "events": case.parcel.events.order_by("-at", "-pk")[:20],
            "claims": case.parcel.carrier_claims.order_by("-pk"),
            "moves": CASE_MOVES[case.state] if may else frozenset(),
            "cost": _cost(now),
            "today": now.date(),
        }
        return render(request, "returns/delivery_case.html", context)


def _cost(now: dt.datetime) -> Any:
    try:
        return cost_of_quality(now - PERIOD, now)
    except RateUnknown:
        return None


class CarrierClaimPage(RequireCapability, View):
    """One claim: parcel, amounts, the last day, what may be done."""

    capability = SEE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = CarrierClaim.objects.visible_to(self.principal)
        claim = get_object_or_404(rows.select_related("parcel", "order", "case"), pk=pk)
        context = {
            "claim": claim,
            "left": _left(claim),
            "items": claim.parcel.items.order_by("pk"),
            "moves": CLAIM_MOVES[claim.state] if self.principal.may(MANAGE) else frozenset(),
        }
        return render(request, "returns/carrier_claim.html", context)


class ReportMissing(RequireCapability, View):
    """Open a case for a customer who calls: delivered, and not there."""

    capability = MANAGE

    def get(self, request: HttpRequest) -> HttpResponse:
        first = {"parcel": request.GET.get("parcel", "")}
        return self._page(request, MissingParcelForm(initial=first))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = MissingParcelForm(request.POST)
        if not form.is_valid():
            return self._page(request, form, 422)
        text = form.cleaned_data["parcel"].strip()
        rows = Parcel.objects.visible_to(self.principal)
        parcel = rows.filter(Q(number=text.upper()) | Q(tracking_number=text)).first()
        if parcel is None:
            words = gettext("There is no parcel %(parcel)s here. Check its number.")
            form.add_error("parcel", words % {"parcel": text})
            return self._page(request, form, 422)
        try:
            case = delivery_cases.report_missing(
                parcel.order_key,
                parcel.pk,
                words=form.cleaned_data["words"],
                actor=self.principal.actor,
                at=clock.now(),
                source="desk",
            )
        except DomainError as error:
            form.refuse(error)
            return self._page(request, form, 409 if error.status == 409 else 422)
        leave_note(request, gettext("The case is open."))
        return redirect("delivery-case", case.pk)

    def _page(
        self, request: HttpRequest, form: MissingParcelForm, status: int = 200
    ) -> HttpResponse:
        return render(request, "returns/delivery_case_new.html", {"form": form}, status=status)


class CaseAct(Act, View):
    """A decision on one case in reach; subclasses say which."""

    capability = MANAGE
    form_class = CaseReasonForm

    def rows(self) -> Any:
        return DeliveryCase.objects.visible_to(self.principal)

    def done_url(self, found: DeliveryCase) -> str:
        return reverse("delivery-case", args=[found.pk])


class ReshipCase(CaseAct):
    """Send the goods again."""

    title = _("Send the goods again?")
    submit_text = _("Send again")
    note = _("The goods are sent again by a new order.")

    def text(self, found: DeliveryCase) -> str:
        return gettext(
            "A new order without a price names order %(order)s. If the first parcel arrives after "
            "all, this case says so."
        ) % {"order": found.order.number}

    def do(self, found: DeliveryCase, form: Any) -> None:
        reason = form.cleaned_data["reason"]
        delivery_cases.reship(found.pk, reason=reason, actor=self.principal.actor, at=self.now)


class RefundCase(CaseAct):
    """Give the money for the parcel back."""

    title = _("Refund the parcel?")
    submit_text = _("Refund parcel")
    note = _("The refund is on its way.")

    def text(self, found: DeliveryCase) -> str:
        return gettext("What was paid for the goods in parcel %(parcel)s goes back, once.") % {
            "parcel": found.parcel.number
        }

    def do(self, found: DeliveryCase, form: Any) -> None:
        reason = form.cleaned_data["reason"]
        delivery_cases.refund(found.pk, reason=reason, actor=self.principal.actor, at=self.now)


class CloseCase(CaseAct):
    """End the case."""

    title = _("Close this case?")
    submit_text = _("Close case")
    note = _("The case is closed.")

    def do(self, found: DeliveryCase, form: Any) -> None:
        reason = form.cleaned_data["reason"]
        delivery_cases.close(found.pk, reason=reason, actor=self.principal.actor, at=self.now)


class CarrierClaimAct(Act, View):
    """A step of one claim in reach; subclasses say which."""

    capability = MANAGE

    def rows(self) -> Any:
        return CarrierClaim.objects.visible_to(self.principal)

    def done_url(self, found: CarrierClaim) -> str:
        return reverse("carrier-claim", args=[found.pk])


class SendCarrierClaim(CarrierClaimAct):
    """Write down that it went to the carrier."""

    title = _("Claim sent?")
    submit_text = _("Record sending")
    note = _("The claim is sent.")
    form_class = ClaimReferenceForm

    def do(self, found: CarrierClaim, form: Any) -> None:
        reference = form.cleaned_data["reference"]
        carrier_claims.send(found.pk, reference=reference, actor=self.principal.actor, at=self.now)


class PayCarrierClaim(CarrierClaimAct):
    """Write down what the carrier paid."""

    title = _("Record the payment")
    submit_text = _("Record payment")
    note = _("The payment is recorded.")
    form_class = ClaimPaidForm

    def first_values(self, found: CarrierClaim) -> dict[str, Any]:
        return {"amount": found.amount.normalize()}

    def do(self, found: CarrierClaim, form: Any) -> None:
        amount = form.cleaned_data["amount"]
        carrier_claims.pay(found.pk, amount, actor=self.principal.actor, at=self.now)


class RefuseCarrierClaim(CarrierClaimAct):
    """Write down that the carrier refuses."""

    title = _("Record the refusal")
    submit_text = _("Record refusal")
    form_class = CaseReasonForm
    state = "refused"

    def do(self, found: CarrierClaim, form: Any) -> None:
        note = form.cleaned_data["reason"]
        carrier_claims.end(found.pk, self.state, note=note, actor=self.principal.actor, at=self.now)


class WithdrawCarrierClaim(RefuseCarrierClaim):
    """Take the claim back."""

    title = _("Withdraw this claim?")
    submit_text = _("Withdraw claim")
    danger = True
    state = "withdrawn"


class ClaimDamage(Act, View):
    """Open a claim for what a carrier broke, from the page of a return."""

    capability = MANAGE
    title = _("Claim the damage from the carrier?")
    submit_text = _("Open claim")
    note = _("The claim is open. Send it before its last day.")

    def rows(self) -> Any:
        return ReturnRequest.objects.visible_to(self.principal)

    def done_url(self, found: ReturnRequest) -> str:
        return reverse("return-page", args=[found.pk])

    def do(self, found: ReturnRequest, form: Any) -> None:
        carrier_claims.claim_damage(found.pk, actor=self.principal.actor, at=self.now)
