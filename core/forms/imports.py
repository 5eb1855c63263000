"""Forms of the import screen: the upload, the mapping, and the confirmation to undo."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms.kit import QForm
from core.imports.fields import ColumnMapping, FieldSpec, OptionSpec
from core.imports.kinds import ImportKind

FIELD, FIXED, OPTION = "field_", "fixed_", "option_"


class UploadForm(QForm):
    """Which kind, from where, and the file itself."""

    kind = forms.ChoiceField(label=_("What the file holds"))
    source = forms.CharField(
        label=_("Source"),
        required=False,
        max_length=80,
        help_text=_("For orders the code of the channel. The columns are remembered per source."),
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV, TSV or XLSX, also as .gz; at most 64 MB. The first line names the columns."
        ),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
    )

    def __init__(self, *args: Any, kinds: Sequence[ImportKind] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.code, kind.title) for kind in kinds]


class MappingForm(QForm):
    """One choice of column, or a fixed value, per field; and the options of the kind."""

    def __init__(
        self,
        *args: Any,
        kind: ImportKind,
        columns: Sequence[str],
        mapping: ColumnMapping,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        choices = [("", _("Not in the file")), *((name, name) for name in columns if name)]
        for spec in kind.fields:
            self.fields[FIELD + spec.name] = _column_field(spec, choices, mapping)
            if not spec.required:
                self.fields[FIXED + spec.name] = forms.CharField(
                    label=_("Same value in every row"),
                    required=False,
                    max_length=200,
                    initial=mapping.constants.get(spec.name, ""),
                )
        for option in kind.options:
            self.fields[OPTION + option.name] = _option_field(option, mapping)

    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField | None]]:
        """Return the column choice of each field with the box for its fixed value."""
        return [
            (
                self[FIELD + spec.name],
                self[FIXED + spec.name] if FIXED + spec.name in self.fields else None,
            )
            for spec in self.kind.fields
        ]

    def option_fields(self) -> list[forms.BoundField]:
        """Return the options of the kind."""
        return [self[OPTION + option.name] for option in self.kind.options]

    def as_mapping(self) -> dict[str, Any]:
        """Return the flat mapping of the cleaned form."""
        cleaned = self.cleaned_data
        found: dict[str, Any] = {}
        for spec in self.kind.fields:
            column = cleaned.get(FIELD + spec.name)
            fixed = cleaned.get(FIXED + spec.name)
            if column:
                found[spec.name] = column
            elif fixed:
                found[spec.name] = {"value": fixed}
        for option in self.kind.options:
            found[option.name] = _option_value(option, cleaned[OPTION + option.name])
        return found


def _column_field(
    spec: FieldSpec, choices: list[tuple[str, Any]], mapping: ColumnMapping
) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=spec.label,
        required=spec.required,
        choices=choices,
        initial=mapping.columns.get(spec.name, ""),
        error_messages={"required": _("Choose the column.")},
    )


def _option_field(option: OptionSpec, mapping: ColumnMapping) -> forms.Field:
    value = mapping.options.get(option.name, option.default)
    if option.type == "flag":
        return forms.BooleanField(label=option.label, required=False, initial=bool(value))
    if option.name == "mode":
        modes = [("open", _("Open orders to ship")), ("history", _("Past orders, no stock"))]
        return forms.ChoiceField(label=option.label, choices=modes, initial=value)
    if option.type == "groups":
        return forms.JSONField(
            label=option.label,
            required=False,
            initial=value or {},
            widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
            help_text=_('As JSON: {"POSTAGE": ["POST", "SHIP*"]}'),
            error_messages={"invalid": _('Write JSON such as {"POSTAGE": ["POST"]}.')},
        )
    text = ", ".join(value) if isinstance(value, list | tuple) else value
    return forms.CharField(label=option.label, required=False, max_length=200, initial=text)


def _option_value(option: OptionSpec, value: Any) -> Any:
    if option.type == "groups":
        return json.loads(value) if isinstance(value, str) else (value or {})
    if option.type == "texts":
        return [word.strip() for word in str(value).split(",") if word.strip()]
    return value
