"""Every token has an end; one without gets the longest there is, counted from its making."""

from django.db import migrations, models

END = "UPDATE accounts_apitoken SET expiry = created + interval '90 days' WHERE expiry IS NULL"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_history_by_owner")]

    operations = [
        migrations.RunSQL(END, migrations.RunSQL.noop),
        migrations.AlterField("apitoken", "expiry", models.DateTimeField()),
    ]
