"""What the customer's pages call when a parcel is not there."""

from __future__ import annotations

from returns.services.delivery_cases import NotDeliveredYet, ParcelNotOfOrder, report_missing

__all__ = ["NotDeliveredYet", "ParcelNotOfOrder", "report_missing"]
