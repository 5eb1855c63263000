"""The demo's carts, its put wall, and what may be sent in place of a missing tea."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from config.demo.catalog import DemoSku
from core.actors import SYSTEM
from fulfillment.services import carts
from fulfillment.services.carts import CartDraft, WallDraft
from inventory.domain.substitutes import SubstituteDraft
from inventory.models import Warehouse
from inventory.services.substitutes import save_substitutes

CARTS, SLOTS, WALL_SLOTS, PAIRS = 2, 8, 12, 12


def carts_and_walls(made: Mapping[str, Warehouse], at: dt.datetime) -> None:
    """Give each warehouse two carts of eight slots and one put wall."""
    for code, place in made.items():
        for number in range(1, CARTS + 1):
            draft = CartDraft(f"CART-{code}-{number}", place.pk, SLOTS)
            carts.save_cart(draft, actor=SYSTEM, at=at)
        carts.save_wall(WallDraft(f"WALL-{code}", place.pk, WALL_SLOTS), actor=SYSTEM, at=at)


def substitutes(rows: Sequence[DemoSku], at: dt.datetime) -> None:
    """Let neighbors in the catalog stand in for each other, one for one, one way."""
    pairs = zip(rows[0 : 2 * PAIRS : 2], rows[1 : 2 * PAIRS : 2], strict=True)
    drafts = [SubstituteDraft(first.code, second.code) for first, second in pairs]
    save_substitutes(drafts, actor=SYSTEM, at=at)
