"""Rules and requests for approval, through the services."""

from __future__ import annotations

import hashlib
import itertools
from decimal import Decimal
from typing import Any

from core import approvals
from core.actors import SYSTEM, Actor
from core.approvals import policies
from core.approvals.matching import Step
from core.models import ApprovalPolicy, ApprovalRequest, Role, User
from tests.factories.core import NOW

KIND = "purchase_order"
_numbers = itertools.count(1)


def acting(user: User) -> Actor:
    """Return a person as the one who acts."""
    return Actor("user", user.pk, str(user))


def step(role: str = "", *people: User) -> Step:
    """Return one step of a rule."""
    role_id = Role.objects.get(code=role).pk if role else None
    return Step(role_id, frozenset(person.pk for person in people))


def rule(name: str, *steps: Step, **more: Any) -> ApprovalPolicy:
    """Put a rule in force."""
    for amount in ("from_amount", "below_amount"):
        if amount in more:
            more[amount] = Decimal(more[amount])
    at = more.pop("at", NOW)
    draft = policies.PolicyDraft(kind=KIND, name=name, steps=steps, **more)
    return policies.save(draft, actor=SYSTEM, at=at)


def hash_of(text: str) -> str:
    """Return a content hash."""
    return hashlib.sha256(text.encode()).hexdigest()


def ask(by: User, **more: Any) -> approvals.Ask:
    """Return a question about a document that exists nowhere else."""
    number = more.pop("number", next(_numbers))
    fields = {
        "kind": KIND,
        "document_key": f"purchase_order:{number}",
        "label": f"PO-{number}",
        "revision": 1,
        "content_hash": hash_of("as asked"),
        "amount_base": Decimal(1000),
        **more,
    }
    return approvals.Ask(**fields)


def request(by: User, **more: Any) -> ApprovalRequest:
    """Open a request."""
    at = more.pop("at", NOW)
    return approvals.request(ask(by, **more), actor=acting(by), at=at)


def say(
    found: ApprovalRequest, who: User, decision: str = "approved", **more: Any
) -> ApprovalRequest:
    """Decide on a request as it was asked."""
    at = more.pop("at", NOW)
    comment = more.pop("comment", "" if decision == "approved" else "too dear")
    seen = more.pop("seen", found.content_hash)
    verdict = approvals.Verdict(decision, found.revision, seen, comment)
    return approvals.decide(found.pk, verdict, actor=acting(who), at=at)
