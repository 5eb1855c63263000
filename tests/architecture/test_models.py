"""Models keep to the rules that the database and the reader rely on."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.db import models

from tests.helpers.sources import APPS, name_of, python_files, tree_of

# Places on the map and shares of time are measured, not counted.
#: Chances, shares, parameters and expectations of forecasts: statistics, no books.
STATISTICS = {
    "RepurchaseRun": "r alpha a b log_likelihood slope kappa",
    "CustomerEstimate": "alive expected chance",
    "ProductRepurchase": "quarter_days median_days three_quarters_days shape scale_days chance"
    " repeat_share",
    "CrossPurchase": "planned low high lift",
    "ExpectedRepurchase": "expected_qty",
    "DemandHistory": "cleaned_qty",
    "DemandChange": "old_qty new_qty",
    "DemandSignal": "count_value",
    "Forecast": "typical_week mean_qty variance low_qty high_qty confidence",
    "ForecastOutcome": "forecast_qty actual_qty",
    "SeriesOutlook": "total_qty confidence error_ratio bias_ratio",
    "CategoryPolicy": "service_level buffer_share",
    "SkuPolicy": "service_level buffer_share",
    "SeasonPlan": "base_qty",
    "CoverStatus": "daily_qty cover_days near_days position_days turnover_days confidence",
    "EventReading": "score z",
    "RiskMode": "index_value",
    "ConservativeSwitch": "index_value",
    "DemandDeviation": "actual_qty forecast_qty low_qty high_qty share safety_factor",
}
FLOATS_ALLOWED = {"inventory.Warehouse.lat", "inventory.Warehouse.lon"} | {
    f"planning.{model}.{name}" for model, names in STATISTICS.items() for name in names.split()
}
COUNTED = ("_qty", "_amount", "_price", "_cost", "amount", "price", "cost", "qty", "value", "rate")


def our_models() -> Iterator[type[models.Model]]:
    """Yield the models of our own apps."""
    for app in APPS:
        yield from apps.get_app_config(app).get_models()


def float_fields(model: type[models.Model]) -> list[str]:
    """Return the fields that hold binary fractions."""
    names = [
        f"{model._meta.label}.{field.name}"
        for field in model._meta.fields
        if isinstance(field, models.FloatField)
    ]
    return [name for name in names if name not in FLOATS_ALLOWED]


def misnamed_constraints(model: type[models.Model]) -> list[str]:
    """Return constraints that don't tell whose they are."""
    own = model._meta.model_name or ""
    return [
        f"{model._meta.label}: {constraint.name}"
        for constraint in model._meta.constraints
        if not constraint.name.replace("_", "").startswith(own.replace("_", ""))
    ]


def naive_money(model: type[models.Model]) -> list[str]:
    """Return money and quantities kept in a field that is neither whole nor decimal."""
    exact = (models.DecimalField, models.IntegerField, models.ForeignKey, models.JSONField)
    return [
        f"{model._meta.label}.{field.name}"
        for field in model._meta.fields
        if field.name.endswith(COUNTED[:4])
        and not isinstance(field, exact)
        and f"{model._meta.label}.{field.name}" not in FLOATS_ALLOWED
    ]


def save_overrides(path: Path) -> list[str]:
    """Return models that put a rule into save()."""
    return [
        f"{name_of(path)}:{node.lineno} {owner.name}.{node.name}"
        for owner in ast.walk(tree_of(path))
        if isinstance(owner, ast.ClassDef)
        for node in owner.body
        if isinstance(node, ast.FunctionDef) and node.name == "save"
    ]


class Meter(models.Model):
    """A sample that breaks every rule of this file."""

    weight = models.FloatField()
    unit_cost = models.CharField(max_length=9)

    class Meta:
        app_label = "tests"
        ordering = ["weight"]
        constraints = [
            models.CheckConstraint(condition=models.Q(weight__gte=0), name="positive_weight")
        ]


def test_no_field_holds_money_or_stock_as_a_float():
    assert [name for model in our_models() for name in float_fields(model)] == []
    assert [name for model in our_models() for name in naive_money(model)] == []


def test_constraints_are_named_after_their_model():
    assert [name for model in our_models() for name in misnamed_constraints(model)] == []


def test_no_model_has_an_order_of_its_own():
    assert [m._meta.label for m in our_models() if m._meta.ordering] == []


def test_every_model_says_what_one_row_is():
    silent = [
        model._meta.label
        for model in our_models()
        if not model.__doc__ or model.__doc__.startswith(f"{model.__name__}(")
    ]

    assert silent == []


def test_no_model_overrides_save():
    paths = [path for path in python_files(*APPS) if "models" in str(path)]

    assert [line for path in paths for line in save_overrides(path)] == []


def test_a_model_that_breaks_the_rules_is_found(tmp_path: Path):
    sample = tmp_path / "models.py"
    sample.write_text("class Bin:\n    def save(self):\n        pass\n")

    assert float_fields(Meter) == ["tests.Meter.weight"]
    assert naive_money(Meter) == ["tests.Meter.unit_cost"]
    assert misnamed_constraints(Meter) == ["tests.Meter: positive_weight"]
    assert Meter._meta.ordering == ["weight"]
    assert save_overrides(sample) == ["models.py:2 Bin.save"]
