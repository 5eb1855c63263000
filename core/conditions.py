"""Conditions that people write into rules: a small typed language, checked before it is stored.

`rule-engine` parses and evaluates. Before it sees a text, `_read` admits only the few tokens a
condition needs: the names of its `Language`, plain texts, numbers, days, comparisons, `in`, `and`,
`or`, `not`, brackets. No attributes, calls, arithmetic, patterns or comprehensions get to the
parser, so a condition can neither look into an object nor use up the machine.
"""

from __future__ import annotations

import datetime as dt
import decimal
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final

import rule_engine
from rule_engine import ast, errors

LONGEST = 1_000
MOST_TOKENS = 120
DEEPEST = 10

Value = str | bool | int | decimal.Decimal | dt.date | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """One thing a condition may ask about: its name, kind, sentence and an example.

    `kind` is text, number, yes_no, day or texts. `text` is English, marked for translation.
    """

    name: str
    kind: str
    text: str
    example: str


_TYPES: Final = {
    "text": rule_engine.DataType.STRING,
    "number": rule_engine.DataType.FLOAT,
    "yes_no": rule_engine.DataType.BOOLEAN,
    "day": rule_engine.DataType.DATETIME,
    "texts": rule_engine.DataType.ARRAY(rule_engine.DataType.STRING),
}
_YES_NO: Final = rule_engine.DataType.BOOLEAN
_TOKEN: Final = re.compile(
    r"""(?P<space>\s+)
    |(?P<day>d"\d{4}-\d{2}-\d{2}")
    |(?P<text>"[^"\\\n]{0,100}")
    |(?P<number>\d{1,12}(?:\.\d{1,4})?(?![\w.]))
    |(?P<word>[A-Za-z_][A-Za-z0-9_]{0,40}(?!["']))
    |(?P<op>==|!=|>=|<=|>(?!>)|<(?!<))
    |(?P<mark>[()\[\],])""",
    re.VERBOSE,
)
_WORDS: Final = frozenset({"and", "or", "not", "in", "true", "false"})


class BadCondition(ValueError):
    """A condition that can't be stored; `why` is a code, `at` the place (from 1), `what` a part."""

    def __init__(self, why: str, what: str = "", at: int = 0) -> None:
        super().__init__(f"{why} {what} {at}".strip())
        self.why, self.what, self.at = why, what, at


@dataclass(frozen=True, slots=True)
class Condition:
    """A checked condition. `names` are those it asks about, in the order of the editor."""

    text: str
    names: tuple[str, ...]
    _rule: Any
    _kinds: Mapping[str, str]

    def matches(self, facts: Mapping[str, Value]) -> bool:
        """Say whether the facts fulfil the condition; an empty condition always does."""
        return self._rule is None or bool(self._rule.evaluate(_typed(facts, self._kinds)))

    def matched_values(self, facts: Mapping[str, Value]) -> dict[str, Value]:
        """Return what the condition saw of the facts, for the explanation."""
        return {name: facts[name] for name in self.names}


@dataclass(frozen=True)
class Language:
    """The names that the conditions of one kind of rule may ask about."""

    names: tuple[Name, ...]

    @cached_property
    def kinds(self) -> dict[str, str]:
        """Return the kind of each name."""
        return {item.name: item.kind for item in self.names}

    def check(self, text: str) -> Condition:
        """Return the condition a text stands for. An empty text is always true.

        Raises:
            BadCondition: too long, an unknown name, a part the language does not have, a
                comparison of unlike things, or no yes-or-no answer.
        """
        return _checked(self, text.strip())


@lru_cache(maxsize=1024)
def _checked(language: Language, wanted: str) -> Condition:
    kinds = language.kinds
    if not wanted:
        return Condition("", (), None, kinds)
    used = _read(wanted, kinds)
    context = rule_engine.Context(
        type_resolver={name: _TYPES[kind] for name, kind in kinds.items()},
        default_timezone="utc",
        decimal_context=decimal.Context(prec=28),
        mapping_attribute_lookup=False,
    )
    try:
        rule = rule_engine.Rule(wanted, context=context)
    except errors.RuleSyntaxError as error:
        raise BadCondition("SYNTAX", at=_place(error)) from error
    except errors.DatetimeSyntaxError as error:
        raise BadCondition("BAD_DAY") from error
    except errors.EngineError as error:
        raise BadCondition("UNLIKE_KINDS") from error
    _check_kinds(rule.statement.expression)
    return Condition(wanted, tuple(name for name in kinds if name in used), rule, kinds)


def _read(text: str, kinds: Mapping[str, str]) -> set[str]:
    if len(text) > LONGEST:
        raise BadCondition("TOO_LONG", str(LONGEST))
    used: set[str] = set()
    deep = count = at = 0
    before = ""
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise BadCondition("NOT_IN_LANGUAGE", text[at : at + 12], at + 1)
        at, kind, part = found.end(), str(found.lastgroup), found.group()
        if kind == "space":
            continue
        count += 1
        deep += (part in "([") - (part in ")]") if kind == "mark" else 0
        if count > MOST_TOKENS or deep > DEEPEST:
            raise BadCondition("TOO_LONG", str(MOST_TOKENS))
        _check_token(part, before, found.start() + 1)
        if kind == "word" and part not in _WORDS and part not in kinds:
            raise BadCondition("UNKNOWN_NAME", part, found.start() + 1)
        if kind == "word" and part not in _WORDS:
            used.add(part)
        before = "value" if kind in {"text", "number", "day"} or part in used else part
    return used


def _check_token(part: str, before: str, at: int) -> None:
    if part in {"(", "["} and before in {"value", ")", "]", "true", "false"}:
        raise BadCondition("NOT_IN_LANGUAGE", part, at)
    if part == "not" and before == "not":
        raise BadCondition("NOT_IN_LANGUAGE", part, at)


def _place(error: errors.RuleSyntaxError) -> int:
    part = error.token
    return 0 if part is None else int(part.lexpos) + 1


def _check_kinds(expression: Any) -> None:
    if expression.result_type != _YES_NO:
        raise BadCondition("NOT_YES_OR_NO")
    for node in _nodes(expression):
        if isinstance(node, ast.LogicExpression):
            pairs = [(node.left.result_type, _YES_NO), (node.right.result_type, _YES_NO)]
        elif isinstance(node, ast.UnaryExpression):
            pairs = [(node.right.result_type, _YES_NO)]
        elif isinstance(node, ast.ContainsExpression):
            pairs = [(node.member.result_type, _member_type(node.container))]
        elif isinstance(node, ast.ComparisonExpression):
            pairs = [(node.left.result_type, node.right.result_type)]
        else:
            continue
        if any(one != other for one, other in pairs):
            raise BadCondition("UNLIKE_KINDS")


def _member_type(container: Any) -> Any:
    kind = container.result_type
    return getattr(kind, "value_type", kind)


def _nodes(node: Any) -> Iterator[Any]:
    waiting = [node]
    while waiting:
        now = waiting.pop()
        yield now
        for field in ("left", "right", "container", "member"):
            part = getattr(now, field, None)
            if part is not None:
                waiting.append(part)


def _typed(facts: Mapping[str, Value], kinds: Mapping[str, str]) -> dict[str, object]:
    return {name: _value(facts[name]) for name in kinds}


def _value(value: Value) -> object:
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return decimal.Decimal(value)
    if isinstance(value, dt.date):
        return dt.datetime(value.year, value.month, value.day, tzinfo=dt.UTC)
    return value
