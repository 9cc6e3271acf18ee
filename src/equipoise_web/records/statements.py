"""Statements that every edit needs: Django makes their SQL once, and from then on only the values in it differ.

To put a statement together from its parts takes Django ten times as long as a small question takes a database to
answer. What is sent is what the query set or the model would send, values are bound and answers read as it would.
"""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.models import Model, QuerySet
from django.db.models.sql import InsertQuery, UpdateQuery

M = TypeVar("M", bound=Model)
Make = Callable[..., "QuerySet[M, Any]"]
"""A query set of the values that it is asked with; they may stand nowhere but in its conditions, as they are."""
FIRST_STAND_IN = 1_987_654_300
"""Fits where the database keeps 32 bits."""


class _Statement:
    """SQL with places for values, made when it is first needed."""

    def __init__(self, kinds: Sequence[type]) -> None:
        self.kinds = kinds
        self.sql = ""
        self.params: tuple[Any, ...] = ()

    def stand_ins(self) -> tuple[Any, ...]:
        """A value of each kind that stands nowhere else."""
        assert set(self.kinds) <= {int, str}, self.kinds
        return tuple(FIRST_STAND_IN + n if kind is int else f"\x01{n}" for n, kind in enumerate(self.kinds))

    def keep(self, sql: str, params: Sequence[Any]) -> None:
        """The SQL as it was made with the stand-ins."""
        missing = set(self.stand_ins()) - set(params)
        assert not missing, f"values {missing} are not bound as they are in {sql}"
        self.params, self.sql = tuple(params), sql

    def bound(self, values: Sequence[Any]) -> tuple[Any, ...]:
        """The parameters with values in the places of their stand-ins."""
        assert len(values) == len(self.kinds), f"{len(values)} values for {len(self.kinds)}"
        assert all(isinstance(value, kind) for value, kind in zip(values, self.kinds, strict=True)), values
        found = dict(zip(self.stand_ins(), values, strict=True))
        return tuple(found.get(each, each) for each in self.params)


class Asked(_Statement, Generic[M]):
    """A query set that is asked again and again, with values of some kinds (`int` or `str`).

    `Asked(lambda person: Visit.objects.filter(person=person).values_list("before"), int).rows(7)`
    """

    def __init__(self, make: "Make[M]", *kinds: type) -> None:
        """Nothing is made before it is asked."""
        super().__init__(kinds)
        self.make = make
        self.columns: list[Any] = []

    def rows(self, *values: int | str) -> list[tuple[Any, ...]]:
        """The rows as `values_list` gives them."""
        if not self.sql:
            self._made()
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self.bound(values))
            found = cursor.fetchall()
        return _read(found, self.columns)

    def first(self, *values: int | str) -> tuple[Any, ...] | None:
        """The first row; None where there is none."""
        return next(iter(self.rows(*values)), None)

    def records(self, *values: int | str) -> list[M]:
        """Objects, of a query set that gives objects."""
        return [self.model.from_db(DEFAULT_DB_ALIAS, self.names, row) for row in self.rows(*values)]

    def _made(self) -> None:
        queries = self.make(*self.stand_ins())
        self.model = queries.model
        self.names = [field.attname for field in queries.model._meta.concrete_fields]
        compiler = queries.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        self.columns = [each[0] for each in compiler.select]
        self.keep(sql, params)


def _read(rows: Sequence[tuple[Any, ...]], columns: Sequence[Any]) -> list[tuple[Any, ...]]:
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


class Changed(_Statement):
    """An update that is made again and again: `values` are those of the conditions, then those that are set."""

    def __init__(self, make: "Make[Any]", kinds: Sequence[type], **fields: type) -> None:
        """The fields that are set, with the kind of each."""
        super().__init__((*kinds, *fields.values()))
        self.make, self.conditions, self.fields = make, len(kinds), tuple(fields)

    def do(self, *values: int | str) -> int:
        """Change the rows; how many there are."""
        if not self.sql:
            given = self.stand_ins()
            query = self.make(*given[: self.conditions]).query.chain(UpdateQuery)
            query.add_update_values(dict(zip(self.fields, given[self.conditions :], strict=True)))
            self.keep(*query.get_compiler(DEFAULT_DB_ALIAS).as_sql())
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self.bound(values))
            return int(cursor.rowcount)


_INSERTS: dict[tuple[type[Model], bool], str] = {}
"""By model, and whether the database draws the number."""


def append(row: M) -> M:
    """Write a new row as `save(force_insert=True)` does, and give it its number where the database draws it."""
    about = type(row)._meta
    drawn = row.pk is None
    fields = [each for each in about.concrete_fields if not (drawn and each is about.pk)]
    assert not about.parents, f"{about.label} is kept in more than one table"
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
