"""Who does something: a person, an API key, a customer, or the system itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ActorKind = Literal["user", "api_key", "system", "customer", "supplier"]


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who acts. `label` is what a timeline shows: a name, never an e-mail address."""

    kind: ActorKind
    id: int | None
    label: str

    @property
    def key(self) -> str:
        """Return the key under which rows remember this actor, such as `user:3` or `system`."""
        return self.kind if self.id is None else f"{self.kind}:{self.id}"


SYSTEM = Actor("system", None, "system")
