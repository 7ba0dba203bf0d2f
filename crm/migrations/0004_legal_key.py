"""A key of legal names without signs; the default order of places no longer tells key persons."""

from django.db import migrations, models
from django.db.models import Q

from kit import names


def fill(apps, schema_editor):
    """Derive the key of the organisations that are there already."""
    # The connection of the migration: another one would wait for its locks.
    everybody = apps.get_model("crm", "Customer").objects.using(schema_editor.connection.alias)
    rows = everybody.filter(kind="organisation")
    rows = rows.exclude(legal_name="").only("legal_name").order_by("pk")
    last = 0
    while part := list(rows.filter(pk__gt=last)[:1_000]):
        for row in part:
            row.legal_key = names.bare(row.legal_name)[:200]
        everybody.bulk_update(part, ["legal_key"])
        last = part[-1].pk


class Migration(migrations.Migration):
    dependencies = [("crm", "0003_history_by_owner")]
    operations = [
        migrations.AlterModelOptions(
            name="position", options={"ordering": ["contact__sort_key", "pk"]}
        ),
        migrations.AddField(
            model_name="customer",
            name="legal_key",
            field=models.CharField(
                db_collation="C", db_default="", default="", editable=False, max_length=200
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                condition=~Q(legal_key=""), fields=["legal_key"], name="customer_by_legal_name"
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
