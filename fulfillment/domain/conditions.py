"""The conditions of packing rules: a small typed language, checked before it is stored.

`rule-engine` parses and evaluates. Before it sees a text, `_read` admits only the few tokens a
condition needs: names from `NAMES`, plain texts, numbers, days, comparisons, `in`, `and`, `or`,
`not`, brackets. No attributes, calls, arithmetic, patterns or comprehensions reach the parser, so
a condition can neither look into an object nor use up the machine.
"""

from __future__ import annotations

import datetime as dt
import decimal
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import rule_engine
from rule_engine import ast, errors

LONGEST = 1_000
MOST_TOKENS = 120
DEEPEST = 10

Value = str | bool | int | decimal.Decimal | dt.date | tuple[str, ...]


def _(text: str) -> str:
    return text


@dataclass(frozen=True, slots=True)
class Name:
    """One thing a condition may ask about: its name, kind, sentence and an example.

    `kind` is text, number, yes_no, day or texts. `text` is English, marked for translation.
    """

    name: str
    kind: str
    text: str
    example: str


#: Everything a condition can ask, in the order of the editor.
NAMES: Final[tuple[Name, ...]] = (
    Name("channel", "text", _("Code of the sales channel"), 'channel == "web-de"'),
    Name(
        "country", "text", _("Country the parcel goes to, two letters"), 'country in ["DE", "AT"]'
    ),
    Name(
        "segment", "text", _("Segment of the customer, as typed in or imported"), 'segment == "VIP"'
    ),
    Name("tags", "texts", _("Tags of the customer"), '"tea-club" in tags'),
    Name(
        "language", "text", _("Language of the customer, else of the channel"), 'language == "de"'
    ),
    Name("is_first_order", "yes_no", _("The customer has no earlier order"), "is_first_order"),
    Name(
        "order_count",
        "number",
        _("Orders of the customer so far, with this one"),
        "order_count >= 5",
    ),
    Name("total", "number", _("Total of the order in its currency"), "total >= 50"),
    Name("currency", "text", _("Currency of the order"), 'currency == "EUR"'),
    Name("items", "number", _("Units of goods in the order"), "items >= 3"),
    Name("skus", "texts", _("SKU codes in the order"), '"TEA-ROSE" in skus'),
    Name("categories", "texts", _("Categories of the goods in the order"), '"Tea" in categories'),
    Name("brands", "texts", _("Brands of the goods in the order"), '"Mingjian" in brands'),
    Name("is_gift", "yes_no", _("The order is a gift"), "not is_gift"),
    Name("has_gift_note", "yes_no", _("The order carries a gift message"), "has_gift_note"),
    Name("today", "day", _("Day of packing in the warehouse's zone"), 'today <= d"2026-05-31"'),
    Name("weekday", "number", _("Day of the week, Monday is 1"), "weekday == 5"),
    Name("campaigns", "texts", _("Codes of the campaigns that run today"), '"SPRING" in campaigns'),
    Name("warehouse", "text", _("Code of the warehouse that packs"), 'warehouse == "SZX"'),
)
_KINDS: Final = {item.name: item.kind for item in NAMES}
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

    def matches(self, facts: Mapping[str, Value]) -> bool:
        """Say whether the facts fulfil the condition; an empty condition always does."""
        return self._rule is None or bool(self._rule.evaluate(_typed(facts)))

    def matched_values(self, facts: Mapping[str, Value]) -> dict[str, Value]:
        """Return what the condition saw of the facts, for the explanation."""
        return {name: facts[name] for name in self.names}


@lru_cache(maxsize=512)
def check(text: str) -> Condition:
    """Return the condition a text stands for. An empty text is always true.

    Raises:
        BadCondition: too long, an unknown name, a part the language does not have, a comparison
            of unlike things, or no yes-or-no answer.
    """
    wanted = text.strip()
    if not wanted:
        return Condition("", (), None)
    used = _read(wanted)
    context = rule_engine.Context(
        type_resolver={name: _TYPES[kind] for name, kind in _KINDS.items()},
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
    return Condition(wanted, tuple(item.name for item in NAMES if item.name in used), rule)


def _read(text: str) -> set[str]:
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
        _check_token(kind, part, before, found.start() + 1)
        if kind == "word" and part not in _WORDS:
            used.add(part)
        before = "value" if kind in {"text", "number", "day"} or part in used else part
    return used


def _check_token(kind: str, part: str, before: str, at: int) -> None:
    if kind == "word" and part not in _WORDS and part not in _KINDS:
        raise BadCondition("UNKNOWN_NAME", part, at)
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


def _typed(facts: Mapping[str, Value]) -> dict[str, object]:
    return {name: _value(facts[name]) for name in _KINDS}


def _value(value: Value) -> object:
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return decimal.Decimal(value)
    if isinstance(value, dt.date):
        return dt.datetime(value.year, value.month, value.day, tzinfo=dt.UTC)
    return value
