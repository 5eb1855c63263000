"""Say whether the books balance; call it at the end of every flow test."""

from __future__ import annotations

from inventory.services import checking


def assert_books_balance() -> None:
    """Fail with every number that is not what it is derived from."""
    drifts = checking.check()
    assert not drifts, "\n".join(
        f"{drift.rule} {drift.where}: holds {drift.stored}, should hold {drift.expected}"
        for drift in drifts
    )
