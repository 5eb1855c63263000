"""Figures of the floor that a later setting may change; behaviours.md is their source."""

from __future__ import annotations

import datetime as dt

#: X09: how long a short shipment may wait for a person's decision.
DECISION_DUE = dt.timedelta(hours=4)

#: A box whose scale weight differs by more than this share is looked at again (W13).
WEIGHT_TOLERANCE_RATIO = 0.10

#: X09: the bin of a short pick is counted within the same shift.
COUNT_DUE = dt.timedelta(hours=8)
