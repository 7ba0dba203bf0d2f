"""Personal API tokens: hashed, with an expiry, dead when the person's epoch moves on."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken, AuthTokenManager

from accounts.scopes import OwnRows
from kit.clock import StatementNow
from kit.registry import Held, Holding
from kit.scoping import ScopedQuerySet


class ApiToken(AbstractAuthToken):
    """A token shown once; only its digest is stored."""

    user = models.ForeignKey("accounts.Person", models.PROTECT, related_name="auth_token_set")
    name = models.CharField(max_length=80, blank=True)
    expiry = models.DateTimeField()
    epoch = models.PositiveIntegerField(default=0)
    last_used_on = models.DateField(null=True)

    held = {
        "user": Holding(Held.REVOKE, _("API tokens"), open=Q(expiry__gt=StatementNow())),
    }
    scope = OwnRows("user")
    objects = AuthTokenManager.from_queryset(ScopedQuerySet)()
