"""Whom a comment named, and which question a plan answers, are written once, too."""

from django.db import migrations

from equipoise_web.records.append_only import NAMED_AND_ANSWERED, protect, unprotect


class Migration(migrations.Migration):
    dependencies = [("records", "0012_scenarios_exceptions")]
    operations = [
        migrations.RunPython(
            lambda _apps, editor: protect(editor.connection, NAMED_AND_ANSWERED),
            lambda _apps, editor: unprotect(editor.connection, NAMED_AND_ANSWERED),
        ),
    ]
