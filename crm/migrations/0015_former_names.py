"""An organisation is found by the names that it had before; those of the history are taken over."""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.models import F, Q

from kit import names

FORMER = 5


def fill(apps, schema_editor):
    """Take the former names of organisations out of the field history, the latest first."""
    using = schema_editor.connection.alias
    everybody = apps.get_model("crm", "Customer").objects.using(using)
    events = apps.get_model("crm", "CustomerEvent").objects.using(using)
    index = apps.get_model("crm", "CustomerAccess").objects.using(using)
    other = ~Q(name=F("pgh_obj__name")) | ~Q(legal_name=F("pgh_obj__legal_name"))
    renamed = events.filter(other, pgh_obj__kind="organisation").order_by("-pgh_id")
    former = {}
    for pk, *called in renamed.values_list("pgh_obj", "name", "legal_name").iterator():
        former.setdefault(pk, []).extend(called)
    for row in everybody.filter(pk__in=former).iterator():
        present = {"", row.name, row.legal_name}
        kept = [name for name in dict.fromkeys(former[row.pk]) if name not in present][:FORMER]
        known = [row.name, row.legal_name, *kept]
        keys = {"search_key": names.search_key(*known), "grams": names.grams(" ".join(known))}
        everybody.filter(pk=row.pk).update(former_names=kept, **keys)
        index.filter(customer=row.pk).update(search_key=keys["search_key"])


class Migration(migrations.Migration):
    dependencies = [("crm", "0014_customer_file")]
    operations = [
        migrations.AddField(
            model_name="customer",
            name="former_names",
            field=ArrayField(
                models.CharField(max_length=200), db_default=[], default=list, editable=False
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
