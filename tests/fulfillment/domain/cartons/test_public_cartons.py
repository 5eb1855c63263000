"""Public packing instances become files of `cartonize`, and are packed by its rules."""

from __future__ import annotations

import json

from django.core.management import call_command

from benchmarks.public_cartons import document, measure, summary

CUBES = {"sku": "0", "size_mm": [50, 50, 50], "weight_g": 1, "qty": 9}


def test_an_instance_is_packed_into_as_few_containers_as_it_needs():
    row = measure(document("own_1", [100, 100, 100], [CUBES]))

    assert {key: row[key] for key in row if key != "s"} == {
        "instance": "own_1",
        "containers": 2,
        "least_by_volume": 2,
        "fullest_mm3": 1_000_000,
        "fullest_percent": 100.0,
        "oversize": 0,
    }
    whole = summary([row], {"own_1": 1_000_000})
    assert (whole["containers"], whole["least_by_volume"]) == (2, 2)
    assert (whole["percent_of_best_known"], whole["in_one_container"]) == (100.0, 0)


def test_the_converted_file_is_one_cartonize_reads(tmp_path, capsys):
    path = tmp_path / "own.json"
    path.write_text(json.dumps(document("own_1", [100, 100, 100], [CUBES])))

    call_command("cartonize", path)

    printed = capsys.readouterr().out
    assert "own_1: container, container" in printed
    assert "container: 100.0 % full, 8 g, billed 200 g" in printed
