"""How document numbers look. Pure; the kinds are listed in `config/wiring.py:NUMBERS`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NumberKind:
    """Numbers of one kind: `prefix` and digits from `first` on; a process takes `block` at once."""

    prefix: str
    first: int = 10_001
    block: int = 50
