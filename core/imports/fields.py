"""Fields of an import kind, and the mapping that says which column of a file feeds which field."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _

from core.errors import InputRefused
from core.imports import converting, countries
from core.imports.problems import CellRefused, Problem, shown
from core.imports.reading import RawRow, unguarded

FieldType = Literal["text", "whole", "decimal", "moment", "date", "country", "flag"]
OptionType = Literal["text", "flag", "texts", "groups"]
_YES = frozenset({"1", "true", "yes", "y", "是"})
_NO = frozenset({"0", "false", "no", "n", "否", ""})


class MappingRefused(InputRefused):
    """The mapping names a column, field or option that does not exist, or leaves one out."""

    code = "MAPPING_REFUSED"


@dataclass(frozen=True)
class FieldSpec:
    """One field a file can fill. `aliases` are other headers that mean it, in any case."""

    name: str
    label: Any
    type: FieldType = "text"
    required: bool = False
    aliases: tuple[str, ...] = ()
    max_chars: int = 200
    low: int | Decimal = 0
    high: int | Decimal = converting.MAX_WHOLE
    default: Any = None


@dataclass(frozen=True)
class OptionSpec:
    """One setting of a mapping that is not a column, such as the date format."""

    name: str
    label: Any
    type: OptionType = "text"
    default: Any = ""


@dataclass(frozen=True)
class ColumnMapping:
    """Which column feeds which field, fixed values for fields without one, and the options."""

    columns: Mapping[str, str]
    constants: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the flat form that a mapping file has."""
        fixed = {name: {"value": value} for name, value in self.constants.items()}
        return {**self.columns, **fixed, **self.options}


def mapping_from_json(
    data: object, fields: Sequence[FieldSpec], options: Sequence[OptionSpec]
) -> ColumnMapping:
    """Return the mapping written as one flat JSON object.

    A field's value is a column name, or `{"value": "GB"}` for the same value in every row.

    Raises:
        MappingRefused: not an object, or a key that is neither a field nor an option.
    """
    if not isinstance(data, dict):
        raise MappingRefused(_("The mapping has to be one JSON object of field and column names."))
    names = {spec.name for spec in fields}
    known = {spec.name: spec for spec in options}
    columns: dict[str, str] = {}
    constants: dict[str, str] = {}
    chosen: dict[str, Any] = {}
    for key, value in data.items():
        if key in known:
            chosen[key] = _option(known[key], value)
        elif key not in names:
            text = _("The mapping names %(key)s, which is no field. Fields are: %(names)s.")
            listed = ", ".join([*sorted(names), *sorted(known)])
            raise MappingRefused(text % {"key": key, "names": listed})
        elif isinstance(value, str):
            columns[key] = value
        elif isinstance(value, dict) and isinstance(value.get("value"), str):
            constants[key] = value["value"]
        else:
            text = _("%(key)s has to name a column, or be {“value”: “…”} for a fixed value.")
            raise MappingRefused(text % {"key": key})
    defaults = {spec.name: spec.default for spec in options}
    return ColumnMapping(columns, constants, defaults | chosen)


def _option(spec: OptionSpec, value: object) -> Any:
    match spec.type:
        case "flag" if isinstance(value, bool):
            return value
        case "text" if isinstance(value, str):
            return value
        case "texts" if isinstance(value, str):
            return [value]
        case "texts" if isinstance(value, list | tuple) and all(isinstance(v, str) for v in value):
            return list(value)
        case "groups" if isinstance(value, dict) and all(
            isinstance(v, list) and all(isinstance(w, str) for w in v) for v in value.values()
        ):
            return value
    text = _("The option %(name)s has another form: see docs/import-mapping.md.")
    raise MappingRefused(text % {"name": spec.name})


def suggest_mapping(
    columns: Sequence[str], fields: Sequence[FieldSpec], options: Sequence[OptionSpec]
) -> ColumnMapping:
    """Return the mapping that the header itself suggests: equal names and known aliases."""
    by_key = {_key(name): name for name in columns if name}
    found: dict[str, str] = {}
    for spec in fields:
        for name in (spec.name, str(spec.label), *spec.aliases):
            if _key(name) in by_key:
                found[spec.name] = by_key[_key(name)]
                break
    return ColumnMapping(found, {}, {spec.name: spec.default for spec in options})


def _key(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())


def check_mapping(
    mapping: ColumnMapping, columns: Sequence[str], fields: Sequence[FieldSpec]
) -> None:
    """Refuse a mapping that this file can't satisfy.

    Raises:
        MappingRefused: a column is not in the file, a required field has none, a zone is unknown.
    """
    for name, column in mapping.columns.items():
        if column not in columns:
            text = _("%(field)s is to come from column %(column)s, but the file has: %(columns)s.")
            listed = ", ".join(columns)
            raise MappingRefused(text % {"field": name, "column": column, "columns": listed})
    given = {*mapping.columns, *mapping.constants}
    missing = [str(spec.label) for spec in fields if spec.required and spec.name not in given]
    if missing:
        text = _("No column is chosen for: %(names)s. Choose one for each.")
        raise MappingRefused(text % {"names": ", ".join(missing)})
    zone = mapping.options.get("zone") or "UTC"
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        text = _("%(zone)s is no time zone. Write one such as Europe/London.")
        raise MappingRefused(text % {"zone": zone}) from error


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row of a file with typed values; `cells` is the row as it was written."""

    line: int
    values: dict[str, Any]
    cells: list[str]
    problems: tuple[Problem, ...] = ()


class RowReader:
    """Turns raw rows into typed ones by a mapping that was checked against the file's columns."""

    def __init__(
        self, fields: Sequence[FieldSpec], mapping: ColumnMapping, columns: Sequence[str]
    ) -> None:
        self.columns = tuple(columns)
        self._blank = {spec.name: spec.default for spec in fields}
        by_name = {spec.name: spec for spec in fields}
        position = {name: index for index, name in enumerate(columns)}
        self._readers = [
            (by_name[name], position[column], _converter(by_name[name], mapping.options))
            for name, column in mapping.columns.items()
        ]
        self._fixed: dict[str, Any] = {}
        for name, value in mapping.constants.items():
            try:
                self._fixed[name] = _converter(by_name[name], mapping.options)(value)
            except CellRefused as error:
                raise MappingRefused(f"{name}: {error.message} {error.fix}") from error

    def read(self, raw: RawRow) -> SourceRow:
        """Return the row with a value for every field; a refused cell keeps the field's default."""
        values = self._blank | self._fixed
        problems: list[Problem] = []
        cells = raw.cells
        if len(cells) != len(self.columns):
            problems.extend(self._ragged(raw))
        for spec, index, convert in self._readers:
            cell = cells[index] if index < len(cells) else ""
            text = unguarded(cell)
            if not text:
                if spec.required:
                    problems.append(_missing(raw.line, spec))
                continue
            try:
                values[spec.name] = convert(text)
            except CellRefused as error:
                problems.append(
                    Problem(raw.line, spec.name, shown(cell), error.code, error.message, error.fix)
                )
        return SourceRow(raw.line, values, cells, tuple(problems))

    def _ragged(self, raw: RawRow) -> list[Problem]:
        width, expected = len(raw.cells), len(self.columns)
        if width < expected or not any(raw.cells[expected:]):
            return []
        message = _("The row has %(count)s cells, the header names %(columns)s columns.")
        return [
            Problem(
                raw.line,
                "",
                shown(" | ".join(raw.cells[expected:])),
                "TOO_MANY_CELLS",
                message % {"count": width, "columns": expected},
                _("Put text that holds the delimiter into quotes."),
            )
        ]

    def raw(self, row: SourceRow) -> dict[str, str]:
        """Return the row as written, by column name; NUL, which JSON columns refuse, is marked."""
        cells = (cell.replace("\x00", "\N{REPLACEMENT CHARACTER}") for cell in row.cells)
        return dict(zip(self.columns, cells, strict=False))


def _missing(line: int, spec: FieldSpec) -> Problem:
    message = _("%(label)s is empty.") % {"label": spec.label}
    return Problem(line, spec.name, "", "EMPTY", message, _("Fill the cell."))


def _converter(spec: FieldSpec, options: Mapping[str, Any]) -> Callable[[str], Any]:
    formats = tuple(options.get("date_format") or ())
    zone = str(options.get("zone") or "UTC")
    low, high = spec.low, spec.high
    makers: dict[str, Callable[[str], Any]] = {
        "whole": lambda text: converting.to_integer(text, low=int(low), high=int(high)),
        "decimal": lambda text: converting.to_decimal(text, low=Decimal(low), high=Decimal(high)),
        "moment": lambda text: converting.to_moment(text, formats, zone),
        "date": lambda text: converting.to_date(text, formats),
        "country": countries.to_country,
        "flag": _flag,
        "text": lambda text: converting.to_text(text, max_chars=spec.max_chars),
    }
    # Quantities, prices and countries repeat from row to row; a refusal is not kept.
    return lru_cache(maxsize=8_192)(makers[spec.type])


def _flag(text: str) -> bool:
    key = text.casefold()
    if key in _YES:
        return True
    if key in _NO:
        return False
    raise CellRefused("NOT_YES_OR_NO", _("This is neither yes nor no."), _("Write yes or no."))
