"""Each rule of the CSV reader, and that its two paths read the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.intake import DatasetRefused
from equipoise.intake.readers import csv as reader
from equipoise.intake.readers.csv import is_regular, read_csv, read_irregular, read_regular


def rows(data: bytes, **options):
    return read_csv(data, "t.csv", **options).frame.rows()


def test_utf8_with_mark_and_utf16_read_the_same_text():
    text = "item,name\nsäge,Säge\n"
    assert rows(text.encode()) == rows(text.encode("utf-8-sig")) == rows(text.encode("utf-16")) == [("säge", "Säge", 2)]
    assert read_csv(text.encode("utf-16"), "t.csv").notes == ("text is UTF-16",)


def test_named_encoding_is_used_and_unknown_one_refused():
    assert rows("item\nsäge\n".encode("cp1252"), encoding="cp1252") == [("säge", 2)]
    with pytest.raises(DatasetRefused, match="no encoding 'klingon'"):
        rows(b"item\n", encoding="klingon")


def test_wrong_utf8_names_the_line():
    with pytest.raises(DatasetRefused, match="line 3: byte 0xe4 is not UTF-8"):
        rows(b"item\na\n\xe4\n")


def test_semicolons_are_found_and_said():
    table = read_csv(b"a;b\n1,5;2\n", "t.csv")
    assert table.frame.rows() == [("1,5", "2", 2)]
    assert table.notes == ("cells are separated by ';'",)


def test_quoted_separators_newlines_and_doubled_quotes_keep_lines_right():
    data = b'item,name\na,"x, ""y""\nz"\r\nb,plain\n'
    assert rows(data) == [("a", 'x, "y"\nz', 2), ("b", "plain", 4)]


def test_empty_lines_are_passed_over_and_lines_stay_right():
    assert rows(b"\nitem,name\n\na,b\n") == [("a", "b", 4)]


def test_old_line_ends_are_lines():
    assert rows(b"item,name\ra,b\rc,d") == [("a", "b", 2), ("c", "d", 3)]


def test_ragged_rows_are_broken_with_their_line_and_cells():
    table = read_csv(b"a,b\n1,2\n3\n4,5,6\n7,8,,\n", "t.csv")
    assert table.frame.rows() == [("1", "2", 2), ("7", "8", 5)]
    assert [(r.line, r.code.code, dict(r.values)) for r in table.broken] == [
        (3, "IN101", {"a": "3"}),
        (4, "IN101", {"a": "4", "b": "5", "cell 3": "6"}),
    ]


def test_text_after_a_closing_quote_breaks_only_its_row():
    table = read_csv(b'a,b\n"x"y,1\nz,2\n', "t.csv")
    assert table.frame.rows() == [("z", "2", 3)]
    assert [(r.line, r.code.code) for r in table.broken] == [(2, "IN102")]


def test_a_quote_within_a_plain_cell_is_text():
    assert rows(b'a,b\n5" pipe,1\n') == [('5" pipe', "1", 2)]


@pytest.mark.parametrize("tail", [b"", b"x,y\n" * 60_000])
def test_a_quote_never_closed_is_refused_with_its_line(tail):
    with pytest.raises(DatasetRefused, match="line 3: a quotation mark opens a cell that is never closed"):
        rows(b'a,b\n1,2\n"open,3\n' + tail)


@pytest.mark.parametrize("size", [40_000, 200_000])
def test_a_huge_cell_breaks_only_its_row(size):
    table = read_csv(b"a,b\n1,2\n" + b"x" * size + b",3\n4,5\n", "t.csv")
    assert table.frame.rows() == [("1", "2", 2), ("4", "5", 4)]
    assert [(r.line, r.code.code) for r in table.broken] == [(3, "IN103")]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (b"a,b\n1,\0\n", "line 2: holds a NUL byte"),
        (b"PK\x03\x04rest", "is a workbook or zip archive"),
        (b"\x89PNG\r\n\x1a\n", "line 1: byte 0x89 is not UTF-8"),
        (b"a,b,a\n1,2,3\n", "column 'a' stands twice, at positions 1 and 3"),
        (b"a, a\n1,2\n", "column 'a' stands twice"),
        (b"@line,b\n1,2\n", "may not begin with @"),
    ],
)
def test_what_is_no_table_is_refused(data, message):
    with pytest.raises(DatasetRefused, match=message):
        rows(data)


def test_limits_on_bytes_rows_and_columns(monkeypatch):
    monkeypatch.setattr(reader, "MAX_BYTES", 10)
    with pytest.raises(DatasetRefused, match="holds 12 bytes; 10 is the limit"):
        rows(b"a,b\n1,2\n3,4\n")
    monkeypatch.setattr(reader, "MAX_BYTES", 1000)
    monkeypatch.setattr(reader, "MAX_COLUMNS", 1)
    with pytest.raises(DatasetRefused, match="has 2 columns; 1 is the limit"):
        rows(b"a,b\n1,2\n")
    monkeypatch.setattr(reader, "MAX_COLUMNS", 2)
    monkeypatch.setattr(reader, "MAX_ROWS", 1)
    for data in (b"a,b\n1,2\n3,4\n", b'a,b\n1,2\n"3",4\n'):
        with pytest.raises(DatasetRefused, match="holds 2 rows; 1 is the limit"):
            rows(data)


CELLS = st.text(st.characters(blacklist_characters='",;\r\n\0\ufeff', blacklist_categories=("Cs",)), max_size=8)


@given(st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(CELLS, min_size=n, max_size=n), max_size=8)), st.data())
def test_fast_path_and_slow_path_read_the_same(cells, data):
    width = len(cells[0]) if cells else 2
    separator = data.draw(st.sampled_from([",", ";"]))
    end = data.draw(st.sampled_from(["", "\n"]))
    heading = [f"c{number}" for number in range(width)]
    text = "\n".join(separator.join(row) for row in [heading, *cells]) + end
    body = text.encode()
    if not is_regular(body, separator):
        assert any(row == [""] for row in cells)  # only a line without any cell makes such a file irregular
        return
    columns, frame = read_regular(body, separator)
    slow_columns, slow_frame, broken = read_irregular(text, separator, "t.csv")
    assert broken == ()
    assert columns == slow_columns
    assert frame.equals(slow_frame)


@given(st.lists(st.lists(CELLS, min_size=1, max_size=3), min_size=2, max_size=6))
def test_regular_means_equal_widths(cells):
    body = "\n".join(",".join(row) for row in cells).encode()
    lines = [row for row in cells[:-1]] + ([cells[-1]] if cells[-1] != [""] else [])  # a last newline ends a line
    assert is_regular(body, ",") == (len({len(row) for row in lines}) == 1 and [""] not in lines)
