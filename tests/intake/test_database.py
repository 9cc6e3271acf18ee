"""A database means the same as the folder of CSV files its tables were filled from, and is only ever read."""

import csv
import sqlite3
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

from equipoise.demo import write_demo
from equipoise.gather import gather, open_snapshot
from equipoise.intake import DatasetRefused, read_database

RED_TOMATO = Path(__file__).parents[2] / "examples" / "red_tomato"


def filled(folder: Path, connection: sqlite3.Connection) -> sqlite3.Connection:
    """Every table of a dataset folder as a table of the database."""
    given = tomllib.loads((folder / "dataset.toml").read_text(encoding="utf-8"))
    policy = {f"policy.{knob}": value for knob, value in given.pop("policy", {}).items()}
    connection.execute("CREATE TABLE dataset (key TEXT PRIMARY KEY, value)")
    pairs = {**given, **policy}.items()
    connection.executemany("INSERT INTO dataset VALUES (?, ?)", [(key, str(value)) for key, value in pairs])
    for file in sorted(folder.glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as stream:
            heading, *rows = csv.reader(stream)
        columns = ", ".join(f'"{column}" NUMERIC' for column in heading)
        connection.execute(f'CREATE TABLE "{file.stem}" ({columns})')
        marks = ", ".join("?" * len(heading))
        cells = [[cell or None for cell in row] for row in rows]
        connection.executemany(f'INSERT INTO "{file.stem}" VALUES ({marks})', cells)
    connection.commit()
    return connection


@pytest.fixture
def red_tomato():
    with sqlite3.connect(":memory:") as connection:
        yield filled(RED_TOMATO, connection)


def test_the_same_rows_are_the_same_snapshot(red_tomato):
    draft = read_database(red_tomato)
    assert gather(draft).id == open_snapshot(RED_TOMATO).id
    assert draft.quarantine == ()
    assert [source.name for source in draft.sources][:2] == ["costs", "forecast"]


def test_the_demo_in_a_database_is_the_same_snapshot(tmp_path):
    folder = write_demo(tmp_path / "demo", size="small")
    with sqlite3.connect(tmp_path / "demo.db") as connection:
        assert gather(read_database(filled(folder, connection))).id == open_snapshot(folder).id


def test_nothing_but_selects_of_known_tables_is_sent(red_tomato):
    red_tomato.execute("CREATE TABLE passwords (word)")
    red_tomato.execute("CREATE TABLE itemz (item)")
    sent: list[str] = []
    red_tomato.set_trace_callback(sent.append)
    draft = read_database(red_tomato)
    assert len(sent) == 14 and all(statement.startswith("SELECT ") for statement in sent)
    assert not [statement for statement in sent if "passwords" in statement]
    assert {f.message for f in draft.findings if f.code == "IN217"} == {
        "Left alone: itemz (did you mean items?), passwords."
    }


def test_a_database_that_cannot_be_written_is_enough(tmp_path):
    path = tmp_path / "red tomato.db"
    filled(RED_TOMATO, sqlite3.connect(path)).close()
    before = path.read_bytes()
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        assert gather(read_database(connection)).id == open_snapshot(RED_TOMATO).id
        assert not connection.in_transaction
    assert path.read_bytes() == before


def test_another_schema(tmp_path, red_tomato):
    path = tmp_path / "odd.db"
    filled(RED_TOMATO, sqlite3.connect(path)).close()
    with sqlite3.connect(":memory:") as connection:
        connection.execute("""ATTACH ? AS 'my "plan"'""", [str(path)])
        with pytest.raises(DatasetRefused, match="database: It has no table dataset with keys and values"):
            read_database(connection)
        assert gather(read_database(connection, schema='my "plan"')).id == gather(read_database(red_tomato)).id
        with pytest.raises(DatasetRefused, match=r"no such table|unknown database"):
            read_database(connection, schema='x"; DROP TABLE items; --')


def test_bad_rows_are_left_out_and_named(red_tomato):
    red_tomato.execute("INSERT INTO forecast VALUES ('tool', 'retail', '2027-07-01', 'many')")
    (left,) = read_database(red_tomato).quarantine
    assert (left.table, left.file, left.line, left.code) == ("forecast", "forecast", 8, "IN104")


def test_what_cannot_be_a_dataset_is_refused(red_tomato):
    red_tomato.execute("UPDATE dataset SET value = 'robots' WHERE key = 'policy.workforce'")
    with pytest.raises(DatasetRefused, match="file dataset: policy workforce = 'robots' is not possible"):
        read_database(red_tomato)
    red_tomato.execute("ALTER TABLE dataset RENAME COLUMN value TO worth")
    with pytest.raises(DatasetRefused, match="Table dataset needs columns key and value; it has key, worth"):
        read_database(red_tomato)
    red_tomato.execute("DROP TABLE dataset")
    with pytest.raises(DatasetRefused, match="no table dataset with keys and values; its tables are costs, forecast"):
        read_database(red_tomato)


def test_missing_tables_and_bytes_are_refused(red_tomato):
    red_tomato.execute("UPDATE items SET name = x'00ff'")
    with pytest.raises(DatasetRefused, match="Table items, column name, row 1 holds 2 bytes, which are no text"):
        read_database(red_tomato)
    red_tomato.execute("DROP TABLE items")
    with pytest.raises(DatasetRefused, match="table items: No table items"):
        read_database(red_tomato)


def test_a_mapping_reads_tables_and_views(red_tomato, tmp_path):
    red_tomato.execute("CREATE TABLE erp_stock (matnr, qty)")
    red_tomato.execute("INSERT INTO erp_stock VALUES ('tool', 1.5)")
    red_tomato.execute("CREATE VIEW stock_view AS SELECT matnr AS item, qty * 2 AS on_hand FROM erp_stock")
    mapping = tmp_path / "mapping.toml"
    mapping.write_text('[tables.inventory]\nfile = "stock_view"\nconstants = {location = "plant"}\n')
    draft = read_database(red_tomato, mapping)
    assert draft.tables["inventory"].select("item", "location", "on_hand").rows() == [("tool", "plant", 3.0)]


class Listed:
    """A connection of a driver that is not sqlite3: answers by table from a dictionary and keeps what was sent."""

    def __init__(self, answers):
        self.answers, self.sent = answers, []

    def cursor(self):
        return self

    def execute(self, statement):
        self.sent.append(statement)
        columns, self.rows = self.answers[statement]
        self.description = [(column, None) for column in columns]

    def fetchmany(self, size):
        rows, self.rows = self.rows[:size], self.rows[size:]
        return rows

    def close(self):
        pass


LIST = "SELECT table_schema, table_name FROM information_schema.tables"


def test_other_databases_list_their_tables_in_the_information_schema():
    head = [("name", "A"), ("currency", "EUR"), ("bucket", "month"), ("start", "2027-01-01"), ("horizon", 6)]
    tables = ["dataset", "items", "markets", "forecast"]
    answers = {
        LIST: (["s", "t"], [*(("plan", name) for name in tables), ("other", "items"), ("pg_catalog", "pg_class")]),
        'SELECT * FROM "plan"."dataset"': (["key", "value"], head),
        'SELECT * FROM "plan"."items"': (["item", "name", "family", "uom"], [("saw", "Saw", "tools", "unit")]),
        'SELECT * FROM "plan"."markets"': (["market", "name", "region"], [("shop", "Shop", "home")]),
        'SELECT * FROM "plan"."forecast"': (
            ["item", "market", "date", "quantity"],
            [("saw", "shop", "2027-01-01", Decimal("12.50"))],
        ),
    }
    connection = Listed(answers)
    assert read_database(connection, schema="plan").tables["forecast"]["quantity"].to_list() == [12.5]
    assert connection.sent == list(answers)[:2] + sorted(list(answers)[2:], key=connection.sent.index)
    with pytest.raises(DatasetRefused, match="Table items stands in several schemas"):
        read_database(Listed(answers))


def test_errors_that_are_not_the_drivers_are_not_hidden():
    with pytest.raises(KeyError):
        read_database(Listed({}))
