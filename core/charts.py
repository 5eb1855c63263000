"""Charts as plain geometry: numbers in, points of an SVG out, so that a page needs no script.

A template draws a `Drawing` with classes only (`templates/components/chart.html`); colors come from
the style sheet, so both themes fit. A chart never stands alone: a table of the same numbers goes
beside it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 720
HEIGHT: Final = 260
LEFT, RIGHT, TOP, BOTTOM = 52, 12, 18, 28
TICKS_Y: Final = 5  # at most, apart from zero
TICKS_X: Final = 8
SPARK: Final = (96, 24)
Value = float | None
_Axis = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a value for each label of the chart, None where it has none.

    `kind` is the class: "history", "forecast", "entered", "then", or "a" to "d" for others.
    """

    name: str
    values: Sequence[Value]
    kind: str = "a"
    is_dotted: bool = False
    has_points: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """The range between two lines of values."""

    name: str
    low: Sequence[Value]
    high: Sequence[Value]


@dataclass(frozen=True, slots=True)
class Span:
    """Labels `first` to `last` (places, both inclusive) in which something happens.

    `kind` is the class: promotion, event, season, odd_days, stockout.
    """

    name: str
    first: int
    last: int
    kind: str = "event"


@dataclass(frozen=True, slots=True)
class Chart:
    """What to draw: `labels` along the bottom, and by place in them lines, bands and spans.

    `title` and `desc` say in words what is seen. `now` is the place where the future begins;
    `unit` stands at the top of the scale.
    """

    title: str
    desc: str
    labels: Sequence[str]
    lines: Sequence[Line] = ()
    bands: Sequence[Band] = ()
    spans: Sequence[Span] = ()
    now: int | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """A label and where it stands, in pixels of the drawing."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """A line as runs of points, cut where values are missing, with its last point."""

    name: str
    kind: str
    runs: tuple[str, ...]
    points: tuple[tuple[float, float, str], ...]
    is_dotted: bool


@dataclass(frozen=True, slots=True)
class DrawnBand:
    """A band as polygons."""

    name: str
    areas: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DrawnSpan:
    """A span as a rectangle over the whole height; `word_at` is where its name stands."""

    name: str
    kind: str
    x: float
    width: float
    word_at: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart in pixels, top left is 0, 0."""

    title: str
    desc: str
    unit: str
    lines: tuple[DrawnLine, ...]
    bands: tuple[DrawnBand, ...]
    spans: tuple[DrawnSpan, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    now_at: float | None
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    top: int = TOP
    floor: int = HEIGHT - BOTTOM
    end: int = WIDTH - RIGHT

    @property
    def plot_height(self) -> int:
        """Return the height of the part that holds lines."""
        return self.floor - self.top


@dataclass(frozen=True, slots=True)
class Spark:
    """A small line for a cell of a table."""

    runs: tuple[str, ...]
    width: int
    height: int
    last: tuple[float, float] | None


def draw(chart: Chart) -> Drawing:
    """Return the geometry of a chart. Zero is always on the scale.

    Raises: ValueError when a line or band is not as long as the labels.
    """
    count = len(chart.labels)
    rows = [line.values for line in chart.lines]
    rows += [side for band in chart.bands for side in (band.low, band.high)]
    if any(len(row) != count for row in rows):
        raise ValueError("every line and band of a chart needs one value for each label")
    seen = [value for row in rows for value in row if value is not None]
    ticks = scale(min(seen, default=0.0), max(seen, default=0.0))
    bottom, top = ticks[0], ticks[-1]
    step = (WIDTH - LEFT - RIGHT) / max(count - 1, 1)
    floor, height = HEIGHT - BOTTOM, HEIGHT - BOTTOM - TOP

    def x(place: float) -> float:
        return round(LEFT + place * step, 1)

    def y(value: float) -> float:
        return round(floor - (value - bottom) / (top - bottom) * height, 1)

    return Drawing(
        title=chart.title,
        desc=chart.desc,
        unit=chart.unit,
        lines=tuple(
            DrawnLine(
                line.name,
                line.kind,
                tuple(_path(run, x, y) for run in _runs(line.values)),
                _points(line, chart.labels, x, y),
                line.is_dotted,
            )
            for line in chart.lines
        ),
        bands=tuple(DrawnBand(band.name, _areas(band, x, y)) for band in chart.bands),
        spans=tuple(_span(span, x, count) for span in chart.spans),
        x_ticks=tuple(Tick(x(place), chart.labels[place]) for place in _places(count)),
        y_ticks=tuple(Tick(y(value), _number(value)) for value in ticks),
        now_at=None if chart.now is None else x(chart.now),
    )


def spark(values: Sequence[Value]) -> Spark:
    """Return a small line of some values, without scale."""
    width, height = SPARK
    seen = [value for value in values if value is not None]
    low, high = min(0.0, *seen) if seen else 0.0, max(seen, default=0.0)
    step = (width - 4) / max(len(values) - 1, 1)

    def x(place: float) -> float:
        return round(2 + place * step, 1)

    def y(value: float) -> float:
        share = (value - low) / (high - low) if high > low else 0.0
        return round(height - 2 - share * (height - 4), 1)

    last = next((place for place in reversed(range(len(values))) if values[place] is not None), -1)
    end = values[last] if last >= 0 else None
    return Spark(
        tuple(_path(run, x, y) for run in _runs(values)),
        width,
        height,
        None if end is None else (x(last), y(end)),
    )


def scale(low: float, high: float) -> list[float]:
    """Return round ticks from at or below `low` to at or above `high`, zero among them."""
    low, high = min(low, 0.0), max(high, 0.0)
    if high - low <= 0:
        return [0.0, 1.0]
    rough = (high - low) / TICKS_Y
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * nice for nice in (1, 2, 2.5, 5, 10) if power * nice >= rough - 1e-9)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(place * step, 10) for place in range(first, last + 1)]


def _runs(values: Sequence[Value]) -> list[list[tuple[int, float]]]:
    """Return the stretches without a gap, as (place, value)."""
    runs: list[list[tuple[int, float]]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((place, value))
    return [run for run in runs if run]


def _path(run: Sequence[tuple[int, float]], x: _Axis, y: _Axis) -> str:
    return " ".join(f"{x(place)},{y(value)}" for place, value in run)


def _points(
    line: Line, labels: Sequence[str], x: _Axis, y: _Axis
) -> tuple[tuple[float, float, str], ...]:
    """Return where points stand: at every value when asked for, else where a value is alone."""
    shown = _runs(line.values)
    if not line.has_points:
        shown = [run for run in shown if len(run) == 1]
    return tuple(
        (x(place), y(value), f"{labels[place]}: {_number(value)}")
        for run in shown
        for place, value in run
    )


def _areas(band: Band, x: _Axis, y: _Axis) -> tuple[str, ...]:
    both: list[Value] = [
        None if low is None or high is None else float(place)
        for place, (low, high) in enumerate(zip(band.low, band.high, strict=True))
    ]
    found = []
    for run in _runs(both):
        places = [place for place, _value in run]
        upper = [f"{x(place)},{y(band.high[place] or 0.0)}" for place in places]
        lower = [f"{x(place)},{y(band.low[place] or 0.0)}" for place in reversed(places)]
        found.append(" ".join([*upper, *lower]))
    return tuple(found)


def _span(span: Span, x: _Axis, count: int) -> DrawnSpan:
    """Return the rectangle half a step around its labels, within the plot."""
    start = max(x(max(span.first, 0) - 0.5), float(LEFT))
    end = min(x(min(span.last, count - 1) + 0.5), float(WIDTH - RIGHT))
    wide = round(max(end - start, 2.0), 1)
    return DrawnSpan(span.name, span.kind, start, wide, round(start + wide / 2, 1))


def _places(count: int) -> list[int]:
    """Return the labels to write, evenly, the first among them."""
    every = max(1, math.ceil(count / TICKS_X))
    return list(range(0, count, every))


def _number(value: float) -> str:
    return f"{value:,.10g}" if abs(value) >= 1 or not value else f"{value:.3g}"
