"""Every table of the records is either written once, which the database itself holds to, or is known to change."""

import pytest
from django.apps import apps
from django.db import connection

from equipoise_web.records.append_only import ALSO_ONCE, APPEND_ONLY, MARKS

pytestmark = pytest.mark.django_db
CHANGES = {
    "apitoken": "is revoked, and says when it was used last",
    "audithead": "names the last entry; every write locks it",
    "correctionrecord": "is taken back",
    "deliveryrecord": "is taken back",
    "grant": "ends",
    "gridstep": "is undone and redone",
    "gridviewrecord": "ends",
    "invitation": "is accepted, renewed or taken back",
    "job": "is leased, renewed and ended",
    "monthdraft": "is the one thing that people work on",
    "outboxmessage": "is tried again",
    "scenariorecord": "is put away",
    "visit": "moves on",
    "webhook": "ends",
}
"""Tables of which a row changes, and how."""


def test_every_table_is_written_once_or_known_to_change():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
            if connection.vendor == "postgresql"
            else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        )
        triggers = {name for (name,) in cursor.fetchall()}
    once = {*APPEND_ONLY, *MARKS, *ALSO_ONCE}
    assert triggers == {f"{table}_no_{act}" for table in once for act in ("update", "delete")}
    tables = {model._meta.db_table for model in apps.get_app_config("records").get_models()}
    assert tables == once | {f"records_{name}" for name in CHANGES}
