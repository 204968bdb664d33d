from django.db import migrations, models


def make_index(apps, editor):
    if editor.connection.vendor == "sqlite":
        # Words are made of hexadecimal digits by us: the plainest tokenizer is the right one. The index keeps no text.
        editor.execute("CREATE VIRTUAL TABLE search_gram USING fts5(grams, content='', tokenize='ascii')")
        return
    # Codes in byte order, so that a beginning of a code is a range of the index whatever the database's language
    editor.execute('ALTER TABLE search_document ALTER COLUMN code TYPE varchar(18) COLLATE "C"')
    editor.execute("ALTER TABLE search_document ADD COLUMN grams bigint[] NOT NULL")
    editor.execute("ALTER TABLE search_document ALTER COLUMN grams SET STATISTICS 1000")
    editor.execute("CREATE INDEX search_document_grams ON search_document USING gin (grams)")


def drop_index(apps, editor):
    if editor.connection.vendor == "sqlite":
        editor.execute("DROP TABLE search_gram")


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=18)),
                ("name", models.CharField(max_length=200, help_text="as it may be shown; never a name that is only a person's")),
                ("key", models.CharField(max_length=400, help_text="letters and digits of the name, folded")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["code", "id"], name="search_document_code"),
                    models.Index(fields=["key", "id"], name="search_document_key"),
                ],
            },
        ),
        migrations.RunPython(make_index, drop_index),
    ]
