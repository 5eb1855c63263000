"""What the demo company sells: 1 200 SKUs of two brands, with Chinese names and customs data.

Names are put together from small word lists, so nothing here belongs to a real shop.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

BRANDS = ("Mingjian", "Harbor & Pine")


@dataclass(frozen=True, slots=True)
class Range:
    """A family of products: its words, size, price span (USD), customs code and shelf life."""

    code: str
    category: str
    brand: str
    nouns: tuple[tuple[str, str], ...]
    hs_code: str
    origin: str
    customs_text: str
    weight_g: tuple[int, int]
    size_mm: tuple[int, int, int]
    price: tuple[int, int]
    shelf_life_days: int | None


@dataclass(frozen=True, slots=True)
class DemoSku:
    """One SKU before it is written; amounts in USD, sizes in mm, weight in grams."""

    code: str
    name: str
    name_zh: str
    category: str
    brand: str
    kind: str
    weight_g: int
    size_mm: tuple[int, int, int]
    hs_code: str
    origin: str
    customs_text: str
    list_price: Decimal
    default_cost: Decimal
    lot_tracked: bool
    shelf_life_days: int | None
    gtin: str


FLAVORS = (
    ("Rose", "玫瑰"),
    ("Jasmine", "茉莉"),
    ("Osmanthus", "桂花"),
    ("Lychee", "荔枝"),
    ("Chrysanthemum", "菊花"),
    ("Pine", "松针"),
    ("Plum", "话梅"),
    ("Ginger", "生姜"),
    ("Sesame", "芝麻"),
    ("Walnut", "核桃"),
    ("Mulberry", "桑葚"),
    ("Honey", "蜂蜜"),
    ("Orchid", "兰花"),
    ("Lotus", "荷叶"),
    ("Bamboo", "竹叶"),
)
FINISHES = (
    ("celadon", "青瓷"),
    ("ash", "灰釉"),
    ("indigo", "靛蓝"),
    ("ivory", "象牙白"),
    ("moss", "苔绿"),
    ("amber", "琥珀"),
    ("graphite", "石墨"),
    ("coral", "珊瑚"),
)
SIZES = (("S", "小号", 0.7), ("M", "中号", 1.0), ("L", "大号", 1.5))

RANGES = (
    Range(
        "TEA",
        "Tea",
        BRANDS[0],
        (
            ("tea tin 100 g", "花茶罐装100克"),
            ("green tea 80 g", "绿茶80克"),
            ("oolong 80 g", "乌龙茶80克"),
            ("white tea 50 g", "白茶50克"),
        ),
        "0902.10",
        "CN",
        "Flavored tea in tins",
        (90, 220),
        (90, 90, 110),
        (9, 29),
        720,
    ),
    Range(
        "SNK",
        "Snacks",
        BRANDS[0],
        (
            ("crisps 60 g", "脆片60克"),
            ("nougat 200 g", "牛轧糖200克"),
            ("cookies 150 g", "曲奇150克"),
        ),
        "1905.31",
        "CN",
        "Sweet biscuits",
        (80, 260),
        (160, 110, 60),
        (4, 14),
        270,
    ),
    Range(
        "CUP",
        "Tableware",
        BRANDS[0],
        (("cup pair", "对杯"), ("teapot", "茶壶"), ("bowl set", "碗套装"), ("tray", "茶盘")),
        "6911.10",
        "CN",
        "Porcelain tableware",
        (280, 1400),
        (220, 160, 120),
        (16, 79),
        None,
    ),
    Range(
        "LMP",
        "Home",
        BRANDS[1],
        (("desk lamp", "台灯"), ("night light", "小夜灯"), ("lantern", "灯笼")),
        "9405.21",
        "CN",
        "Electric LED lamp",
        (350, 1800),
        (260, 180, 180),
        (19, 99),
        None,
    ),
    Range(
        "TXT",
        "Textiles",
        BRANDS[1],
        (("throw", "盖毯"), ("cushion cover", "靠垫套"), ("table runner", "桌旗")),
        "6301.30",
        "PT",
        "Cotton textile",
        (180, 1200),
        (320, 260, 60),
        (14, 89),
        None,
    ),
    Range(
        "CAR",
        "Care",
        BRANDS[1],
        (
            ("hand cream 75 ml", "护手霜75毫升"),
            ("soap 120 g", "手工皂120克"),
            ("balm 30 ml", "润唇膏30毫升"),
        ),
        "3304.99",
        "DE",
        "Cosmetic cream",
        (60, 190),
        (150, 50, 50),
        (6, 24),
        900,
    ),
)


def gtin13(number: int) -> str:
    """Return a GTIN-13 of the in-store range 20 for `number`, check digit included."""
    body = f"20{number:010d}"
    weighted = sum(int(digit) * (3 if i % 2 else 1) for i, digit in enumerate(body))
    return body + str(-weighted % 10)


def skus(count: int, seed: int = 7) -> Iterator[DemoSku]:
    """Yield `count` SKUs, the popular ranges first in each round. Deterministic for `seed`."""
    rng = random.Random(seed)
    made = 0
    for round_number in range(1, 10_000):
        for family in RANGES:
            for noun_index, noun in enumerate(family.nouns):
                if made == count:
                    return
                made += 1
                yield _sku(family, noun, noun_index, round_number, made, rng)


def _sku(
    family: Range,
    noun: tuple[str, str],
    noun_index: int,
    round_number: int,
    number: int,
    rng: random.Random,
) -> DemoSku:
    words = FLAVORS if family.shelf_life_days else FINISHES
    first = words[(round_number + noun_index) % len(words)]
    size = SIZES[round_number % len(SIZES)]
    weight = int(rng.randint(*family.weight_g) * size[2])
    price = Decimal(rng.randint(*family.price)) + Decimal("0.90")
    return DemoSku(
        code=f"{family.code}-{noun_index + 1}{round_number:03d}",
        name=f"{first[0].capitalize()} {noun[0]} {size[0]}",
        name_zh=f"{first[1]}{noun[1]} {size[1]}",
        category=family.category,
        brand=family.brand,
        kind="goods",
        weight_g=weight,
        size_mm=family.size_mm,
        hs_code=family.hs_code,
        origin=family.origin,
        customs_text=family.customs_text,
        list_price=price,
        default_cost=(price * Decimal("0.38")).quantize(Decimal("0.01")),
        lot_tracked=family.shelf_life_days is not None,
        shelf_life_days=family.shelf_life_days,
        gtin=gtin13(number),
    )
