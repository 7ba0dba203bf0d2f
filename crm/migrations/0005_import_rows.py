"""Rows of imports know their key, their content and their turn; keys know what was written."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0004_legal_key"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="importrow",
            name="import_row_waiting",
        ),
        migrations.AddField(
            model_name="importrow",
            name="digest",
            field=models.BinaryField(max_length=16, null=True),
        ),
        migrations.AddField(
            model_name="importrow",
            name="key",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="importrow",
            name="round",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="sourcekey",
            name="written",
            field=models.JSONField(default=dict),
        ),
        migrations.AddIndex(
            model_name="importrow",
            index=models.Index(
                condition=models.Q(("outcome", "waiting")),
                fields=["imported", "round", "number"],
                name="import_row_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="importrow",
            index=models.Index(fields=["imported", "key"], name="import_row_key"),
        ),
    ]
