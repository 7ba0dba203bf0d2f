"""Field history is written by its triggers alone."""

from django.db import migrations

from kit.migrations._owner import WriteAsOwner


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("crm", "0002_real_data"), ("accounts", "0003_history_by_owner")]
    operations = [WriteAsOwner()]
