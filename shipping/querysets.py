"""Reads of shipping that chain, and the locks of its rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length

if TYPE_CHECKING:
    from core.permissions import Principal
    from shipping.models import LabelRequest, Parcel, PublicLink, RateCard


class RateCardQuerySet(models.QuerySet["RateCard"]):
    """Rate cards by their valid range, which is half-open."""

    def valid_on(self, day: dt.date) -> Self:
        """Keep the cards in force on `day`."""
        open_end = Q(valid_to__isnull=True) | Q(valid_to__gt=day)
        return self.filter(open_end, valid_from__lte=day)

    def overlapping(self, valid_from: dt.date, valid_to: dt.date | None) -> Self:
        """Keep the cards that share a day with the half-open range given."""
        ends_later = Q(valid_to__isnull=True) | Q(valid_to__gt=valid_from)
        starts_before = Q() if valid_to is None else Q(valid_from__lt=valid_to)
        return self.filter(ends_later & starts_before)


class ParcelQuerySet(models.QuerySet["Parcel"]):
    """Parcels by owner, order and the scope of the reader."""

    def visible_to(self, principal: Principal) -> Self:
        """Keep the parcels of the warehouses in the principal's scope."""
        return self.filter(principal.warehouse_q("warehouse_code"))

    def for_order(self, order_key: str) -> Self:
        """Keep the parcels of one order, in packing order, without the voided ones."""
        kept = self.filter(order_key=order_key).exclude(state="voided")
        # S10 follows S9: numbers of one kind grow in length before they grow in letters.
        return kept.order_by(Length("shipment_number"), "shipment_number", "position", "pk")

    def for_owners(self, owner_keys: Iterable[str]) -> Self:
        """Keep the parcels of these owners (`shipment:17`)."""
        return self.filter(owner_key__in=list(owner_keys))

    def without_label(self) -> Self:
        """Keep the parcels that are packed or gone and still lack a tracking number."""
        return self.filter(
            tracking_number__isnull=True, state__in=["verified", "manifested", "in_transit"]
        )

    def lock(self) -> Self:
        """Lock rows in pk order, so two callers can never deadlock. Evaluate inside atomic()."""
        return self.select_for_update(of=("self",)).order_by("pk")


class LabelRequestQuerySet(models.QuerySet["LabelRequest"]):
    """Label requests by standing, and the claim that keeps two workers apart."""

    def alive(self) -> Self:
        """Keep the requests that may still yield a label or hold a valid one: one per parcel."""
        return self.filter(state__in=["requested", "purchased"])

    def claimable(self, ids: Iterable[int], now: dt.datetime) -> Self:
        """Keep the requests that nobody is sending at the moment."""
        free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=now)
        return self.filter(free, pk__in=list(ids), state="requested")

    def lock(self) -> Self:
        """Lock rows in pk order. Evaluate inside atomic()."""
        return self.select_for_update(of=("self",)).order_by("pk")


class PublicLinkQuerySet(models.QuerySet["PublicLink"]):
    """Links handed to customers."""

    def live(self, now: dt.datetime) -> Self:
        """Keep the links that neither expired nor were revoked."""
        return self.filter(expires_at__gt=now, revoked_at__isnull=True)
