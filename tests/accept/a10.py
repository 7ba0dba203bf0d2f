"""A10: django-guardian holds expiring shares on customers, and nothing else anywhere."""

import ast
from datetime import timedelta
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError, transaction
from guardian.models import GroupObjectPermission, UserObjectPermission
from psycopg2.extras import DateTimeTZRange

from crm.models import Share
from tests import cast as casting
from tests.accept import frame
from tests.accept.frame import Mutant

ROOT = Path(__file__).resolve().parents[2]
WORDS = {"get_objects_for_user", "get_objects_for_group", "assign_perm", "GuardedModelAdmin"}


def run():
    with frame.undone():
        faults = {
            "generic grants": UserObjectPermission.objects.count()
            + GroupObjectPermission.objects.count(),
            "model grants": sum(p.group_set.count() for p in Permission.objects.all()),
            "groups": Group.objects.count(),
            "without end": int(can_be_endless()),
            "orphans": Share.objects.filter(content_object__isnull=True).count(),
            "calls": len(calls()),
            "backend": sum("guardian" in name for name in settings.AUTHENTICATION_BACKENDS),
            "admin": int(apps.is_installed("django.contrib.admin")),
            "seen after leaving": seen_after_leaving(),
        }
    return not any(faults.values()), {k: v for k, v in faults.items() if v} or {
        "faults": 0,
        "checked": len(faults),
    }


def share(cast, person, end):
    return Share.objects.create(
        content_object=cast.nanqiao, user=person, granted_by=cast.qian, reason="r",
        permission=Permission.objects.get(codename="read_customer"),
        period=DateTimeTZRange(casting.START, end, "[)"),
    )  # fmt: skip


def can_be_endless():
    """Whether the database takes a share without an end."""
    try:
        with transaction.atomic():
            share(casting.Cast(), casting.Cast().ming, None)
    except IntegrityError:
        return False
    return True


def seen_after_leaving():
    """Customers that somebody frozen or gone still sees through a share."""
    from django.utils import timezone

    from crm.models import Customer
    from crm.services import access_index

    cast = casting.Cast()
    for person in (cast.bai, cast.ren):
        share(cast, person, timezone.now() + timedelta(days=9))
    access_index.recompute([cast.nanqiao.pk])
    return sum(Customer.objects.visible_to(person).count() for person in (cast.bai, cast.ren))


def calls():
    """Places in our code that use guardian's other doors."""
    found = []
    for app in ("config", "handover", "crm", "accounts", "kit"):
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                name = getattr(node, "id", getattr(node, "attr", getattr(node, "name", None)))
                if name in WORDS:
                    found.append(f"{path.name}:{getattr(node, 'lineno', 0)}")
    return found


def with_a_grant():
    """Somebody gives a generic grant by guardian's own function."""
    from unittest import mock

    real = UserObjectPermission.objects.count
    return mock.patch.object(UserObjectPermission.objects, "count", lambda: real() + 1)


def with_guardians_backend():
    from django.test import override_settings

    more = [*settings.AUTHENTICATION_BACKENDS, "guardian.backends.ObjectPermissionBackend"]
    return override_settings(AUTHENTICATION_BACKENDS=more)


def access_outlives_the_person():
    from unittest import mock

    return mock.patch("accounts.models.Person.has_access", True)


MUTANTS = [
    Mutant("a generic grant exists", with_a_grant),
    Mutant("guardian's backend answers has_perm", with_guardians_backend),
    Mutant("access outlives the person", access_outlives_the_person),
]
