"""Cards hold the rule of publication too: all of them are made again."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

ALL = (
    "INSERT INTO publication_carddue (uscc, event) SELECT uscc, 0 FROM publication_card WHERE true"
    " ON CONFLICT DO NOTHING"
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("publication", "0001_initial")]

    operations: ClassVar = [
        migrations.RunSQL(ALL, migrations.RunSQL.noop),
        migrations.RunSQL("DELETE FROM publication_card", migrations.RunSQL.noop),
    ]
