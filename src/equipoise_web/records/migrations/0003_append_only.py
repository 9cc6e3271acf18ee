"""Rows that are written once, and the head of the audit chain."""

from typing import Any

from django.db import migrations

from equipoise_web.records.append_only import protect, unprotect


def begin_chain(apps: Any, _editor: Any) -> None:
    apps.get_model("records", "AuditHead").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("records", "0002_people_and_writes")]
    operations = [
        migrations.RunPython(begin_chain, migrations.RunPython.noop),
        migrations.RunPython(
            lambda _apps, editor: protect(editor.connection), lambda _apps, editor: unprotect(editor.connection)
        ),
    ]
