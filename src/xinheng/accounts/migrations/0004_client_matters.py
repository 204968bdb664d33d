from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_people'),
    ]

    operations = [
        migrations.AddField(
            model_name='client',
            name='sector',
            field=models.CharField(db_default='', default='', max_length=32),
        ),
        migrations.AddField(
            model_name='client',
            name='matters',
            field=models.TextField(db_default='', default='', help_text='codes separated by spaces; empty: all of the unit'),
        ),
        migrations.AlterField(
            model_name='request',
            name='file',
            field=models.CharField(help_text='SHA-256 of the bytes sent', max_length=64),
        ),
    ]
