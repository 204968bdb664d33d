"""Cards, and every organisation already spoken of waiting for its own."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import migrations, models

ALL = "INSERT INTO publication_carddue (uscc, event) SELECT DISTINCT uscc, 0 FROM records_statement WHERE uscc <> ''"


def keep_in_the_page(apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        # It is packed already; fetched from elsewhere it would cost what it saves
        editor.execute("ALTER TABLE publication_card ALTER COLUMN body SET STORAGE MAIN")


class Migration(migrations.Migration):
    initial = True
    dependencies: ClassVar = [("records", "0002_mark"), ("evidence", "0001_initial")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Card",
            fields=[
                ("uscc", models.CharField(max_length=18, primary_key=True, serialize=False)),
                ("at", models.BigIntegerField(help_text="the ledger position it was made at")),
                ("body", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="CardDue",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "uscc", "event", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("uscc", models.CharField(max_length=18)),
                ("event", models.BigIntegerField()),
            ],
        ),
        migrations.RunPython(keep_in_the_page, migrations.RunPython.noop),
        migrations.RunSQL(ALL, migrations.RunSQL.noop),
    ]
