"""A database as a dataset: a table per planning table, and table `dataset` with keys and values for the head.

Read over an open connection of any driver of DB-API 2.0 (PEP 249). Only two sorts of statement are ever sent, the list
of tables and SELECT * of a table that is known by name, and no value is put into either but a quoted name of that list.
Nothing is written and no transaction is ended: that is the owner's of the connection.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn, Protocol

import polars as pl

from equipoise.core.finding import Finding
from equipoise.core.snapshot import SourceFile
from equipoise.core.tables import TABLE_NAMES
from equipoise.intake.draft import DatasetRefused, Draft
from equipoise.intake.findings import DATABASE_REFUSED, NOT_A_DATASET, TABLE_NOT_READ, TOO_LARGE, TWO_FILES
from equipoise.intake.head_table import head_of_rows
from equipoise.intake.mapping import Mapped
from equipoise.intake.parse_mapping import read_mapping
from equipoise.intake.plain_text import plain_text
from equipoise.intake.read_dataset import draft_of
from equipoise.intake.readers.csv import MAX_ROWS, check_heading
from equipoise.intake.readers.raw import LINE, RawTable

HEAD_TABLE = "dataset"
BATCH = 10_000
_BACKTICKS = ("pymysql", "mysql", "MySQLdb", "mariadb")


class Cursor(Protocol):
    """What is used of a DB-API 2.0 cursor."""

    @property
    def description(self) -> Any: ...  # noqa: ANN401, D102 - drivers give tuples of their own
    def execute(self, operation: str, /) -> Any: ...  # noqa: ANN401, D102
    def fetchmany(self, size: int, /) -> Sequence[Sequence[Any]]: ...  # noqa: D102
    def close(self) -> Any: ...  # noqa: ANN401, D102


class Connection(Protocol):
    """What is used of a DB-API 2.0 connection."""

    def cursor(self) -> Any: ...  # noqa: ANN401, D102 - a Cursor; drivers type it as their own


def read_database(connection: Connection, mapping: Path | str | None = None, schema: str | None = None) -> Draft:
    """The dataset in a database, as `read_dataset` gives that of a folder; a mapping names tables as its files.

    Tables are looked for in `schema`, else in the one the connection starts in (for SQLite main). A table that is no
    planning table and in no mapping is left alone, with a note. Raises DatasetRefused as `read_dataset` does.

    >>> import sqlite3
    >>> connection = sqlite3.connect(":memory:")
    >>> _ = connection.executescript('''
    ...     CREATE TABLE dataset ("key", value);
    ...     INSERT INTO dataset VALUES ('name', 'A'), ('currency', 'EUR'), ('bucket', 'month'),
    ...         ('start', '2027-01-01'), ('horizon', 6);
    ...     CREATE TABLE items (item, name, family, uom); INSERT INTO items VALUES ('saw', 'Saw', 'tools', 'unit');
    ...     CREATE TABLE markets (market, name, region); INSERT INTO markets VALUES ('shop', 'Shop', 'home');
    ...     CREATE TABLE forecast (item, market, date, quantity);
    ...     INSERT INTO forecast VALUES ('saw', 'shop', '2027-01-01', 12.5);
    ... ''')
    >>> read_database(connection).tables["forecast"]["quantity"].to_list()
    [12.5]
    """
    mapped = read_mapping(Path(mapping)) if mapping is not None else Mapped()
    return draft_of(Database.of(connection, schema or ""), mapped)


@dataclass(frozen=True)
class Database:
    """The tables and views of one schema."""

    connection: Connection
    schema: str
    names: tuple[str, ...]

    @staticmethod
    def of(connection: Connection, schema: str) -> "Database":
        """List the schema; DatasetRefused where the database has no list that we know, or holds nothing there."""
        driver = _driver(connection)
        if driver == "sqlite3":
            listed = f"{_quoted(connection, schema or 'main')}.sqlite_master"
            statement = f"SELECT name, type FROM {listed} WHERE type IN ('table', 'view')"
            listing = _all_rows(connection, statement, "the list of tables")[1]
            rows = [(schema, name) for name, _ in listing if not name.startswith("sqlite_")]
        else:
            statement = "SELECT table_schema, table_name FROM information_schema.tables"
            rows = [
                (str(place), str(name)) for place, name in _all_rows(connection, statement, "the list of tables")[1]
            ]
            rows = [row for row in rows if row[0].lower() not in ("information_schema", "pg_catalog", "sys")]
        names = sorted(name for place, name in rows if not schema or place == schema)
        twice = [name for name in names if names.count(name) > 1]
        if twice:
            _refuse(f"Table {twice[0]} stands in several schemas; name the one to read.")
        return Database(connection, schema, tuple(names))

    @property
    def head_name(self) -> str:
        """The table of the head."""
        return next((name for name in self.names if name.lower() == HEAD_TABLE), HEAD_TABLE)

    def head(self) -> Mapping[str, Any]:
        """The head in table `dataset`, whose columns are named key and value; no keys where there is no such table."""
        if self.head_name not in self.names:
            return {}
        columns, rows = self._select(self.head_name)
        places = {column.strip().lower(): place for place, column in enumerate(columns)}
        if not {"key", "value"} <= set(places):
            _refuse(f"Table {self.head_name} needs columns key and value; it has {', '.join(columns)}.")
        pairs = [(row[places["key"]], row[places["value"]]) for row in rows]
        return head_of_rows(enumerate(pairs, start=1), self.head_name)

    def no_head(self) -> Finding:
        """There is no table `dataset`, or an empty one."""
        held = ", ".join(self.names[:20]) or "none"
        where = f"schema {self.schema}" if self.schema else "database"
        return NOT_A_DATASET.found(where, f"It has no table {HEAD_TABLE} with keys and values; its tables are {held}.")

    def no_table(self, name: str) -> str:
        """The table that is missing."""
        return f"No table {name}."

    def tables(self, spoken_for: frozenset[str]) -> tuple[dict[str, str], list[Finding]]:
        """Tables by planning table; those of other names are left alone, with one note."""
        found: dict[str, str] = {}
        unknown: list[str] = []
        for name in self.names:
            table = name.strip().lower()
            if name in spoken_for or name == self.head_name:
                continue
            if table not in TABLE_NAMES:
                near = get_close_matches(table, TABLE_NAMES, n=1)
                unknown.append(f"{name} (did you mean {near[0]}?)" if near else name)
            elif table in found:
                text = f"{found[table]} and {name} hold the same table."
                raise DatasetRefused([TWO_FILES.found(f"table {table}", text)])
            else:
                found[table] = name
        shown = ", ".join(unknown[:20]) + (f" and {len(unknown) - 20} more" if len(unknown) > 20 else "")
        count = len(unknown)
        return found, [TABLE_NOT_READ.found("database", f"Left alone: {shown}.", count=count)] if unknown else []

    def read_table(
        self, name: str, *, encoding: str = "", separator: str = "", heading_line: int = 1
    ) -> tuple[RawTable, SourceFile]:
        """Rows of a table. A row's line is its place in the answer plus one; the digest is that of the sorted rows."""
        columns, rows = self._select(name)
        headings = tuple(column.strip() for column in columns)
        check_heading(headings, name)
        for line, row in enumerate(rows, start=2):
            for heading, value in zip(headings, row, strict=True):
                if isinstance(value, bytes | bytearray | memoryview):
                    _refuse(
                        f"Table {name}, column {heading}, row {line - 1} holds {len(value)} bytes, which are no text."
                    )
        texts = [[plain_text(value) for value in row] for row in rows]
        frame = pl.DataFrame(texts, schema=dict.fromkeys(headings, pl.String), orient="row")
        frame = frame.with_columns(pl.Series(LINE, range(2, len(texts) + 2), dtype=pl.Int64))
        digest = hashlib.sha256(repr((headings, sorted(texts))).encode()).hexdigest()
        return RawTable(headings, frame), SourceFile(name, digest, frame.height)

    def _select(self, name: str) -> tuple[list[str], list[Sequence[Any]]]:
        place = f"{_quoted(self.connection, self.schema)}." if self.schema else ""
        statement = f"SELECT * FROM {place}{_quoted(self.connection, name)}"
        return _all_rows(self.connection, statement, f"table {name}")


def _driver(connection: Connection) -> str:
    return type(connection).__module__.split(".", 1)[0]


def _quoted(connection: Connection, name: str) -> str:
    """A name as the database's quoted identifier.

    >>> import sqlite3
    >>> _quoted(sqlite3.connect(":memory:"), 'a"; DROP TABLE items; --')
    '"a""; DROP TABLE items; --"'
    """
    mark = "`" if _driver(connection) in _BACKTICKS else '"'
    if "\0" in name:
        _refuse(f"{name!r} is no name of a table.")
    return mark + name.replace(mark, mark + mark) + mark


def _all_rows(connection: Connection, statement: str, what: str) -> tuple[list[str], list[Sequence[Any]]]:
    """Columns and rows of a SELECT; DatasetRefused where the database refuses it or the table is too large."""
    cursor: Cursor = connection.cursor()
    rows: list[Sequence[Any]] = []
    try:
        cursor.execute(statement)
        columns = [str(entry[0]) for entry in cursor.description or ()]
        while batch := cursor.fetchmany(BATCH):
            rows += batch
            if len(rows) > MAX_ROWS:
                raise DatasetRefused([TOO_LARGE.found(what, f"holds more than {MAX_ROWS:,} rows.")])
    except DatasetRefused:
        raise
    except Exception as error:
        if "Error" not in {kind.__name__ for kind in type(error).__mro__}:
            raise  # not the driver's: every driver has an exception class Error of its own
        _refuse(f"{what[0].upper()}{what[1:]} cannot be read: {str(error).splitlines()[0][:200]}.", error)
    finally:
        cursor.close()
    return columns, rows


def _refuse(message: str, cause: BaseException | None = None) -> NoReturn:
    raise DatasetRefused([DATABASE_REFUSED.found("database", message)]) from cause
