from __future__ import annotations

import gzip

import pytest

from core.imports.limits import FileRefused, Limits
from core.imports.reading import open_table, rows, unguarded
from tests.hostile_files.files import workbook

ROWS = [["订单号", "SKU", "名称"], ["A-1", "T-100", "龙井茶 250 克"], ["A-2", "T-200", "青花瓷杯"]]


def text_of(table_rows: list[list[str]], delimiter: str = ",") -> str:
    return "\r\n".join(delimiter.join(row) for row in table_rows) + "\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030"])
def test_chinese_text_is_read_in_every_usual_encoding(tmp_path, encoding):
    path = tmp_path / "orders.csv"
    path.write_bytes(text_of(ROWS).encode(encoding))

    table = open_table(path)

    assert table.columns == ("订单号", "SKU", "名称")
    assert [row.cells for row in rows(table)] == ROWS[1:]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_accents_are_read_in_western_encodings(tmp_path, encoding):
    path = tmp_path / "orders.csv"
    lines = [["order", "name"], ["1", "Café Müller, naïve"], ["2", "Ærø Ñandú façade"]]
    path.write_bytes("\n".join(";".join(row) for row in lines).encode(encoding))

    table = open_table(path)

    assert table.delimiter == ";"
    assert [row.cells for row in rows(table)] == lines[1:]


def test_the_first_chinese_name_late_in_the_file_still_decides_the_encoding(tmp_path):
    path = tmp_path / "orders.csv"
    plain = "order,name\n" + "1,plain\n" * 60_000
    path.write_bytes(plain.encode() + "2,北京\n".encode("gb18030"))

    last = list(rows(open_table(path)))[-1]

    assert (last.line, last.cells) == (60_002, ["2", "北京"])


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path, delimiter):
    path = tmp_path / "table.txt"
    path.write_text(text_of([["a", "b", "c"], ["1", "2", "3"]], delimiter))

    table = open_table(path)

    assert (table.delimiter, table.columns) == (delimiter, ("a", "b", "c"))


def test_a_quoted_cell_keeps_delimiter_quote_and_line_break(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text('a,b\n1,"x, ""y""\nz"\n2,last\n', newline="")

    found = list(rows(open_table(path)))

    assert [(row.line, row.cells) for row in found] == [(2, ["1", 'x, "y"\nz']), (4, ["2", "last"])]


def test_gzip_members_are_read_one_after_the_other(tmp_path):
    path = tmp_path / "table.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n1,2\n") + gzip.compress(b"3,4\n"))

    assert [row.cells for row in rows(open_table(path))] == [["1", "2"], ["3", "4"]]


def test_a_workbook_gives_the_same_rows_as_a_csv(tmp_path):
    path = workbook(
        tmp_path / "table.xlsx", [["sku", "qty", "price"], ["T-1", 3, 2.5], ["T-2", 4.0, 7]]
    )

    table = open_table(path)

    assert table.columns == ("sku", "qty", "price")
    assert [row.cells for row in rows(table)] == [["T-1", "3", "2.5"], ["T-2", "4", "7"]]


def test_blank_lines_are_left_out_and_line_numbers_stay_those_of_the_file(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("a,b\n\n1,2\n,\n\n3,4\n")

    assert [row.line for row in rows(open_table(path))] == [3, 6]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("'=1+1", "=1+1"),
        ("'-5", "-5"),
        ("'\uff1dx", "\uff1dx"),
        ("it's", "it's"),
        ("'quoted'", "'quoted'"),
    ],
)
def test_the_guard_of_an_export_is_taken_off_and_nothing_else(cell, expected):
    assert unguarded(cell) == expected


def test_a_column_named_twice_is_refused(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("sku,sku\n1,2\n")

    with pytest.raises(FileRefused) as caught:
        open_table(path)

    assert caught.value.data["reason"] == "COLUMN_TWICE"


def test_more_rows_than_the_limit_are_refused(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("a,b\n" + "1,2\n" * 11)

    with pytest.raises(FileRefused) as caught:
        list(rows(open_table(path, limits=Limits(rows=10))))

    assert caught.value.data["reason"] == "TOO_MANY_ROWS"
