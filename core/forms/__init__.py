"""The form kit; the forms of core's own screens stand in modules beside it."""

from core.forms.kit import (
    QCodeField,
    QDateField,
    QDecimalField,
    QForm,
    QIntegerField,
    plain_number,
    plain_text,
)

__all__ = [
    "QCodeField",
    "QDateField",
    "QDecimalField",
    "QForm",
    "QIntegerField",
    "plain_number",
    "plain_text",
]
