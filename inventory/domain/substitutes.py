"""The list of what may be sent in place of a SKU, before it is written."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SubstituteDraft:
    """`num` units of one SKU stand in for `den` units of another, one way; codes name them."""

    sku_code: str
    substitute_code: str
    num: int = 1
    den: int = 1
    rank: int = 1
