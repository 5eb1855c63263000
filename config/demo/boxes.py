"""The box catalogue of the demo company: common sizes of corrugated boxes and two mailers.

Outer measures follow the wall: 3 mm single wall up to M, 5 mm above. Cost in USD, tare in grams.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from inventory.domain.catalog import PackagingDraft, SkuDraft


@dataclass(frozen=True, slots=True)
class DemoBox:
    """One packaging SKU: inner sides in mm, wall in mm, tare and load in grams, cost in USD."""

    code: str
    name: str
    name_zh: str
    inner_mm: tuple[int, int, int]
    wall_mm: int
    tare_g: int
    load_g: int
    cost: str
    kind: str = "box"
    padding_mm: int = 0


BOXES = (
    DemoBox(
        "MLR-S", "Padded mailer S", "气泡袋 小", (220, 150, 25), 1, 18, 1_000, "0.14", "mailer"
    ),
    DemoBox(
        "MLR-L", "Padded mailer L", "气泡袋 大", (340, 240, 40), 1, 34, 2_000, "0.24", "mailer"
    ),
    DemoBox("BOX-S", "Box S", "纸箱 小", (200, 150, 100), 3, 95, 5_000, "0.32"),
    DemoBox("BOX-F", "Box flat", "纸箱 扁", (350, 280, 70), 3, 150, 6_000, "0.44"),
    DemoBox("BOX-C", "Box cube", "纸箱 方", (200, 200, 200), 3, 170, 8_000, "0.52"),
    DemoBox("BOX-M", "Box M", "纸箱 中", (300, 220, 150), 3, 210, 10_000, "0.58"),
    DemoBox(
        "BOX-P", "Box M padded", "加衬纸箱", (320, 240, 170), 3, 290, 10_000, "0.95", "box", 10
    ),
    DemoBox("BOX-L", "Box L", "纸箱 大", (400, 300, 250), 5, 480, 20_000, "1.05"),
    DemoBox("BOX-TEA", "Tea box, printed", "茶礼品牌盒", (254, 184, 124), 3, 95, 4_000, "0.82"),
    DemoBox("BOX-XL", "Box XL", "纸箱 特大", (600, 400, 400), 5, 980, 30_000, "2.10"),
)
#: Ranges of goods that are fragile, and those that stay upright.
FRAGILE = ("CUP", "LMP")
UPRIGHT = ("LMP",)


def drafts() -> Iterator[SkuDraft]:
    """Yield the packaging SKUs with their sizes."""
    for box in BOXES:
        length, width, height = box.inner_mm
        yield SkuDraft(
            code=box.code,
            name=box.name,
            name_zh=box.name_zh,
            kind="packaging",
            weight_g=box.tare_g,
            length_mm=length + 2 * box.wall_mm,
            width_mm=width + 2 * box.wall_mm,
            height_mm=height + 2 * box.wall_mm,
            default_cost=Decimal(box.cost),
            currency="USD",
            packaging=PackagingDraft(
                kind=box.kind,
                inner_length_mm=length,
                inner_width_mm=width,
                inner_height_mm=height,
                padding_mm=box.padding_mm,
                max_weight_g=box.load_g,
            ),
        )
