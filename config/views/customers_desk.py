"""O6 and O7: every customer, and one with all that happened; contact data masked by role."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django import forms
from django.conf import settings
from django.db.models import Count, Max, Min, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import audit, clock, pii
from core.errors import StateConflict
from core.forms import QForm
from core.models import AuditEntry, OutboundMail
from core.permissions import Principal, RequireCapability
from core.tables import Column, EmptyText, Filter, IndexView, Tab
from core.templatetags import ui
from core.views.acts import Act
from customers import queries
from customers.models import Customer, PortalAccount, PrivacyHold, PrivacyRequest
from customers.services import accounts, directory, merging, notifications, privacy
from customers.topic_words import TITLES
from fulfillment.models import CampaignAssignment
from orders.models import Order
from returns.models import ReturnRequest

SHOWN: Final = 20
#: How long contact data stays readable after a reason was given.
READABLE: Final = dt.timedelta(minutes=15)
_CONTACT: Final = ("email", "phone")


class CustomerIndex(IndexView):
    """Every customer: who orders often, who returns, who was erased."""

    key = "customers"
    url_name = "customer-index"
    capability = "customers.view"
    title = _("Customers")
    columns = (
        Column("number", _("Customer"), fixed=True, sort="number"),
        Column(
            "name",
            _("Name"),
            capability="customers.view_names",
            render=lambda row: row.name or (_("erased") if row.anonymised_at else ""),
        ),
        Column(
            "country",
            _("Country"),
            capability="customers.view_names",
            render=lambda row: ui.country(row.country),
        ),
        Column("segment", _("Segment")),
        Column("language", _("Language")),
        Column("order_count", _("Orders"), end=True, render=lambda row: ui.qty(row.order_count)),
        Column(
            "return_share",
            _("Orders with returns"),
            end=True,
            render=lambda row: ui.percent(row.return_share) if row.order_count else "",
        ),
        Column(
            "last_order_at",
            _("Last order"),
            sort="last_order_at",
            render=lambda row: ui.moment(row.last_order_at) if row.last_order_at else "",
        ),
        Column("tags", _("Tags"), render=lambda row: ", ".join(map(str, row.tags)), off=True),
    )
    tabs = (
        Tab("all", _("All"), Q(merged_into__isnull=True)),
        Tab("repeat", _("Ordered again"), Q(merged_into__isnull=True, order_count__gte=2)),
        Tab("erased", _("Erased"), Q(anonymised_at__isnull=False)),
    )
    filters = (
        Filter("segment", _("Segment"), field="segment", kind="text"),
        Filter("last", _("Last order"), field="last_order_at", kind="day"),
    )
    empty = EmptyText(
        _("No customers yet"),
        _("They come with their first order, or by an import."),
        "users",
    )
    default_sort = "-pk"

    def rows_for(self, principal: Principal) -> QuerySet[Any]:
        return Customer.objects.visible_to(principal)

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        word = text.strip()
        if not self.principal.may("customers.view_names"):
            return rows.filter(number__iexact=word)
        if not self.principal.may("customers.view_pii"):
            return rows.filter(Q(number__iexact=word) | Q(name__icontains=word))
        return rows.named_like(word)

    def complete(self, rows: list[Any]) -> None:
        """Count the orders with returns of the customers shown: one query for the page."""
        asked = ReturnRequest.objects.filter(order__customer__in=rows).exclude(kind="rts")
        counts = dict(
            asked.values("order__customer")
            .annotate(n=Count("order", distinct=True))
            .values_list("order__customer", "n")
        )
        for row in rows:
            row.return_share = counts.get(row.pk, 0) / row.order_count if row.order_count else 0

    def row_url(self, row: Any) -> str:
        return reverse("customer-page", args=[row.pk])


class CustomerPage(RequireCapability, View):
    """One customer from all sides."""

    capability = "customers.view"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        card = queries.card(self.principal, pk)
        if card is None:
            raise Http404
        customer = card.customer
        if customer.merged_into_id is not None:
            return redirect("customer-page", customer.merged_into_id)
        is_open = _is_readable(request, customer)
        may = {
            "names": is_open or self.principal.may("customers.view_names"),
            "pii": is_open or self.principal.may("customers.view_pii"),
            "edit": self.principal.may("customers.edit"),
            "privacy": self.principal.may("customers.privacy"),
            "orders": self.principal.may("orders.view"),
            "returns": self.principal.may("returns.view"),
            "reveal": self.principal.may("customers.view_names"),
        }
        context = {
            "customer": customer,
            "may": may,
            "shown": _shown(customer, may),
            "addresses": [_address(row, may) for row in card.addresses],
            "external_ids": card.external_ids,
            **_history(self.principal, customer, may),
            **_contact(customer),
        }
        return render(request, "customers/customer.html", context)


def _is_readable(request: HttpRequest, customer: Customer) -> bool:
    until = request.session.get("customers_read", {}).get(str(customer.pk), 0)
    return bool(until > clock.now().timestamp())


def _shown(customer: Customer, may: dict[str, bool]) -> dict[str, str]:
    return {
        "name": customer.name if may["names"] else pii.mask(customer.name, "name"),
        **{
            field: (getattr(customer, field) if may["pii"] else _dots(getattr(customer, field)))
            for field in _CONTACT
        },
    }


def _dots(value: str) -> str:
    return pii.mask(value, "contact") if value else ""


def _address(row: Any, may: dict[str, bool]) -> dict[str, Any]:
    street = ", ".join(part for part in (row.line1, row.line2, row.postcode, row.region) if part)
    return {
        "name": row.name if may["names"] else pii.mask(row.name, "name"),
        "street": street if may["pii"] else _dots(street),
        "place": f"{row.city} {row.country}".strip() if may["names"] else "",
        "is_default": row.is_default,
    }


def _history(principal: Principal, customer: Customer, may: dict[str, bool]) -> dict[str, Any]:
    orders = Order.objects.visible_to(principal).filter(customer=customer)
    returned = ReturnRequest.objects.visible_to(principal).filter(
        Q(customer=customer) | Q(order__customer=customer)
    )
    return {
        "orders": list(orders.order_by("-placed_at", "-pk")[:SHOWN]) if may["orders"] else [],
        "bought": orders.aggregate(
            count=Count("pk"), first_at=Min("placed_at"), last_at=Max("placed_at")
        ),
        "returns": list(returned.order_by("-requested_at", "-pk")[:SHOWN])
        if may["returns"]
        else [],
        "inserts": list(
            CampaignAssignment.objects.filter(customer_key=f"customer:{customer.pk}")
            .select_related("campaign")
            .order_by("-assigned_at", "-pk")[:SHOWN]
        ),
        "requests": list(
            PrivacyRequest.objects.visible_to(principal)
            .filter(customer=customer)
            .order_by("-pk")[:SHOWN]
        ),
        "hold": PrivacyHold.objects.filter(customer=customer, lifted_at__isnull=True).first(),
        "timeline": [
            {
                "person": entry.actor_label,
                "text": entry.action,
                "at": entry.at,
                "meta": entry.reason if may["pii"] else "",
            }
            for entry in AuditEntry.objects.of(f"customer:{customer.pk}")[:SHOWN]
        ],
    }


def _contact(customer: Customer) -> dict[str, Any]:
    """Return the mails, the choices of mails and the visits of the customer's address."""
    if not customer.email_norm:
        return {"mails": [], "choices": [], "account": None}
    mails = OutboundMail.objects.filter(to__iexact=customer.email_norm)
    return {
        "mails": list(mails.order_by("-pk")[:SHOWN]),
        "choices": [
            {"title": TITLES.get(one.topic, one.topic), "is_on": one.is_on}
            for one in notifications.choices_of(customer.email)
        ],
        "account": PortalAccount.objects.filter(email_norm=customer.email_norm).first(),
    }


class CustomerAct(Act, View):
    """An act on one customer in reach."""

    capability: Any = "customers.edit"

    def rows(self):
        return Customer.objects.visible_to(self.principal).current()

    def done_url(self, found):
        return reverse("customer-page", args=[found.pk])


class ReasonForm(QForm):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class Reveal(CustomerAct):
    """Read masked contact data for a quarter of an hour; the reason stands in the audit log."""

    capability = "customers.view_names"
    title = _("Show contact data")
    submit_text = _("Show contact data")
    form_class = ReasonForm

    def text(self, found):
        return _("Your reason is kept in the audit log. The data stays readable for 15 minutes.")

    def do(self, found, form):
        audit.record(
            actor=self.principal.actor,
            action="customers.contact_shown",
            target=f"customer:{found.pk}",
            reason=form.cleaned_data["reason"],
            at=self.now,
        )
        known = dict(self.request.session.get("customers_read", {}))
        known[str(found.pk)] = (self.now + READABLE).timestamp()
        self.request.session["customers_read"] = known


class TagsForm(QForm):
    """Words by which customers are told apart."""

    tags = forms.CharField(label=_("Tags, separated by commas"), max_length=300, required=False)


class EditTags(CustomerAct):
    """Set the tags of a customer."""

    title = _("Edit tags")
    submit_text = _("Save tags")
    form_class = TagsForm

    def first_values(self, found):
        return {"tags": ", ".join(map(str, found.tags))}

    def do(self, found, form):
        words = [word.strip() for word in form.cleaned_data["tags"].split(",")]
        directory.tag(
            found.pk, [one for one in words if one], actor=self.principal.actor, at=self.now
        )


class MergeForm(QForm):
    """The other row of the same customer."""

    number = forms.CharField(label=_("Number of the customer to take over"), max_length=32)


class Merge(CustomerAct):
    """Make two rows one."""

    title = _("Merge customers")
    submit_text = _("Merge customers")
    form_class = MergeForm
    danger = True

    def text(self, found):
        return _("Orders, ids and addresses of the other customer move here. It can't be undone.")

    def do(self, found, form):
        number = form.cleaned_data["number"].strip().upper()
        other = self.rows().filter(number=number).first()
        if other is None:
            raise StateConflict(str(_("No customer has this number. Look it up in the list.")))
        merging.merge(found, other, actor=self.principal.actor, at=self.now)


class SendLink(CustomerAct):
    """Mail the customer a link to their own pages."""

    title = _("Send the portal link")
    submit_text = _("Send link")
    note = _("The link is on its way.")

    def text(self, found):
        return _("The customer gets a link to sign in, at the address we know.")

    def do(self, found, form):
        if not found.email:
            raise StateConflict(str(_("No e-mail address is known. Add one first.")))
        accounts.ask_for_link(
            found.email, language=found.language or settings.LANGUAGE_CODE, at=self.now
        )


class PlaceHold(CustomerAct):
    """Keep the data from being erased."""

    capability = "customers.privacy"
    title = _("Place a legal hold")
    submit_text = _("Place hold")
    form_class = ReasonForm

    def do(self, found, form):
        reason = form.cleaned_data["reason"]
        privacy.hold(found.pk, reason, actor=self.principal.actor, at=self.now)


class LiftHold(CustomerAct):
    """Let the data be erased again."""

    capability = "customers.privacy"
    title = _("Lift the legal hold")
    submit_text = _("Lift hold")

    def do(self, found, form):
        hold = PrivacyHold.objects.filter(customer=found, lifted_at__isnull=True).first()
        if hold is None:
            raise StateConflict
        privacy.lift(hold.pk, actor=self.principal.actor, at=self.now)
