from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                (
                    "code",
                    models.CharField(
                        max_length=18, help_text="unified social credit code, or the old number where there is none"
                    ),
                ),
                ("old_number", models.CharField(max_length=32)),
                ("name", models.CharField(max_length=200)),
                ("other_names", models.TextField(help_text="further names in force (第二名称)")),
                ("former_names", models.TextField()),
                ("kind", models.CharField(max_length=64)),
                ("region", models.CharField(max_length=32)),
                ("industry", models.CharField(max_length=100)),
                ("established_on", models.CharField(max_length=10)),
                ("status", models.CharField(max_length=32)),
                (
                    "since",
                    models.CharField(max_length=10, help_text="the day from which this name is known to be carried"),
                ),
                ("closed_by", models.BigIntegerField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["code"], condition=models.Q(closed_by__isnull=True), name="register_entry_current"
                    )
                ],
                "indexes": [
                    models.Index(fields=["code"], name="register_entry_code"),
                    models.Index(
                        fields=["old_number"], condition=~models.Q(old_number=""), name="register_entry_old_number"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Name",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=18)),
                ("name", models.CharField(max_length=200)),
                (
                    "norm",
                    models.CharField(max_length=200, help_text="key under which two writings of a name are equal"),
                ),
                ("current", models.BooleanField()),
                (
                    "since",
                    models.CharField(max_length=10, help_text="day from which it is known to be carried, where known"),
                ),
                (
                    "until",
                    models.CharField(max_length=10, help_text="day on which another name took its place, where known"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["code"], name="register_name_code"),
                    models.Index(fields=["norm"], name="register_name_norm"),
                ],
            },
        ),
    ]
