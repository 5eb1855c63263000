"""Keep the Simplified Chinese catalogue complete, without gettext.

    make messages                              extract, merge, report; then compile
    python -m scripts.messages check           report only; fails when something is missing
    python -m scripts.messages compile         django.po -> django.mo

English texts in the sources are the keys. New translations may be written into
locale/parts/<topic>.po, which win over what the catalogue says; `update` merges them.
"""

from __future__ import annotations

import ast
import datetime as dt
import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PROJECT = Path(__file__).resolve().parent.parent
LOCALE = PROJECT / "locale"
CATALOGUE = LOCALE / "zh_Hans" / "LC_MESSAGES" / "django.po"
SOURCES = (
    "config",
    "core",
    "customers",
    "inventory",
    "suppliers",
    "shipping",
    "orders",
    "fulfillment",
    "returns",
    "planning",
    "templates",
)
PLURAL = dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2))
CONTEXT = dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2))
BOTH = dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3))
PLAIN = dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"))
KEYWORDS = {**PLAIN, **PLURAL, **CONTEXT, **BOTH}
LITERAL = r"""u?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
CALL = re.compile(
    rf"\b(_|n?p?gettext)\(\s*({LITERAL})(?:\s*,\s*({LITERAL}))?(?:\s*,\s*({LITERAL}))?"
)
PLACEHOLDER = re.compile(r"%\((\w+)\)|\{(\w*)[^{}]*\}|%([sd])")
# A date of its own would change the file with every run.
DATE = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Found:
    """One text of the sources."""

    text: str | tuple[str, str]
    context: str | None
    file: str


@dataclass
class Report:
    """What is wrong with a catalogue."""

    missing: list[str] = field(default_factory=list)
    fuzzy: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    disputed: list[str] = field(default_factory=list)

    @property
    def lines(self) -> list[str]:
        kinds = {"missing": self.missing, "fuzzy": self.fuzzy, "broken": self.broken}
        return [f"{kind}: {text}" for kind, texts in kinds.items() for text in texts]


def in_python(path: Path) -> Iterator[Found]:
    """Yield the texts that a module marks for translation."""
    name = str(path.relative_to(PROJECT)) if path.is_relative_to(PROJECT) else path.name
    with path.open("rb") as source:
        for _line, function, texts, _comments in extract_python(source, KEYWORDS, [], {}):
            yield from found_in_call(function, texts, name)


def found_in_call(function: str, texts: object, file: str) -> Iterator[Found]:
    """Yield the text of one call; texts that aren't literals can't be extracted."""
    given = list(texts) if isinstance(texts, tuple | list) else [texts]
    context = given.pop(0) if "p" in function.replace("noop", "") else None
    plural = function.startswith("n")
    wanted = given[: 2 if plural else 1]
    if all(isinstance(text, str) and text for text in wanted) and len(wanted) == 1 + plural:
        yield Found(tuple(wanted) if plural else wanted[0], context, file)


def in_template(path: Path) -> Iterator[Found]:
    """Yield the texts of translate, blocktranslate and `_()` in a template."""
    from django.utils.translation.template import templatize  # noqa: PLC0415

    name = str(path.relative_to(PROJECT)) if path.is_relative_to(PROJECT) else path.name
    for call in CALL.finditer(templatize(path.read_text(encoding="utf-8"), origin=name)):
        texts = [ast.literal_eval(literal) for literal in call.groups()[1:] if literal]
        yield from found_in_call(call.group(1), tuple(texts), name)


def in_sources() -> Iterator[Found]:
    """Yield every text of the product in a stable order."""
    for top in SOURCES:
        for path in sorted((PROJECT / top).rglob("*")):
            if "migrations" in path.parts or "node_modules" in path.parts:
                continue
            if path.suffix == ".py":
                yield from in_python(path)
            elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
                yield from in_template(path)


def read(path: Path) -> Catalog:
    """Return a catalogue file, empty when there is none."""
    if not path.exists():
        return Catalog(locale="zh_Hans")
    with path.open("rb") as source:
        return read_po(source, locale="zh_Hans", abort_invalid=True)


def key_of(message: Message) -> tuple[object, str | None]:
    """Return what makes a text one text: itself, or its singular, and its context."""
    text = message.id[0] if isinstance(message.id, list | tuple) else message.id
    return text, message.context


def words_of(message: Message) -> str:
    """Return a translation; Chinese has one form for all numbers."""
    told = message.string
    return (told[0] if told else "") if isinstance(told, list | tuple) else told


def known_translations(report: Report) -> dict[tuple[object, str | None], str]:
    """Return all translations written so far; files in locale/parts win, the first by name."""
    known: dict[tuple[object, str | None], str] = {}
    for part in sorted((LOCALE / "parts").glob("*.po")):
        for message in read(part):
            words = words_of(message)
            if not message.id or not words:
                continue
            if known.setdefault(key_of(message), words) != words:
                first = known[key_of(message)]
                report.disputed.append(f"{message.id!r}: {first!r}, {words!r} in {part.name}")
    for message in read(CATALOGUE):
        if message.id and words_of(message) and not message.fuzzy:
            known.setdefault(key_of(message), words_of(message))
    return known


def placeholders(text: str) -> list[tuple[str, ...]]:
    """Return the placeholders of a text, sorted."""
    return sorted(set(PLACEHOLDER.findall(text)))


def build(report: Report) -> Catalog:
    """Return the catalogue of all texts in the sources with what is known of their translation."""
    known = known_translations(report)
    catalogue = Catalog(
        locale="zh_Hans",
        project="Quayside",
        version="1",
        creation_date=DATE,
        revision_date=DATE,
        fuzzy=False,
        charset="utf-8",
        language_team="Quayside",
        last_translator="Quayside",
        header_comment="# Simplified Chinese texts of Quayside. `make messages` writes this file.",
    )
    for found in in_sources():
        first = found.text[0] if isinstance(found.text, tuple) else found.text
        words = known.get((first, found.context), "")
        string = (words,) if isinstance(found.text, tuple) else words
        catalogue.add(found.text, string, locations=[(found.file, 0)], context=found.context)
    for message in catalogue:
        if message.id:
            judge(message, report)
    return catalogue


def judge(message: Message, report: Report) -> None:
    """Note what is wrong with one translation."""
    text = message.id[-1] if isinstance(message.id, list | tuple) else message.id
    words = words_of(message)
    if not words:
        report.missing.append(f"{text!r} ({message.locations[0][0]})")
    elif message.fuzzy:
        report.fuzzy.append(repr(text))
    elif not set(placeholders(words)) <= set(placeholders(text)):
        report.broken.append(f"{text!r}: placeholders differ in {words!r}")


def rendered(catalogue: Catalog) -> bytes:
    """Return the text of a catalogue file."""
    out = io.BytesIO()
    write_po(out, catalogue, width=100, sort_output=True, include_lineno=False)
    return out.getvalue()


def compile_all() -> None:
    """Write the binary form of every catalogue."""
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        with path.open("rb") as source, path.with_suffix(".mo").open("wb") as out:
            write_mo(out, read_po(source, locale=path.parent.parent.name))


def main(arguments: list[str]) -> int:
    """Run one command."""
    command = arguments[0] if arguments else "update"
    if command == "compile":
        compile_all()
        return 0
    report = Report()
    fresh = rendered(build(report))
    if command == "update":
        CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
        CATALOGUE.write_bytes(fresh)
        compile_all()
    elif not CATALOGUE.exists() or CATALOGUE.read_bytes() != fresh:
        report.broken.append("the catalogue differs from the sources: run `make messages`")
    for line in [*report.lines, *(f"disputed: {text}" for text in report.disputed)]:
        print(line)
    print(f"{len(report.missing)} missing, {len(report.fuzzy)} fuzzy, {len(report.broken)} broken")
    return 1 if report.lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
