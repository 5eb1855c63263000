"""The public format of boxes and orders: what it yields, and how bad files are refused."""

from __future__ import annotations

import copy
import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from fulfillment.domain import cartonize_file

GOOD: dict[str, Any] = {
    "format": "quayside-cartonize-1",
    "tariff": {
        "divisor_cm3_per_kg": 5000,
        "void_fill_per_litre": "0.10",
        "freight": [{"up_to_g": 500, "amount": "3.20"}, {"up_to_g": 2000, "amount": "5.00"}],
        "per_extra_kg": "1.50",
    },
    "boxes": [
        {"code": "S", "inner_mm": [210, 110, 110], "padding_mm": 5, "max_weight_g": 5000},
        {
            "code": "M",
            "inner_mm": [300, 200, 100],
            "outer_mm": [310, 210, 110],
            "max_weight_g": 9000,
            "tare_g": 120,
            "cost": "0.60",
        },
    ],
    "orders": [
        {
            "code": "A",
            "items": [{"sku": "CUBE", "size_mm": [100, 100, 100], "weight_g": 300, "qty": 2}],
        },
        {"code": "B", "items": [{"sku": "LONG", "size_mm": [900, 20, 20], "weight_g": 300}]},
        {
            "code": "C",
            "items": [
                {"sku": "CHAIR", "size_mm": [900, 500, 400], "weight_g": 9000, "own_box": True}
            ],
        },
    ],
}


def packed(body: dict[str, Any]) -> list[dict[str, Any]]:
    return list(cartonize_file.solve(cartonize_file.read(json.dumps(body).encode())))


def test_each_order_gets_its_parcels_with_coordinates_fill_and_billable_weight():
    found = packed(GOOD)

    assert found[0] == {
        "order": "A",
        "total": "5.00",
        "oversize": [],
        "parcels": [
            {
                "box": "S",
                "fill_percent": "100.0",
                "weight_g": 600,
                "billable_g": 600,
                "freight": "5.00",
                "total": "5.00",
                "units": [
                    {"sku": "CUBE", "at_mm": [0, 0, 0], "size_mm": [100, 100, 100]},
                    {"sku": "CUBE", "at_mm": [100, 0, 0], "size_mm": [100, 100, 100]},
                ],
            }
        ],
    }
    assert (found[1]["parcels"], found[1]["oversize"]) == ([], ["LONG"])
    [chair] = found[2]["parcels"]
    # 180 000 cm3 / 5 000 = 36 kg; 34 kg above the last break at 1.50 each.
    assert (chair["box"], chair["billable_g"], chair["freight"]) == (None, 36_000, "56.00")


BAD: list[tuple[list[Any], Any, str, str]] = [
    (["format"], "other", "format", '"quayside-cartonize-1"'),
    (["boxes"], [], "boxes", "a list of 1 to 1000"),
    (
        ["boxes", 0, "inner_mm"],
        [1, 2],
        "boxes[0].inner_mm",
        "three sides in mm: length, width, height",
    ),
    (["boxes", 0, "inner_mm", 1], 0, "boxes[0].inner_mm[1]", "a whole number from 1 to 100000"),
    (["boxes", 0, "inner_mm", 1], 10.5, "boxes[0].inner_mm[1]", "a whole number from 1 to 100000"),
    (
        ["boxes", 0, "padding_mm"],
        55,
        "boxes[0].padding_mm",
        "less than half of the shortest inner side",
    ),
    (["boxes", 1, "outer_mm"], [310, 199, 110], "boxes[1].outer_mm", "no side shorter than inside"),
    (["boxes", 1, "cost"], 0.6, "boxes[1].cost", 'an amount in quotes, as "4.20"'),
    (["boxes", 1, "cost"], "NaN", "boxes[1].cost", 'an amount in quotes, as "4.20"'),
    (["boxes", 1, "cost"], "-1", "boxes[1].cost", 'an amount in quotes, as "4.20"'),
    (["boxes", 1, "code"], "S", "boxes[1].code", "used before"),
    (["boxes", 1, "code"], "a\nb", "boxes[1].code", "a text of 1 to 64 characters"),
    (["boxes", 1, "colour"], 1, "boxes[1].colour", "no such field"),
    (["orders", 0, "items"], {}, "orders[0].items", "a list of 1 to 400"),
    (
        ["orders", 0, "items", 0, "qty"],
        True,
        "orders[0].items[0].qty",
        "a whole number from 1 to 400",
    ),
    (
        ["orders", 0, "items", 0, "qty"],
        401,
        "orders[0].items[0].qty",
        "a whole number from 1 to 400",
    ),
    (["orders", 0, "items", 0, "fragile"], 1, "orders[0].items[0].fragile", "true or false"),
    (
        ["orders", 0, "items", 0, "hazard"],
        7,
        "orders[0].items[0].hazard",
        "a text of 1 to 64 characters",
    ),
    (["orders", 1], "B", "orders[1]", "an object"),
    (["tariff", "freight", 1, "up_to_g"], 500, "tariff.freight", "rising up_to_g, each once"),
    (["effort"], {"tries": -1}, "effort.tries", "a whole number from 0 to 10000"),
]


@pytest.mark.parametrize(("path", "value", "place", "why"), BAD)
def test_a_value_that_cannot_be_used_is_named_by_its_place(path, value, place, why):
    body = copy.deepcopy(GOOD)
    target = body
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value

    with pytest.raises(cartonize_file.FileRefused) as caught:
        cartonize_file.read(json.dumps(body).encode())

    assert cartonize_file.Fault(place, why) in caught.value.faults


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b'{"format": NaN}', "NaN is no number"),
        (b'{"format": 1, "format": 2}', "stands twice"),
        (b"[" * 100_000, "not JSON"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "not JSON"),
        (b" " * 20_000_001, "at most 20000000 bytes"),
    ],
)
def test_what_is_no_json_is_refused(data, why):
    with pytest.raises(cartonize_file.FileRefused) as caught:
        cartonize_file.read(data)

    [fault] = caught.value.faults
    assert fault.place == "file"
    assert why in fault.why


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
ANYTHING = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner)
)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_part_replaced_by_anything_is_read_or_refused_by_name(data):
    body = copy.deepcopy(GOOD)
    target: Any = body
    while True:
        keys = list(target) if isinstance(target, dict) else list(range(len(target)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(target[key], (dict, list)) or data.draw(st.booleans()):
            target[key] = data.draw(ANYTHING)
            break
        target = target[key]
    text = json.dumps(body).encode()

    faults: list[cartonize_file.Fault] = []
    codes: list[str] = []
    try:
        codes = [order.code for order in cartonize_file.read(text).orders]
    except cartonize_file.FileRefused as refused:
        faults = refused.faults

    assert bool(codes) != bool(faults)
    assert all(fault.place and fault.why for fault in faults)


def test_the_command_prints_packings_and_refuses_bad_files(tmp_path):
    path = tmp_path / "orders.json"
    path.write_text(json.dumps(GOOD))
    out, as_json = io.StringIO(), io.StringIO()

    call_command("cartonize", path, stdout=out)
    call_command("cartonize", path, "--json", stdout=as_json)
    path.write_text(json.dumps({**GOOD, "boxes": 3}))
    with pytest.raises(CommandError) as caught:
        call_command("cartonize", path)
    with pytest.raises(CommandError, match="can't be read"):
        call_command("cartonize", tmp_path)

    lines = out.getvalue().splitlines()
    assert lines[:4] == [
        "A: S 5.00",
        "  S: 100.0 % full, 600 g, billed 600 g",
        "    1. CUBE 100 x 100 x 100 mm at 0 0 0",
        "    2. CUBE 100 x 100 x 100 mm at 100 0 0",
    ]
    assert "  oversize: LONG" in lines
    assert json.loads(as_json.getvalue())["answers"] == packed(GOOD)
    assert str(caught.value) == "orders.json can't be used:\n  boxes: a list of 1 to 1000"
