"""What the floor keeps that is secret or only sounds personal."""

from __future__ import annotations

from core import pii

pii.declare_many("fulfillment.Station", {"name": "none", "token_hash": "secret"})
