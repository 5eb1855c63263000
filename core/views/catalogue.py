"""The catalogue: every component in every state, for eyes, screenshots and axe."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.generic import TemplateView

from core import words
from core.forms import QCodeField, QDateField, QDecimalField, QForm, QIntegerField
from core.permissions import SIGNED_IN, RequireCapability
from core.views import catalogue_samples as samples


class SampleForm(QForm):
    """A form with one field of each kind."""

    item = QCodeField(
        label=_("Item"), help_text=_("Scan or type a code, name or pinyin initials (mghc)")
    )
    quantity = QIntegerField(label=_("Quantity"), min_value=1)
    needed_by = QDateField(label=_("Needed by"))
    warehouse = forms.ChoiceField(
        label=_("Warehouse"), choices=[("SZX", "Shenzhen"), ("RTM", "Rotterdam")]
    )
    price = QDecimalField(
        label=_("Price per piece"), required=False, help_text=_("Agreement AG-014, break 200")
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea({"rows": 2}))
    urgent = forms.BooleanField(label=_("Urgent"), required=False, help_text=_("Costs 15 % more"))
    mode = forms.ChoiceField(
        label=_("Partial stock"),
        choices=[("ship", _("Ship what is there")), ("wait", _("Wait for all of it"))],
        widget=forms.RadioSelect,
    )


def sample_form() -> SampleForm:
    """Return the form as it comes back with two errors."""
    form = SampleForm(
        {
            "item": "TEA-ROSE-100",
            "quantity": "5",
            "needed_by": "2026-04-12",
            "warehouse": "SZX",
            "price": "31.20",
            "mode": "ship",
        }
    )
    form.is_valid()
    form.add_error(
        "quantity", _("Only 3 of 5 free in Shenzhen. Enter 3, or choose another warehouse.")
    )
    form.add_error("needed_by", _("Choose a day from 21 Apr 2026 on."))
    return form


class CataloguePage(RequireCapability, TemplateView):
    """Show the components of the back office."""

    capability = SIGNED_IN
    template_name = "catalogue/components.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return one sample for each component."""
        return super().get_context_data(**kwargs) | {
            "word_rows": [(kind, list(known.values())) for kind, known in words.WORDS.items()],
            "form": sample_form(),
            "jobs": samples.jobs(),
            "timeline": samples.timeline(),
            "steps": samples.steps(),
            "items": samples.items(),
            "colors": samples.COLORS,
        }


class CatalogueIndex(RequireCapability, View):
    """Show an index page with sample rows: tabs, filters, bulk bar, peek."""

    capability: ClassVar[str] = SIGNED_IN

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the page."""
        context = samples.index_context(request.path)
        return render(request, "catalogue/index.html", context)


class CatalogueObject(RequireCapability, TemplateView):
    """Show an object page: strip, lines, people, money, timeline."""

    capability = SIGNED_IN
    template_name = "catalogue/object.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the sample order."""
        return super().get_context_data(**kwargs) | {
            "timeline": samples.timeline(),
            "steps": samples.steps(),
            "items": samples.items(),
        }


class CatalogueFloor(RequireCapability, TemplateView):
    """Show a floor screen: the instruction card and, with ?error=1, the card of a wrong lot."""

    capability = SIGNED_IN
    template_name = "catalogue/floor.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the sample task."""
        return super().get_context_data(**kwargs) | {"wrong": self.request.GET.get("error") == "1"}


class CataloguePortal(RequireCapability, TemplateView):
    """Show a portal page."""

    capability = SIGNED_IN
    template_name = "catalogue/portal.html"
