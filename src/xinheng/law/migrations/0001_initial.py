from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="PackVersion",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=64)),
                ("content", models.BinaryField()),
            ],
            options={"db_table": "law_pack_version"},
        ),
    ]
