"""Parcels for staff: the list, one parcel, and what can be done about its label."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import clock, files, pii
from core.errors import NotFound
from core.models import AuditEntry
from core.permissions import RequireCapability
from core.tables import Column, EmptyText, Filter, IndexView, Tab
from core.templatetags.ui import chip, country, moment, weight
from core.views.acts import Act
from inventory.models import Warehouse
from shipping import wording
from shipping.forms import ReasonForm
from shipping.models import Label, LabelRequest, Parcel, ParcelItem, TrackingEvent
from shipping.services import labels, links

NO_LABEL = Q(tracking_number__isnull=True, state__in=["verified", "manifested", "in_transit"])


class ParcelIndex(IndexView):
    """Every parcel: where it is, and which still lack a label."""

    capability = "shipping.view"
    key = "parcels"
    title = _("Parcels")
    columns = (
        Column("number", _("Parcel"), sort="number", fixed=True),
        Column("order_number", _("Order")),
        Column("shipment_number", _("Shipment"), off=True),
        Column("warehouse_code", _("Warehouse")),
        Column("service", _("Service"), render=lambda row: row.service.name, export=str),
        Column(
            "destination",
            _("To"),
            render=lambda row: country(row.ship_to.get("country", "")),
            export=lambda row: row.ship_to.get("country", ""),
        ),
        Column("weight_g", _("Weight"), render=lambda row: weight(row.weight_g), end=True),
        Column("state", _("State"), render=lambda row: chip("parcel", row.state)),
        Column("tracking_number", _("Tracking number")),
        Column(
            "tracking_status",
            _("Last report"),
            render=lambda row: wording.STATUS.get(row.tracking_status, ""),
        ),
        Column("label_problem", _("Label problem")),
        Column("created_at", _("Packed"), render=lambda row: moment(row.created_at), off=True),
    )
    tabs = (
        Tab("all", _("All")),
        Tab("unlabelled", _("Without label"), where=NO_LABEL, hot=True),
        Tab("waiting", _("Waiting for carrier"), where=Q(state__in=["labelled", "confirmed"])),
        Tab("moving", _("With the carrier"), where=Q(state__in=["manifested", "in_transit"])),
        Tab("exception", _("Exception"), where=Q(state="exception"), hot=True),
        Tab("delivered", _("Delivered"), where=Q(state="delivered")),
    )
    filters = (
        Filter(
            "warehouse",
            _("Warehouse"),
            field="warehouse_code",
            options=lambda principal: [(c, c) for c in warehouse_codes(principal)],
            promoted=True,
        ),
        Filter("packed", _("Packed"), field="created_at", kind="day"),
    )
    empty = EmptyText(
        _("No parcels yet"),
        _("A parcel appears here when an order is packed."),
        "package",
    )

    def rows_for(self, principal):
        return Parcel.objects.visible_to(principal).select_related("service")

    def search(self, rows, text):
        plain = text.replace(" ", "").upper()
        return rows.filter(
            Q(number=plain)
            | Q(tracking_number=plain)
            | Q(order_number=plain)
            | Q(shipment_number=plain)
        )

    def row_url(self, row):
        return reverse("parcel", args=[row.pk])


def warehouse_codes(principal) -> list[str]:
    rows = Warehouse.objects.filter(principal.warehouse_q("code")).order_by("code")
    return list(rows.values_list("code", flat=True))


class ParcelDetail(RequireCapability, View):
    """One parcel: content, label, the carrier's reports, who did what."""

    capability = ("shipping.view", "shipping.labels")

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = Parcel.objects.visible_to(self.principal).select_related("service__carrier")
        parcel = get_object_or_404(
            rows.prefetch_related(
                Prefetch("items", ParcelItem.objects.order_by("pk")),
                Prefetch("events", TrackingEvent.objects.order_by("-at", "-pk")),
                Prefetch("label_requests", LabelRequest.objects.order_by("-pk")),
            ),
            pk=pk,
        )
        return render(request, "shipping/parcel.html", self.context_of(parcel))

    def context_of(self, parcel: Parcel) -> dict[str, Any]:
        wishes = list(parcel.label_requests.all())
        label = Label.objects.filter(parcel=parcel, request__state="purchased").first()
        may_label = self.principal.may("shipping.labels")
        has_left = parcel.handed_over_at is not None
        return {
            "parcel": parcel,
            "label": label,
            "wishes": wishes,
            "recipient": masked_address(self.principal, parcel.ship_to),
            "events": [
                {"text": wording.STATUS[e.status], "at": e.at, "meta": e.place, "glyph": "truck"}
                for e in parcel.events.all()
            ],
            "timeline": timeline(parcel),
            "sentence": wording.sentence(parcel.state, parcel.tracking_status),
            "may_print": may_label and label is not None,
            "may_void": may_label and label is not None and not has_left,
            "may_buy": may_label and label is None and parcel.state != "voided",
            "may_link": bool(parcel.order_key) and (may_label or self.principal.may("orders.edit")),
        }


def masked_address(principal, party: dict[str, str]) -> list[str]:
    """Return the lines of an address as far as this reader may see them."""
    contact = ("company", "line1", "line2", "postcode", "region", "phone")
    kinds = {**dict.fromkeys(contact, "contact"), "name": "name", "city": "name"}
    lines = (("name",), ("company",), ("line1",), ("line2",), ("postcode", "city"), ("region",))
    shown = (
        " ".join(filter(None, (pii.show(principal, party.get(k, ""), kinds[k]) for k in line)))
        for line in (*lines, ("phone",))
    )
    return [line for line in shown if line]


def timeline(parcel: Parcel) -> list[dict[str, Any]]:
    words = {
        "shipping.parcel_opened": _("Parcel opened"),
        "shipping.parcel_verified": _("Content checked and weighed"),
        "shipping.label_ready": _("Label bought"),
        "shipping.label_failed": _("Label not bought"),
        "shipping.label_confirmed": _("Label scanned"),
        "shipping.label_reprinted": _("Label printed again"),
        "shipping.label_void_asked": _("Label given back"),
        "shipping.label_voided": _("Carrier confirmed the void"),
        "shipping.parcel_handed_over": _("Handed to the carrier"),
        "shipping.parcel_voided": _("Parcel taken back"),
        "shipping.parcel_readdressed": _("Address corrected"),
        "shipping.tracking_changed": _("Carrier report"),
    }
    entries = AuditEntry.objects.filter(target_kind="parcel", target_id=str(parcel.pk))
    return [
        {
            "person": entry.actor_label if entry.actor_kind == "user" else "",
            "glyph": "circle-dot",
            "text": words.get(entry.action, entry.action),
            "at": entry.at,
            "meta": entry.reason,
        }
        for entry in entries.order_by("-at", "-pk")[:50]
    ]


class LabelFile(RequireCapability, View):
    """The label as PDF or ZPL: always the bytes that were bought."""

    capability = "shipping.labels"
    on_shared_device = True

    def get(self, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
        parcel = get_object_or_404(Parcel.objects.visible_to(self.principal), pk=pk)
        label = labels.get_label(parcel.pk)
        stored = label.pdf if kind == "pdf" else label.zpl
        if stored is None:
            raise NotFound(translate("This label is not kept in that format."))
        return files.download(stored)


class LabelAct(Act, View):
    """An act on the label of a parcel in reach."""

    capability = "shipping.labels"

    def rows(self):
        return Parcel.objects.visible_to(self.principal)

    def done_url(self, found):
        return reverse("parcel", args=[found.pk])


class BuyLabel(LabelAct):
    """Ask the carrier again for a label that is missing."""

    title = _("Buy the label")
    submit_text = _("Buy label")
    note = _("The carrier is being asked. The label appears here in a moment.")

    def text(self, found):
        return found.label_problem or translate("The carrier is asked at once.")

    def do(self, found, form):
        labels.try_again(found.pk, actor=self.principal.actor, at=self.now)


class VoidLabel(LabelAct):
    """Give the label back before the parcel leaves."""

    title = _("Void the label")
    submit_text = _("Void label")
    keep_text = _("Keep the label")
    form_class = ReasonForm
    danger = True
    note = _("The label is given back. The parcel can get another one.")

    def text(self, found):
        return translate("Tracking number %(number)s stops working.") % {
            "number": found.tracking_number or "\N{EM DASH}"
        }

    def do(self, found, form):
        reason = form.cleaned_data["reason"]
        labels.void_label(found.pk, reason=reason, actor=self.principal.actor, at=self.now)


class ReprintLabel(LabelAct):
    """Print the same label again, with a reason."""

    title = _("Print the label again")
    submit_text = _("Print label again")
    form_class = ReasonForm

    def text(self, found):
        return translate("The same label, byte for byte. The first one must not be used.")

    def do(self, found, form):
        reason = form.cleaned_data["reason"]
        labels.reprint(found.pk, "pdf", reason=reason, actor=self.principal.actor, at=self.now)

    def done_url(self, found):
        if self.request.method == "POST" and "reason" in self.request.POST:
            return reverse("parcel-label", args=[found.pk, "pdf"])
        return super().done_url(found)


class CustomerLink(RequireCapability, View):
    """Make a link to the customer's page and show it once."""

    capability = ("shipping.labels", "orders.edit")

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        parcel = get_object_or_404(Parcel.objects.visible_to(self.principal), pk=pk)
        if not parcel.order_key:
            raise NotFound(translate("This parcel belongs to no order."))
        token = links.issue(parcel.order_key, at=clock.now())
        url = f"{settings.PUBLIC_URL}{reverse('tracking', args=[token])}"
        response = render(request, "shipping/customer_link.html", {"parcel": parcel, "link": url})
        response.headers["Cache-Control"] = "no-store, private"
        return response
