"""The company itself: its row of settings, and the person under whose name it acts."""

from django.db import migrations

SYSTEM = """
    INSERT INTO accounts_person (username, password, name, latin_name, email, title, roles, state,
        language, time_zone, theme, shortcuts, auth_epoch, sort_key, search_key)
    VALUES ('system', '!', 'Holdfast', '', '', '', '{system}', 'active', 'en', 'UTC', '', false, 0,
        'holdfast', 'holdfast|system')
"""
COMPANY = """
    INSERT INTO accounts_company (id, name, name_zh, time_zone, currency, country, day_starts,
        day_ends, reveal_budget)
    VALUES (1, 'Company', '公司', 'Asia/Shanghai', 'CNY', 'CN', '09:00', '18:00', 60)
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        # Rows of a new database; going back drops the tables that hold them.
        migrations.RunSQL(SYSTEM, migrations.RunSQL.noop),
        migrations.RunSQL(COMPANY, migrations.RunSQL.noop),
    ]
