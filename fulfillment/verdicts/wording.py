"""What a reason code says: the shape of its words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """Title and sentence of one reason code, in English; translated when shown."""

    title: str
    text: str
