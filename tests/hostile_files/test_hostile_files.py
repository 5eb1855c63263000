"""Files that break parsers, exhaust memory or hide commands: each is refused with a reason."""

from __future__ import annotations

import gzip
import resource
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from core.imports.limits import MEBIBYTE, FileRefused, Limits
from core.imports.reading import open_table, rows
from tests.hostile_files import files


def reason_of(path: Path, **options) -> str:
    with pytest.raises(FileRefused) as caught:
        list(rows(open_table(path, **options)))
    assert str(caught.value).endswith("."), "a refusal is a sentence"
    return caught.value.data["reason"]


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_rel_h_01_a_gzip_bomb_is_closed_before_it_fills_memory(tmp_path):
    bomb = files.gzip_bomb(tmp_path / "orders.csv.gz", megabytes=600)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    assert bomb.stat().st_size < 3 * MEBIBYTE
    assert reason_of(bomb) == "UNPACKS_TOO_LARGE"

    grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown_kb < 64 * 1024


def test_rel_h_01_a_zip_bomb_workbook_is_refused(tmp_path):
    bomb = files.workbook_bomb(tmp_path / "orders.xlsx", megabytes=80)

    assert reason_of(bomb, limits=Limits(unpacked_bytes=64 * MEBIBYTE)) == "UNPACKS_TOO_LARGE"


def test_rel_h_01_a_workbook_with_endless_shared_texts_is_refused(tmp_path):
    path = files.workbook(tmp_path / "orders.xlsx", [["order_id"], ["1"]])
    files.with_part(path, "xl/sharedStrings.xml", b"<sst>" + b" " * 30 * MEBIBYTE + b"</sst>")

    assert reason_of(path) == "UNPACKS_TOO_LARGE"


def test_rel_h_01_a_workbook_with_entities_is_refused(tmp_path):
    path = files.workbook(tmp_path / "orders.xlsx", [["order_id"], ["1"]])
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
    files.with_part(path, "xl/worksheets/sheet1.xml", bomb)

    assert reason_of(path) == "DAMAGED"


def test_rel_h_01_a_workbook_with_a_cell_far_out_stays_small(tmp_path):
    path = files.workbook(tmp_path / "orders.xlsx", [["order_id"], ["1"]])
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1" t="str"><v>order_id</v></c><c r="ZZZZZZ1"><v>1</v></c></row>'
        b"</sheetData></worksheet>"
    )
    files.with_part(path, "xl/worksheets/sheet1.xml", sheet)

    assert reason_of(path) in {"TOO_MANY_COLUMNS", "DAMAGED"}


def test_a_line_of_100_megabytes_is_refused_with_its_number(tmp_path):
    path = tmp_path / "orders.csv"
    with path.open("wb") as target:
        target.write(b"order_id,sku\n1,T-1\n")
        for _ in range(100):
            target.write(b"x" * MEBIBYTE)

    with pytest.raises(FileRefused) as caught:
        open_table(path)

    assert (caught.value.data["reason"], caught.value.data["line"]) == ("LINE_TOO_LONG", 3)


def test_an_upload_above_64_megabytes_is_refused_unread(tmp_path):
    path = tmp_path / "orders.csv"
    with path.open("wb") as target:
        target.truncate(64 * MEBIBYTE + 1)

    assert reason_of(path, uploaded=True) == "FILE_TOO_LARGE"


def test_a_truncated_gzip_is_refused_before_anything_is_used(tmp_path):
    whole = gzip.compress(b"order_id,sku\n" + b"".join(b"%d,T-1\n" % i for i in range(9_000)))

    assert reason_of(written(tmp_path / "cut.csv.gz", whole[:-200])) == "TRUNCATED"


def test_a_damaged_gzip_is_refused(tmp_path):
    whole = bytearray(gzip.compress(b"order_id,sku\n" + b"1,T-1\n" * 9_000))
    whole[30:40] = b"\xff" * 10

    assert reason_of(written(tmp_path / "bad.csv.gz", bytes(whole))) == "DAMAGED"


def test_a_quote_that_never_closes_is_named_by_its_line(tmp_path):
    body = b'order_id,sku\n1,T-1\n2,"T-2\n' + b"3,T-3\n" * 40_000

    with pytest.raises(FileRefused) as caught:
        list(rows(open_table(written(tmp_path / "open.csv", body))))

    assert (caught.value.data["reason"], caught.value.data["line"]) == ("OPEN_QUOTE", 3)


def test_more_columns_than_a_table_has_are_refused(tmp_path):
    header = ",".join(f"c{i}" for i in range(20_000))

    assert reason_of(written(tmp_path / "wide.csv", header.encode())) == "TOO_MANY_COLUMNS"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "FILE_EMPTY"),
        (b"\n\n\n", "FILE_EMPTY"),
        (b",,,\n1,2,3,4\n", "FILE_EMPTY_OR_HEADER"),
        (b"%PDF-1.7 ...", "NOT_A_TABLE"),
        (b"sku,q\x00ty\nTEA,1\n", "NOT_A_TABLE"),
        (b"\x89PNG\r\n\x1a\n....", "NOT_A_TABLE"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "OLD_WORKBOOK"),
        (b"PK\x03\x04 not really a zip", "DAMAGED"),
    ],
)
def test_what_is_no_table_is_refused_by_its_first_bytes(tmp_path, content, reason):
    path = written(tmp_path / "orders.csv", content)
    if reason == "FILE_EMPTY_OR_HEADER":  # the blank line is skipped, so 1,2,3,4 is the header
        assert open_table(path).columns == ("1", "2", "3", "4")
        return

    assert reason_of(path) == reason


def test_a_zip_that_is_no_workbook_is_refused(tmp_path):
    path = tmp_path / "orders.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../etc/passwd", "x")

    assert reason_of(path) == "NOT_A_TABLE"


def test_a_formula_in_a_workbook_stays_text_and_is_never_computed(tmp_path):
    path = files.workbook(tmp_path / "orders.xlsx", [["sku", "qty"], ["T-1", "=1+1"]])

    assert [row.cells for row in rows(open_table(path))] == [["T-1", "=1+1"]]


def test_rel_h_11_a_million_rows_stay_within_200_megabytes(tmp_path):
    path = tmp_path / "many.csv"
    with path.open("w") as target:
        target.write("order_id,sku,qty\n")
        target.writelines(f"O-{i // 3},T-{i % 2000},{i % 5}\n" for i in range(1_000_000))
    # ru_maxrss of a child begins with its parent's: the high-water mark of its own memory does not.
    program = (
        "import re,sys\n"
        "from pathlib import Path\n"
        "from core.imports.reading import open_table, rows\n"
        "table = open_table(Path(sys.argv[1]))\n"
        "count = sum(1 for _ in rows(table))\n"
        "status = Path('/proc/self/status').read_text()\n"
        "print(count, re.search(r'VmHWM:\\s+(\\d+)', status)[1])\n"
    )

    answer = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True
    )

    count, peak_kb = map(int, answer.stdout.split())
    assert count == 1_000_000
    assert peak_kb < 200 * 1024
