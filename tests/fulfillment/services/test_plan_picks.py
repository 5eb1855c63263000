"""`plan_picks FILE.json`: tours of a documented file, and refusals that name the place."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

BLOCK = {
    "layout": {
        "kind": "single_block",
        "aisles": 2,
        "places": 10,
        "aisle_pitch_mm": 10,
        "place_pitch_mm": 1,
    },
    "capacity": {"items": 2},
    "orders": [
        {"id": "A", "picks": [[1, 10]]},
        {"id": "B", "picks": [[2, 10], [2, 10]], "items": 1},
        {"id": "C", "picks": [[1, 9]]},
        {"id": "D", "picks": [[2, 9]], "totes": 2, "weight_g": 5},
    ],
}
NETWORK = {
    "layout": {
        "kind": "network",
        "depot": "gate",
        "ways": [["gate", "a", 4], ["a", "b", 3, True], ["b", "gate", 5.5]],
    },
    "orders": [{"id": "1", "picks": ["b"]}, {"id": "2", "picks": ["a", "b"]}],
}


def run(folder: Path, document: object, capsys, *options: str) -> str:
    file = folder / "picks.json"
    file.write_text(document if isinstance(document, str) else json.dumps(document))
    call_command("plan_picks", str(file), "--rounds", "5", *options)
    return capsys.readouterr().out


def test_tours_of_a_block_are_printed_with_their_lengths(tmp_path, capsys):
    out = run(tmp_path, BLOCK, capsys)

    assert out.splitlines() == [
        "Tour 1: 18 mm (S-shape 18 mm), 2 items of A, C",
        "  1/9 1/10",
        "Tour 2: 38 mm (S-shape 38 mm), 2 items of B, D",
        "  2/9 2/10",
        "4 orders on 2 tours: 56 mm. One by one 108 mm, first come 76 mm, savings 56 mm;"
        " 5 optima looked at.",
    ]


def test_a_network_is_planned_and_told_as_json(tmp_path, capsys):
    plan = json.loads(run(tmp_path, NETWORK, capsys, "--json"))

    assert plan["length_mm"] == 12  # 12.5 rounded to the even millimeter
    assert plan["tours"] == [
        {
            "orders": ["1", "2"],
            "items": 3,
            "length_mm": 12,
            "s_shape_mm": plan["tours"][0]["s_shape_mm"],
            "stops": ["a", "b"],
        }
    ]
    assert plan["one_by_one_mm"] == 11 + 12


def changed(base: dict, path: str, value: object) -> dict:
    """Return a document with the value at a path such as `orders.0.picks`; ... takes it out."""
    document = copy.deepcopy(base)
    *way, last = path.split(".")
    at = document
    for step in way:
        at = at[int(step) if step.isdigit() else step]
    key = int(last) if last.isdigit() else last
    if value is ...:
        del at[key]
    else:
        at[key] = value
    return document


@pytest.mark.parametrize(
    ("base", "path", "value", "said"),
    [
        (BLOCK, "orders.3.picks.0", [3, 1], "orders[3].picks[0]: aisle 3 is not one of 1 to 2"),
        (BLOCK, "orders.3.picks.0", [1, 11], "orders[3].picks[0]: place 11 is not one of 1 to 10"),
        (BLOCK, "orders.0.picks.0", [1], "orders[0].picks[0] is not [aisle, place]"),
        (BLOCK, "orders.0.picks.0", [1.5, 2], "orders[0].picks[0][0] is not a whole number"),
        (BLOCK, "orders.0.picks.0", [True, 2], "orders[0].picks[0][0] is not a whole number"),
        (BLOCK, "orders.0.picks", [], "orders[0].picks is empty"),
        (BLOCK, "orders.0.picks", "1/2", "orders[0].picks is not a list"),
        (BLOCK, "orders.0", 7, "orders[0] is not an object"),
        (BLOCK, "orders.0.id", ..., "orders[0].id is not a text of 1 to 64 characters"),
        (BLOCK, "orders.1.id", "A", "orders[1].id A is given to two orders"),
        (BLOCK, "orders.0.colour", 1, "orders[0] has an unknown field colour"),
        (BLOCK, "orders.0.items", -1, "orders[0].items is -1; it must be from 0 to 1000000000"),
        (BLOCK, "orders.0.items", 3, "order 1 has 3 items, a tour carries 2"),
        (BLOCK, "orders", [], "orders is empty"),
        (BLOCK, "orders", ..., "orders is not a list"),
        (BLOCK, "layout", ..., "layout is not an object"),
        (BLOCK, "layout.kind", "moon", 'layout.kind is neither "single_block" nor "network"'),
        (BLOCK, "layout.aisles", 0, "layout.aisles is 0; it must be from 1 to 10000000"),
        (BLOCK, "layout.places", ..., "layout.places is not a whole number"),
        (BLOCK, "layout.places", 10**6, "layout.aisles times layout.places is more than 1,000,000"),
        (BLOCK, "layout.height", 3, "layout has an unknown field height"),
        (BLOCK, "capacity.items", 0, "capacity.items is 0; it must be from 1 to 1000000000"),
        (BLOCK, "capacity", [], "capacity is not an object"),
        (BLOCK, "extra", 1, "the document has an unknown field extra"),
        (NETWORK, "orders.0.picks.0", "z", "layout.ways: z is on no walkway"),
        (NETWORK, "layout.ways.2", ["b", "c", 1], "layout.ways: no walkway leads from b to gate"),
        (NETWORK, "layout.ways.0", ["gate", "a"], "layout.ways[0] is not [from, to, mm] or"),
        (NETWORK, "layout.ways.0", ["gate", "a", -1], "layout.ways[0][2] is -1; it must be from 0"),
        (NETWORK, "layout.ways.0", ["gate", "a", "4"], "layout.ways[0][2] is not a number"),
        (NETWORK, "layout.ways.0", ["gate", "a", 4, 1], "layout.ways[0][3] says one-way: true or"),
        (NETWORK, "layout.depot", "", "layout.depot is not a text of 1 to 64 characters"),
    ],
)
def test_a_file_that_breaks_a_rule_is_refused_with_the_place(
    tmp_path, capsys, base, path, value, said
):
    with pytest.raises(CommandError) as refusal:
        run(tmp_path, changed(base, path, value), capsys)
    assert said in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "this is no JSON: Expecting value"),
        ("[1, 2]", "the document is not an object"),
        ("{" * 5, "this is no JSON"),
        ("[" * 200_000, "this is no JSON"),
        ('{"orders": NaN}', "NaN is not a number here"),
        ('{"orders": [], "orders": []}', "orders is given twice in one object"),
        ('{"layout": {}, "orders": 1e999}', "orders is not a list"),
    ],
)
def test_what_is_no_document_is_refused(tmp_path, capsys, text, said):
    with pytest.raises(CommandError) as refusal:
        run(tmp_path, text, capsys)
    assert said in str(refusal.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    missing, binary = tmp_path / "none.json", tmp_path / "binary.json"
    binary.write_bytes(b"\xff\xfe\x00{")

    for file, said in (
        (missing, "No such file"),
        (binary, "codec can't decode"),
        (tmp_path, "directory"),
    ):
        with pytest.raises(CommandError, match=said):
            call_command("plan_picks", str(file))
