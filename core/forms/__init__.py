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
from core.forms.lines import SkuLinesForm

__all__ = [
    "QCodeField",
    "QDateField",
    "QDecimalField",
    "QForm",
    "QIntegerField",
    "SkuLinesForm",
    "plain_number",
    "plain_text",
]
