"""Who is erased: the ids, keys and addresses by which rows belong to one person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.apps import apps
from django.db.models import Model, Q, QuerySet

from core.erasing.rules import Of, rules

#: Values of a filter per statement: SQLite takes few more than 30,000 parameters.
MANY: Final = 5_000


@dataclass(slots=True)
class Subject:
    """One person: ids by kind (`customer`, `order`, ...) and e-mail addresses in lower case."""

    ids: dict[str, set[int]] = field(default_factory=dict)
    emails: set[str] = field(default_factory=set)

    @property
    def keys(self) -> set[str]:
        """Return every id as a key, such as `order:17`."""
        return {f"{kind}:{number}" for kind, numbers in self.ids.items() for number in numbers}

    def condition(self, of: Of) -> Q:
        """Return the filter for the person's rows of a rule; matches nothing without ids."""
        found = Q(pk__in=[])
        for column, kind in of.items():
            if kind == "@email":
                for email in sorted(self.emails):
                    found |= Q(**{f"{column}__iexact": email})
            elif kind.endswith(":"):
                numbers = sorted(self.ids.get(kind[:-1], ()))
                found |= Q(**{f"{column}__in": [f"{kind}{number}" for number in numbers]})
            else:
                found |= Q(**{f"{column}__in": sorted(self.ids.get(kind, ()))})
        return found


def model_of(label: str) -> type[Model]:
    """Return the model class of a label such as `orders.Order`."""
    return apps.get_model(label)


def rows(model: str, of: Of, subject: Subject) -> QuerySet[Any]:
    """Return the person's rows of a model."""
    return model_of(model)._base_manager.filter(subject.condition(of))


def gather(ids: Mapping[str, Iterable[int]], emails: Iterable[str]) -> Subject:
    """Return the person with everything that the rules of kind `part` add, until nothing is new."""
    known = {kind: set(numbers) for kind, numbers in ids.items()}
    subject = Subject(known, {email.strip().lower() for email in emails if email.strip()})
    grows = True
    while grows:
        grows = False
        for rule in rules("part"):
            have = subject.ids.setdefault(rule.kind, set())
            found = set(rows(rule.model, rule.of, subject).values_list("pk", flat=True))
            grows = grows or not found <= have
            have |= found
    return subject
