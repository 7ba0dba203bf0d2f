"""Sign-in by user name or email, and `has_perm` by our one rule.

guardian's backend is not here on purpose: it knows no expiry (docs/adr/0003).
"""

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.backends import BaseBackend
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from accounts.access import Action, can
from accounts.models import Notice, Person

CODENAMES = {
    "view": "view",
    "change": "edit",
    "add": "create",
}


class SignIn(AuthenticationBackend):
    """allauth's sign-in without Django's tables of permissions."""

    def get_user(self, user_id):
        """The person of a session, with `unread`: how many notices wait. Every page shows it."""
        waiting = Notice.objects.filter(person=OuterRef("pk"), read_at__isnull=True)
        number = waiting.order_by().values("person").annotate(number=Count("pk")).values("number")
        people = Person.objects.annotate(unread=Coalesce(Subquery(number), 0))
        person = people.filter(pk=user_id).first()
        return person if person and self.user_can_authenticate(person) else None

    def has_perm(self, user_obj, perm, obj=None):
        return False

    def has_module_perms(self, user_obj, app_label):
        return False

    def get_user_permissions(self, user_obj, obj=None):
        return set()

    def get_group_permissions(self, user_obj, obj=None):
        return set()

    def get_all_permissions(self, user_obj, obj=None):
        return set()


class Access(BaseBackend):
    """Answers `has_perm("crm.view_customer", customer)` and `has_perm("customer.view", customer)`."""

    def has_perm(self, user_obj, perm, obj=None):
        action = as_action(perm)
        return action is not None and can(user_obj, action, obj)

    def get_user(self, user_id):
        return None


def as_action(perm):
    """Translate Django's permission names into our actions; None when there is no such action."""
    if perm in Action.values:
        return Action(perm)
    codename = perm.rpartition(".")[2]
    verb, _, model = codename.partition("_")
    name = f"{model}.{CODENAMES.get(verb, verb)}"
    return Action(name) if name in Action.values else None
