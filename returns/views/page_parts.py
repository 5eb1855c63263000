"""What stands on a return's page beside the request itself: one part per topic, each its own file.

A part is a template `templates/returns/page/<key>.html` and a provider
`f(rma: ReturnRequest, principal: Principal, now: datetime) -> dict | None`. Its dict is `part` in
the template, beside `rma` and `may` (manage, inspect, approve, names, pii); None leaves the part
out. Places: `actions` (buttons in the head), `top` (notes above everything), `main` and `side`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.wiring import resolve

if TYPE_CHECKING:
    from core.permissions import Principal
    from returns.models import ReturnRequest


@dataclass(frozen=True, slots=True)
class Part:
    """One part: where it stands, in which order, and the dotted path of its provider."""

    key: str
    place: str
    rank: int
    provider: str

    @property
    def template(self) -> str:
        return f"returns/page/{self.key}.html"


PARTS: tuple[Part, ...] = (
    Part("labels", "side", 10, "returns.views.labels.part_of"),
    Part("exchange", "main", 20, "returns.views.exchanges.part_of"),
    Part("money", "main", 30, "returns.queries.refunds.part_of"),
    Part("claims", "side", 50, "returns.queries.claims.part_of"),
    Part("inspection", "main", 40, "returns.queries.floor_part.part_of"),
    Part("economics", "main", 45, "returns.services.economics.part_of"),
    Part("messages", "main", 60, "returns.queries.portal.messages_part"),
)


def parts_of(
    rma: ReturnRequest, principal: Principal, *, now: dt.datetime, parts: Iterable[Part] = PARTS
) -> Mapping[str, list[dict[str, Any]]]:
    """Return by place the parts that have something to show: template and `part`, in rank order."""
    found: dict[str, list[dict[str, Any]]] = {"actions": [], "top": [], "main": [], "side": []}
    for part in sorted(parts, key=lambda one: (one.rank, one.key)):
        shown = resolve(part.provider)(rma, principal, now)
        if shown is not None:
            found[part.place].append({"template": part.template, "part": shown})
    return found
