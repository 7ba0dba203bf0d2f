"""Field history is written by its triggers alone."""

from django.db import migrations

from kit.migrations._owner import WriteAsOwner


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("accounts", "0002_company")]
    operations = [WriteAsOwner()]
