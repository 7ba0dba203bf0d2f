"""One database, two roles: `default` is the application, `owner` migrates and seals."""

from django.conf import settings


class OneDatabase:
    """Leaves queries to the application role and gives every migration to the owner role."""

    def allow_relation(self, obj1, obj2, **hints):
        return True

    def allow_migrate(self, db, app_label, **hints):
        return db == owner_alias()


def owner_alias():
    """Alias of the connection that owns the tables, where this process has one."""
    return "owner" if "owner" in settings.DATABASES else "default"
