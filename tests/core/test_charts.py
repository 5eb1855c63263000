"""Charts are geometry with exact points; what does not fit is refused."""

from __future__ import annotations

import math

import pytest
from django.template.loader import render_to_string

from core.charts import Band, Chart, Line, Span, draw, scale, spark

WEEKS = ("1", "2", "3", "4")


def test_a_chart_places_lines_band_spans_and_scale():
    drawing = draw(
        Chart(
            title="Tea",
            desc="Demand a week",
            labels=WEEKS,
            lines=(
                Line("sold", (0, 10, None, None), "history"),
                Line("expected", (None, None, 5, None), "forecast"),
            ),
            bands=(Band("range", (None, 0, 5, None), (None, 10, 10, 4)),),
            spans=(Span("fair", 3, 9, "event"),),
            now=2,
            unit="units",
        )
    )

    assert [(tick.at, tick.text) for tick in drawing.y_ticks] == [
        (232.0, "0"),
        (189.2, "2"),
        (146.4, "4"),
        (103.6, "6"),
        (60.8, "8"),
        (18.0, "10"),
    ]
    assert [(tick.at, tick.text) for tick in drawing.x_ticks] == [
        (52.0, "1"),
        (270.7, "2"),
        (489.3, "3"),
        (708.0, "4"),
    ]
    assert drawing.lines[0].runs == ("52.0,232.0 270.7,18.0",)
    assert drawing.lines[0].points == ()
    assert drawing.lines[1].points == ((489.3, 125.0, "3: 5"),)
    assert drawing.bands[0].areas == ("270.7,18.0 489.3,18.0 489.3,125.0 270.7,232.0",)
    assert (drawing.spans[0].x, drawing.spans[0].width) == (598.7, 109.3)
    assert drawing.now_at == 489.3


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 0, [0, 1]),
        (0, 0.9, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (0, 1234, [0, 250, 500, 750, 1000, 1250]),
        (-3, 4, [-4, -2, 0, 2, 4]),
        (7, 9, [0, 2, 4, 6, 8, 10]),
    ],
)
def test_the_scale_is_round_and_holds_zero(low, high, ticks):
    assert scale(low, high) == pytest.approx(ticks)


def test_nothing_one_value_and_a_gap_are_drawn_too():
    empty = draw(Chart(title="t", desc="d", labels=()))
    assert (empty.lines, [tick.text for tick in empty.y_ticks]) == ((), ["0", "1"])
    assert spark([]).runs == ()
    assert spark([3]).last == (2.0, 2.0)
    small = spark([0, 4, None, 2])
    assert small.runs == ("2.0,22.0 32.7,2.0", "94.0,12.0")
    big = draw(Chart(title="t", desc="d", labels=WEEKS, lines=(Line("x", (1e9, 0, 0, 1)),)))
    assert all(math.isfinite(tick.at) for tick in big.y_ticks)
    with pytest.raises(ValueError, match="one value for each label"):
        draw(Chart(title="t", desc="d", labels=WEEKS, lines=(Line("x", (1,)),)))


def test_the_template_says_title_and_description_and_holds_no_style_or_script():
    drawing = draw(
        Chart(
            title="Tea & more",
            desc="Demand",
            labels=WEEKS,
            lines=(Line("sold", (1, 2, 3, 4), "history", has_points=True),),
            spans=(Span("<fair>", 1, 1),),
        )
    )

    page = render_to_string("components/chart.html", {"drawing": drawing, "chart_id": "c"})

    assert '<title id="c-title">Tea &amp; more</title><desc id="c-desc">Demand</desc>' in page
    assert 'aria-labelledby="c-title c-desc"' in page
    assert "&lt;fair&gt;" in page
    assert page.count("<circle") == 4
    assert "style=" not in page
    assert "<script" not in page
