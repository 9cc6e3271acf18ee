"""Statements that every edit needs: Django makes their SQL once, and from then on only the values in it differ.

To put a statement together from its parts takes Django ten times as long as a small question takes a database to
answer. What is sent is what the query set or the model would send, values are bound and answers read as it would.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.models import Model, QuerySet
from django.db.models.sql import InsertQuery, UpdateQuery

M = TypeVar("M", bound=Model)
Value = int | str
Names = tuple[tuple[str, type], ...]
"""Of values in a statement: what each is called, and its kind."""
Row = tuple[Any, ...]
FIRST_STAND_IN = 1_987_654_300
"""Fits where the database keeps 32 bits."""


class Prepared(Generic[M]):
    """A query set that is asked again and again, each time with other values in its conditions.

    `make` gives it without those. Conditions are by `int` or `str`, and bound as they are.

    `Prepared(lambda: Visit.objects.values_list("before")).filter(person=7).first()`
    """

    def __init__(self, make: "Callable[[], QuerySet[M, Any]]") -> None:
        """Nothing is made before it is asked."""
        self.make = make
        self.made: dict[tuple[Names, Names, Names, bool], _Statement] = {}

    def filter(self, **conditions: Value) -> "Asking[M]":
        """The query set with conditions."""
        return Asking(self, conditions)

    def rows(self) -> list[Row]:
        """All rows."""
        return self.filter().rows()


@dataclass(frozen=True)
class Asking(Generic[M]):
    """A query set with the values of its conditions, each for an `int` or a `str`."""

    prepared: Prepared[M]
    conditions: dict[str, Value]
    but: dict[str, Value] = field(default_factory=dict)

    def exclude(self, **conditions: Value) -> "Asking[M]":
        """Without the rows for which these hold."""
        return Asking(self.prepared, self.conditions, conditions)

    def rows(self, *, is_one: bool = False) -> list[Row]:
        """The rows as `values_list` gives them; the first alone if one is wanted."""
        statement = self._statement({}, is_one=is_one)
        with connection.cursor() as cursor:
            cursor.execute(statement.sql, statement.bound((*self.conditions.values(), *self.but.values())))
            found = cursor.fetchall()
        return _read(found, statement.columns)

    def first(self) -> Row | None:
        """The first row; None where there is none."""
        return next(iter(self.rows(is_one=True)), None)

    def records(self) -> list[M]:
        """Objects, of a query set that gives objects."""
        model = self.prepared.make().model
        names = [field.attname for field in model._meta.concrete_fields]
        return [model.from_db(DEFAULT_DB_ALIAS, names, row) for row in self.rows()]

    def update(self, **fields: Value) -> int:
        """Set fields of the rows; how many rows there are."""
        statement = self._statement(fields)
        values = (*self.conditions.values(), *self.but.values(), *fields.values())
        with connection.cursor() as cursor:
            cursor.execute(statement.sql, statement.bound(values))
            return int(cursor.rowcount)

    def _statement(self, fields: dict[str, Value], *, is_one: bool = False) -> "_Statement":
        named = [
            tuple((name, type(value)) for name, value in each.items()) for each in (self.conditions, self.but, fields)
        ]
        key = (named[0], named[1], named[2], is_one)
        if key not in self.prepared.made:
            self.prepared.made[key] = _make(self.prepared.make(), *key)
        return self.prepared.made[key]


@dataclass(frozen=True)
class _Statement:
    """SQL, and its parameters with a stand-in for each value."""

    sql: str
    params: Row
    stand_ins: Row
    columns: Sequence[Any] = ()
    """Of an answer: what Django reads each by."""

    def bound(self, values: Row) -> Row:
        """The parameters with values in the places of their stand-ins."""
        found = dict(zip(self.stand_ins, values, strict=True))
        return tuple(found.get(each, each) for each in self.params)


def _make(queries: "QuerySet[M, Any]", conditions: Names, but: Names, fields: Names, is_one: bool) -> _Statement:
    kinds = [kind for _, kind in (*conditions, *but, *fields)]
    assert set(kinds) <= {int, str}, f"{kinds} are not bound as they are"
    stand_ins = [FIRST_STAND_IN + n if kind is int else f"\x01{n}" for n, kind in enumerate(kinds)]
    names = iter(stand_ins)
    given = [{name: next(names) for name, _ in each} for each in (conditions, but, fields)]
    queries = queries.filter(**given[0]).exclude(**given[1]) if but else queries.filter(**given[0])
    query: Any = (queries[:1] if is_one else queries).query
    if fields:
        query = query.chain(UpdateQuery)
        query.add_update_values(given[2])
    compiler = query.get_compiler(DEFAULT_DB_ALIAS)
    sql, params = compiler.as_sql()
    missing = set(stand_ins) - set(params)
    assert not missing, f"{missing} are not bound as they are in {sql}"
    columns = [] if fields else [each[0] for each in compiler.select]
    return _Statement(sql, tuple(params), tuple(stand_ins), columns)


def _read(rows: Sequence[Row], columns: Sequence[Any]) -> list[Row]:
    """Rows with instants, JSON and the like as Python has them; what reads them belongs to this thread's connection."""
    converters = [
        (number, column, (*connection.ops.get_db_converters(column), *column.get_db_converters(connection)))
        for number, column in enumerate(columns)
    ]
    needed = [each for each in converters if each[2]]
    if not needed:
        return list(rows)
    found = [list(row) for row in rows]
    for number, column, convert in needed:
        for row in found:
            for each in convert:
                row[number] = each(row[number], column, connection)
    return [tuple(row) for row in found]


_INSERTS: dict[tuple[type[Model], bool], str] = {}
"""By model, and whether the database draws the number."""


def append(row: M) -> M:
    """Write a new row as `save(force_insert=True)` does, and give it its number where the database draws it."""
    about = type(row)._meta
    assert not about.parents, f"{about.label} is kept in more than one table"
    drawn = row.pk is None
    fields = [each for each in about.concrete_fields if not (drawn and each is about.pk)]
    values = [each.get_db_prep_save(each.pre_save(row, add=True), connection=connection) for each in fields]
    if (type(row), drawn) not in _INSERTS:
        query = InsertQuery(type(row))
        query.insert_values(fields, [row])
        compiler = query.get_compiler(DEFAULT_DB_ALIAS)
        compiler.returning_fields = about.db_returning_fields if drawn else None
        ((sql, params),) = compiler.as_sql()
        assert len(params) == len(values), f"{about.label} does not bind its values as they are"
        _INSERTS[type(row), drawn] = sql
    with transaction.mark_for_rollback_on_error(using=DEFAULT_DB_ALIAS), connection.cursor() as cursor:
        cursor.execute(_INSERTS[type(row), drawn], values)
        if drawn:
            (row.pk,) = cursor.fetchone()
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return row
