"""The reviewed file `tests/access_matrix.toml`, read and checked."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from tests.access.world import EVERYWHERE, PRINCIPALS, SCOPED

FILE = Path(__file__).resolve().parents[1] / "access_matrix.toml"
METHODS = ("get", "post", "put", "patch", "delete")
SCOPES = ("none", "warehouse", "channel", "both", "self")
PEOPLE = frozenset((*SCOPED, *EVERYWHERE))


@dataclass(frozen=True)
class Row:
    """What one URL does for whom."""

    name: str
    allowed: dict[str, frozenset[str]]
    object: str
    scope: str
    loose: bool
    absent: frozenset[str] = frozenset()
    foreign: frozenset[str] | None = None
    refusal: str = "gone"
    data: dict[str, str] = field(default_factory=dict)

    def lets_in(self, principal: str, method: str) -> bool:
        """Say whether this principal gets past the guard with this method."""
        return principal in self.allowed.get(method, frozenset())

    def reaches_foreign(self, principal: str) -> bool:
        """Say whether the object out of reach of others is in reach of this principal."""
        if self.foreign is not None:
            return principal in self.foreign
        if self.scope == "none":
            return True
        return self.scope != "self" and principal in EVERYWHERE


def _principals(names: list[str]) -> frozenset[str]:
    found: set[str] = set()
    for name in names:
        match name:
            case "public":
                found |= set(PRINCIPALS)
            case "signed-in":
                found |= PEOPLE
            case _ if name in PRINCIPALS:
                found.add(name)
            case _:
                raise ValueError(f"{name}: no principal of the matrix")
    return frozenset(found)


def rows() -> dict[str, Row]:
    """Return the rows by URL name; names with * are patterns of the repair site."""
    raw = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {name: _row(name, entry) for name, entry in raw.items()}


def _row(name: str, entry: dict) -> Row:
    surplus = set(entry) - {
        *METHODS,
        "object",
        "scope",
        "loose",
        "absent",
        "foreign",
        "refusal",
        "data",
    }
    if surplus:
        raise ValueError(f"{name}: unknown keys {sorted(surplus)}")
    scope = entry.get("scope", "none")
    if scope not in SCOPES:
        raise ValueError(f"{name}: unknown scope {scope}")
    return Row(
        name=name,
        allowed={method: _principals(entry[method]) for method in METHODS if method in entry},
        object=entry.get("object", "none"),
        scope=scope,
        loose=entry.get("loose", False),
        absent=_principals(entry.get("absent", [])),
        foreign=_principals(entry["foreign"]) if "foreign" in entry else None,
        refusal=entry.get("refusal", "gone"),
        data=entry.get("data", {}),
    )


def row_for(name: str, known: dict[str, Row]) -> Row | None:
    """Return the row of a URL: its own, else the first pattern that fits."""
    if name in known:
        return known[name]
    patterns = (row for pattern, row in known.items() if "*" in pattern)
    return next((row for row in patterns if fnmatchcase(name, row.name)), None)
