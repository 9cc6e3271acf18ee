"""What scenarios assume, when they parted from their parent and whether they are put away; marks on exceptions."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from equipoise_web.records.append_only import MARKS, protect, unprotect


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0011_the_grid"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="scenariorecord",
            name="archived_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="scenariorecord",
            name="assumptions",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="scenariorecord",
            name="parted_after",
            field=models.BigIntegerField(default=0),
        ),
        migrations.CreateModel(
            name="ExceptionMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("about", models.CharField(db_index=True, max_length=400)),
                ("sort", models.CharField(max_length=8)),
                ("until", models.DateField(null=True)),
                ("because", models.CharField(blank=True, max_length=500)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.RunPython(
            lambda _apps, editor: protect(editor.connection, MARKS),
            lambda _apps, editor: unprotect(editor.connection, MARKS),
        ),
    ]
