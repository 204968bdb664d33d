import xinheng.evidence.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Mark',
            fields=[
                ('id', xinheng.evidence.fields.RowId(primary_key=True, serialize=False)),
                ('statement_id', models.BigIntegerField()),
                ('kind', models.CharField(max_length=24)),
                ('field', models.CharField(help_text='field code of the item; empty for the whole row', max_length=64)),
                ('since', models.DateField()),
                ('until', models.DateField(null=True)),
                ('matter', models.CharField(help_text='the number of the case it comes from, if any', max_length=64)),
                ('closed_by', models.BigIntegerField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['statement_id'], name='records_mark_statement')],
            },
        ),
    ]
