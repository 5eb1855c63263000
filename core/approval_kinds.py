"""How a kind of document takes part in approvals; `config/wiring.py:APPROVALS` lists them. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ApprovalKind:
    """One kind of document that needs agreement.

    `capability` is the right an approver holds, `url_name` the page of a request (by its id),
    `expired` the dotted path of `f(request_id, *, at) -> bool`, which lets the owner of the
    document lock it first and then calls `core.approvals.expire`. `rules`: the kind whose rules
    count for this one too, those that agree by themselves left out; empty: rules of its own.
    """

    capability: str
    url_name: str
    expired: str
    rules: str = ""
