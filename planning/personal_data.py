"""What planning keeps that only sounds personal: the name of a promotion or a season."""

from __future__ import annotations

from core import pii

pii.declare_many("planning.DemandEvent", {"name": "none"})
pii.declare_many("planning.ForecastShare", {"acknowledged_name": "staff"})
pii.declare_many("planning.AlertRule", {"by_mail": "none"})
