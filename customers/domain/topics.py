"""What mails to customers are about: the unit in which their readers silence them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ORDERS, DELIVERY, RETURNS = "orders", "delivery", "returns"
PROGRESS, FEEDBACK = "progress", "feedback"


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic. An essential one belongs to the contract: nobody silences it by accident."""

    code: str
    is_essential: bool


TOPICS: Final = (
    Topic(ORDERS, is_essential=True),
    Topic(DELIVERY, is_essential=False),
    Topic(RETURNS, is_essential=True),
    Topic(PROGRESS, is_essential=False),
    Topic(FEEDBACK, is_essential=False),
)
CODES: Final = tuple(topic.code for topic in TOPICS)
ESSENTIAL: Final = frozenset(topic.code for topic in TOPICS if topic.is_essential)
