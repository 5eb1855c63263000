"""A public instance of the batching problem becomes a file for `plan_picks`, which solves it."""

from __future__ import annotations

import json

import pytest
from django.core.management import call_command

from benchmarks.public_picks import InstanceRefused, convert

#: Four orders of 1 unit in 3 aisles of 4 cells, two a tour; cell 0 lies at the top, far from the
#: depot. The best tours are A and C (2 x 2 up aisle 1) and B and D (6.4 across and back, 8 up).
INSTANCE = """NAME : own.txt
TYPE : Order_batching
PICKER_CAPACITY : 4
LAYOUT : single-block
NUM_AISLES : 3
NUM_CELLS : 4
DEPOT_AISLE : 0
DEPOT_LOCATION : bottom
DISTANCE_AISLE_TO_AISLE : 1.6
DISTANCE_CELL_TO_CELL : 1
DISTANCE_TOP_TO_CELL : 1
DISTANCE_BOTTOM_TO_CELL : 1
DISTANCE_TOP_OR_BOTTOM_TO_DEPOT : 0
ARTICLE_SECTION
NUM_ARTICLES : 3
ID 0 WEIGHT 2
ID 1 WEIGHT 2
ID 2 WEIGHT 2
SKU_SECTION
NUM_SKUS : 3
ID 0 AISLE 0 CELL 3 QUANTITY 1 LEFT_RIGHT_HAND_SIDE left
ID 1 AISLE 2 CELL 0 QUANTITY 2 LEFT_RIGHT_HAND_SIDE left
ID 2 AISLE 0 CELL 2 QUANTITY 1 LEFT_RIGHT_HAND_SIDE left
ORDER_SECTION
NUM_ORDERS : 4
NUM_ARTICLES_IN_ORDER : 1
ID 0 QUANTITY 1
NUM_ARTICLES_IN_ORDER : 1
ID 1 QUANTITY 1
NUM_ARTICLES_IN_ORDER : 1
ID 2 QUANTITY 1
NUM_ARTICLES_IN_ORDER : 1
ID 1 QUANTITY 1
EOF"""


def test_an_instance_is_converted_and_planned(tmp_path, capsys):
    document = convert(INSTANCE)
    file = tmp_path / "own.json"
    file.write_text(json.dumps(document))
    call_command("plan_picks", str(file), "--rounds", "5", "--json")
    plan = json.loads(capsys.readouterr().out)

    assert document["layout"] == {
        "kind": "single_block",
        "aisles": 3,
        "places": 4,
        "aisle_pitch_mm": 1600,
        "place_pitch_mm": 1000,
        "end_gap_mm": 1000,
        "depot_x_mm": 0,
        "depot_off_mm": 0,
    }
    assert document["capacity"] == {"items": 4}
    assert document["orders"] == [
        {"id": "0", "picks": [[1, 1]], "items": 2},
        {"id": "1", "picks": [[3, 4]], "items": 2},
        {"id": "2", "picks": [[1, 2]], "items": 2},
        {"id": "3", "picks": [[3, 4]], "items": 2},
    ]
    assert [tour["orders"] for tour in plan["tours"]] == [["0", "2"], ["1", "3"]]
    assert plan["length_mm"] == 4000 + 2 * 3200 + 8000
    assert plan["one_by_one_mm"] == 2000 + 4000 + 2 * (6400 + 8000)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("LAYOUT : single-block", "LAYOUT : two-block", "only single blocks"),
        ("NUM_CELLS : 4\n", "", "NUM_CELLS is missing"),
        ("DISTANCE_TOP_TO_CELL : 1", "DISTANCE_TOP_TO_CELL : 2", "cross aisle differ"),
        ("CELL_TO_CELL : 1", "CELL_TO_CELL : far", "DISTANCE_CELL_TO_CELL is no number"),
        ("AISLE_TO_AISLE : 1.6", "AISLE_TO_AISLE : 1.00005", "finer than a thousandth"),
        ("ID 2 QUANTITY 1\n", "ID 9 QUANTITY 1\n", "order 2: article 9 lies nowhere"),
    ],
)
def test_another_text_is_refused_by_name(old: str, new: str, said: str):
    with pytest.raises(InstanceRefused, match=said):
        convert(INSTANCE.replace(old, new))
