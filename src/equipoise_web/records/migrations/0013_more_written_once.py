"""Whom a comment named, which question a plan answers and what a repeated write is told are written once, too."""

from django.db import migrations

from equipoise_web.records.append_only import ALSO_ONCE, protect, unprotect


class Migration(migrations.Migration):
    dependencies = [("records", "0012_scenarios_exceptions")]
    operations = [
        migrations.RunPython(
            lambda _apps, editor: protect(editor.connection, ALSO_ONCE),
            lambda _apps, editor: unprotect(editor.connection, ALSO_ONCE),
        ),
    ]
