"""A migration operation that makes many tables at once.

Django renders the models of the whole project anew after each `CreateModel`, which makes an empty
database cost the square of its tables. Here they are made in one go and rendered once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation


class CreateTogether(Operation):
    """Create the tables of several models; each may refer to those before it."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, models: Sequence[CreateModel]) -> None:
        self.models = list(models)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Return how the operation is written down."""
        return (type(self).__name__, [], {"models": self.models})

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Add the models, forgetting what was rendered: the next reader renders all once."""
        state.__dict__.pop("apps", None)
        for model in self.models:
            model.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Create the tables in their order."""
        for model in self.models:
            model.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Drop the tables, the last one first."""
        for model in reversed(self.models):
            model.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """Return what the operation does, for people."""
        return f"Create {len(self.models)} models together"

    def references_model(self, name: str, app_label: str) -> bool:
        """Say whether one of the models is, or refers to, the named one."""
        return any(model.references_model(name, app_label) for model in self.models)
