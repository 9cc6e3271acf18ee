"""Append-only tables: the database itself refuses to change or delete a row of them."""

from django.db.backends.base.base import BaseDatabaseWrapper

APPEND_ONLY = (
    "records_adjustmentrecord",
    "records_rulingrecord",
    "records_comment",
    "records_scenarioentry",
    "records_sealedsnapshot",
    "records_publishedplan",
    "records_auditentry",
)
"""Tables whose rows are written once."""
MARKS = ("records_exceptionmark",)
ALSO_ONCE = ("records_mention", "records_answeredquestion", "records_writereceipt")
"""Those that came later, by their migration."""


def protect(database: BaseDatabaseWrapper, tables: tuple[str, ...] = APPEND_ONLY) -> None:
    """Add the triggers; SQLite and PostgreSQL."""
    is_postgres = database.vendor == "postgresql"
    with database.cursor() as cursor:
        if is_postgres:
            cursor.execute(
                "CREATE OR REPLACE FUNCTION equipoise_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
                "BEGIN RAISE EXCEPTION 'rows of % are written once', TG_TABLE_NAME; END $$"
            )
        for table in tables:
            for act in ("UPDATE", "DELETE"):
                what = (
                    "FOR EACH ROW EXECUTE FUNCTION equipoise_append_only()"
                    if is_postgres
                    else f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are written once'); END"
                )
                cursor.execute(f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} {what}")


def unprotect(database: BaseDatabaseWrapper, tables: tuple[str, ...] = APPEND_ONLY) -> None:
    """Take the triggers away, for a migration that must."""
    on = " ON {}" if database.vendor == "postgresql" else ""
    with database.cursor() as cursor:
        for table in tables:
            for act in ("update", "delete"):
                cursor.execute(f"DROP TRIGGER {table}_no_{act}{on.format(table)}")
