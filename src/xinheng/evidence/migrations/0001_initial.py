import xinheng.evidence.fields
from django.db import migrations, models


def number_sequence(apps, editor):
    # On PostgreSQL writers overlap, so event numbers come from a sequence; on SQLite there is one writer
    if editor.connection.vendor == "postgresql":
        editor.execute("CREATE SEQUENCE IF NOT EXISTS evidence_event_number")


def drop_sequence(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP SEQUENCE IF EXISTS evidence_event_number")


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", xinheng.evidence.fields.RowId(primary_key=True, serialize=False)),
                ("first_leaf", models.BigIntegerField(unique=True)),
                ("leaves", models.IntegerField()),
                ("instant", models.BigIntegerField(help_text="microseconds since 1970, UTC; never goes backwards")),
                ("kind", models.CharField(max_length=64)),
                ("body", models.BinaryField(help_text="canonical JSON: actor, provision, pack digest, purpose, detail")),
                ("salt", models.BinaryField()),
                ("leaf", models.BinaryField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["instant"], name="evidence_event_instant"),
                    models.Index(fields=["kind", "first_leaf"], name="evidence_event_kind"),
                ]
            },
        ),
        migrations.CreateModel(
            name="Head",
            fields=[
                ("id", models.SmallIntegerField(primary_key=True, default=1, serialize=False)),
                ("size", models.BigIntegerField(default=0)),
                ("instant", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("size", xinheng.evidence.fields.RowId(primary_key=True, serialize=False)),
                ("note", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="Cursor",
            fields=[
                ("follower", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("position", models.BigIntegerField(default=0)),
                ("leaf", models.BinaryField(default=b"")),
            ],
        ),
        migrations.RunPython(number_sequence, drop_sequence),
    ]
