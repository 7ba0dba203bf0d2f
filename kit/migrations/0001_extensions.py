"""Extensions of PostgreSQL (all trusted: the owner may create them) and the table of the cache."""

from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        BtreeGistExtension(),
        TrigramExtension(),
        migrations.RunSQL(
            "CREATE TABLE kit_cache (cache_key varchar(255) PRIMARY KEY, value text NOT NULL,"
            " expires timestamptz NOT NULL);"
            "CREATE INDEX kit_cache_expires ON kit_cache (expires);",
            "DROP TABLE kit_cache;",
        ),
    ]
