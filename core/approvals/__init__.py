"""Agreement of people before a document counts, for any kind of document.

`request` opens, `decide` decides, `supersede` ends what no longer is the document; all run in the
caller's transaction, after the owner locked the document.
"""

from core.approvals.asking import answer, ask
from core.approvals.deciding import Verdict, decide
from core.approvals.people import Candidate, approvers_for
from core.approvals.requesting import Ask, expire, request, supersede, withdraw
from core.approvals.substitutes import StandIn, delegate
from core.approvals.upkeep import expire_due

__all__ = [
    "Ask",
    "Candidate",
    "StandIn",
    "Verdict",
    "answer",
    "approvers_for",
    "ask",
    "decide",
    "delegate",
    "expire",
    "expire_due",
    "request",
    "supersede",
    "withdraw",
]
