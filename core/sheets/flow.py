"""Paper from top to bottom: lines, tables and page breaks in dots of 203 per inch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from core.sheets.elements import A4, Code128, Element, Frame, Page, Rule, Text
from core.sheets.wording import MayPrint, clean_text, wrap

PAPER_MARGIN: Final = 110
#: Room at the foot of a page for its number.
FOOT: Final = 80
TITLE, HEAD, BODY, SMALL = 52, 34, 28, 24


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: its heading, its width in dots, and where its cells stand."""

    title: str
    width: int
    align: Literal["left", "right"] = "left"


@dataclass
class Flow:
    """Pages that fill from top to bottom. `lost` collects characters no font can print."""

    may_print: MayPrint
    size: tuple[int, int] = A4
    margin: int = PAPER_MARGIN
    foot: str = ""
    y: int = 0
    lost: list[str] = field(default_factory=list)
    _full: list[list[Element]] = field(default_factory=list)
    _elements: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.y = self.y or self.margin

    @property
    def inner(self) -> int:
        """Width between the margins."""
        return self.size[0] - 2 * self.margin

    def clean(self, text: str) -> str:
        """Return the text as it can be printed."""
        kept, lost = clean_text(text, self.may_print)
        self.lost += lost
        return kept

    def add(self, *elements: Element) -> None:
        """Draw elements where they say."""
        self._elements += elements

    def room(self, height: int) -> None:
        """Begin a new page unless `height` dots fit above the foot of this one."""
        if self.y + height > self.size[1] - FOOT - self.margin // 2 and self._elements:
            self._full.append(self._elements)
            self._elements = []
            self.y = self.margin

    def gap(self, height: int) -> None:
        """Leave some white."""
        self.y += height

    def line(
        self, text: str, size: int = BODY, *, bold: bool = False, most: int = 6, width: int = 0
    ) -> None:
        """Write a text, over several lines if need be."""
        for part in wrap(self.clean(text), size, width or self.inner, most):
            self.room(size * 3 // 2)
            self.add(
                Text(self.margin, self.y, size, part, is_bold=bold, max_width=width or self.inner)
            )
            self.y += size * 3 // 2

    def pair(self, left: str, right: str, size: int = BODY, *, bold: bool = False) -> None:
        """Write one text at each margin of one line."""
        self.room(size * 3 // 2)
        half = self.inner * 2 // 3
        for part in wrap(self.clean(left), size, half, 1):
            self.add(Text(self.margin, self.y, size, part, is_bold=bold, max_width=half))
        for part in wrap(self.clean(right), size, self.inner - half // 2, 1):
            edge = self.size[0] - self.margin
            self.add(Text(edge, self.y, size, part, is_bold=bold, align="right", max_width=half))
        self.y += size * 3 // 2

    def rule(self, thickness: int = 2) -> None:
        """Draw a line over the whole width."""
        self.add(Rule(self.y, thickness, self.margin, self.inner))
        self.y += thickness + 12

    def blocks(self, blocks: Sequence[Sequence[str]], size: int = BODY) -> None:
        """Write blocks of lines side by side; the first line of each is its heading."""
        width = self.inner // len(blocks) - 20
        tall = max(len(block) for block in blocks)
        self.room((tall + 1) * size * 3 // 2)
        low = self.y
        for place, block in enumerate(blocks):
            y, x = self.y, self.margin + place * (width + 20)
            for row, text in enumerate(block):
                small = SMALL if row == 0 else size
                for part in wrap(self.clean(text), small, width, 2):
                    self.add(Text(x, y, small, part, is_bold=row == 1, max_width=width))
                    y += small * 3 // 2
            low = max(low, y)
        self.y = low

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        """Write a table; its heading stands again on each page it reaches."""
        self._heading(columns)
        for row in rows:
            cells = [
                wrap(self.clean(cell), BODY, column.width - 16, 3)
                for cell, column in zip(row, columns, strict=True)
            ]
            tall = max((len(lines) for lines in cells), default=1) or 1
            before = len(self._full)
            self.room(tall * 38 + 16)
            if len(self._full) != before:
                self._heading(columns)
            self._cells(columns, cells, tall)

    def _heading(self, columns: Sequence[Column]) -> None:
        self.room(120)
        titles = [wrap(self.clean(column.title), SMALL, column.width - 16, 2) for column in columns]
        tall = max(len(lines) for lines in titles)
        x = self.margin
        for column, lines in zip(columns, titles, strict=True):
            for row, text in enumerate(lines):
                self._cell(column, x, self.y + row * 32, SMALL, text)
            x += column.width
        self.y += tall * 32 + 8
        self.rule(3)

    def _cells(self, columns: Sequence[Column], cells: Sequence[Sequence[str]], tall: int) -> None:
        x = self.margin
        for column, lines in zip(columns, cells, strict=True):
            for row, text in enumerate(lines):
                self._cell(column, x, self.y + row * 38, BODY, text)
            x += column.width
        self.y += tall * 38 + 8
        self.add(Rule(self.y, 1, self.margin, self.inner))
        self.y += 10

    def _cell(self, column: Column, x: int, y: int, size: int, text: str) -> None:
        at = x if column.align == "left" else x + column.width - 16
        self.add(Text(at, y, size, text, align=column.align, max_width=column.width - 16))

    def framed(self, text: str, size: int = HEAD) -> None:
        """Write a text into a frame of its own."""
        lines = wrap(self.clean(text), size, self.inner - 60, 14)
        height = len(lines) * size * 3 // 2 + 60
        self.room(height + 20)
        self.add(Frame(self.margin, self.y, self.inner, height, 3))
        for row, part in enumerate(lines):
            y = self.y + 34 + row * size * 3 // 2
            self.add(Text(self.margin + 30, y, size, part, max_width=self.inner - 60))
        self.y += height + 20

    def bars(self, data: str, *, height: int = 110, module: int = 3, caption: bool = True) -> None:
        """Draw a Code 128 at the left margin, its text below."""
        self.room(height + 60)
        self.add(Code128(self.y, height, data, module, self.margin))
        self.y += height + 12
        if caption:
            self.line(data, SMALL, most=1)

    def finish(self) -> tuple[Page, ...]:
        """Return the pages, each with its number and the text at its foot."""
        pages = [*self._full, self._elements]
        width, height = self.size
        done = []
        for number, elements in enumerate(pages, 1):
            foot: list[Element] = []
            if self.foot:
                y = height - self.margin // 2 - SMALL
                foot.append(
                    Text(self.margin, y, SMALL, self.clean(self.foot), max_width=self.inner - 200)
                )
                count = f"{number}/{len(pages)}"
                foot.append(
                    Text(width - self.margin, y, SMALL, count, align="right", max_width=180)
                )
            done.append(Page(width, height, (*elements, *foot)))
        return tuple(done)
