from django.db import migrations, models


def start_again(apps, editor):
    """Documents carry labels from now on: what was indexed without is dropped, and the follower reads from the start."""
    if editor.connection.vendor == "sqlite":
        editor.execute("INSERT INTO search_gram(search_gram) VALUES ('delete-all')")
    editor.execute("DELETE FROM search_document")
    editor.execute("DELETE FROM evidence_cursor WHERE follower = 'search'")


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial"), ("evidence", "0001_initial")]
    operations = [
        migrations.AddField(
            "document",
            "region",
            models.CharField(
                default="", max_length=6, help_text='division code, for narrowing; "" where not known'
            ),
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("item", models.CharField(max_length=64)),
                ("authority", models.CharField(max_length=18)),
                ("kind", models.CharField(max_length=64)),
                ("decided_on", models.DateField()),
                ("show_from", models.DateField()),
                ("show_until", models.DateField(help_text="last day shown", null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["item", "kind", "decided_on", "id"], name="search_entry_kind"),
                    models.Index(
                        fields=["item", "authority", "kind", "decided_on", "id"], name="search_entry_authority"
                    ),
                ],
            },
        ),
        migrations.RunPython(start_again, migrations.RunPython.noop),
    ]
