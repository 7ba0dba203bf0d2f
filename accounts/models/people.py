"""Our people and their absences."""

from datetime import timedelta

import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import _user_has_perm
from django.contrib.auth.validators import ASCIIUsernameValidator
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.access import Action, Role
from accounts.scopes import PersonScope
from kit import names
from kit.addresses import address_of
from kit.clock import StatementNow
from kit.dates import company_zone
from kit.history import history
from kit.registry import Held, Holding
from kit.scoping import ScopedQuerySet


class PersonQuerySet(ScopedQuerySet):
    def with_access(self):
        """People who may sign in and be given work."""
        return self.filter(state__in=[Person.State.ACTIVE, Person.State.ON_NOTICE])

    def unavailable(self):
        """The few people who hold seats and cannot answer now: frozen, left or absent."""
        away = Q(state__in=[Person.State.FROZEN, Person.State.LEFT])
        return self.filter(away | Q(absences__period__contains=StatementNow())).distinct()


class PersonManager(BaseUserManager.from_queryset(PersonQuerySet)):
    def get_by_natural_key(self, username):
        return self.get(username=username)

    def system(self):
        """The company itself as an actor: jobs, sweepers, seed."""
        return self.get(username="system")


@history(exclude=["password", "last_login", "is_active", "sort_key", "search_key"])
class Person(AbstractBaseUser):
    """One of ours. Nobody is ever deleted: people leave, their records stay."""

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        ON_NOTICE = "on_notice", _("On notice")
        FROZEN = "frozen", _("Frozen")
        LEFT = "left", _("Left")

    class Theme(models.TextChoices):
        SYSTEM = "", _("As the device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    username = models.CharField(
        _("user name"), max_length=80, unique=True, validators=[ASCIIUsernameValidator()]
    )
    email = models.EmailField(_("email"), blank=True)
    name = models.CharField(_("name"), max_length=80)
    latin_name = models.CharField(_("name in Latin script"), max_length=80, blank=True)
    title = models.CharField(_("post"), max_length=80, blank=True)
    roles = ArrayField(models.CharField(max_length=20, choices=Role), default=list, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    language = models.CharField(max_length=10, default="en")
    time_zone = models.CharField(max_length=40, default="Asia/Shanghai")
    theme = models.CharField(max_length=6, choices=Theme, blank=True, default=Theme.SYSTEM)
    shortcuts = models.BooleanField(default=True)
    by_mail = models.BooleanField(default=False)  # notices also by mail; the inbox has them anyway
    # Grows with every freeze and lift; sessions, tokens and jobs of an older epoch are dead.
    auth_epoch = models.PositiveIntegerField(default=0)
    is_active = models.GeneratedField(
        expression=~Q(state__in=["frozen", "left"]),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    sort_key = models.CharField(max_length=200, editable=False)
    search_key = models.CharField(max_length=600, editable=False)
    joined_on = models.DateField(null=True, blank=True)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    scope = PersonScope("", Action.PERSON_VIEW)
    objects = PersonManager()

    class Meta:
        ordering = ["sort_key", "pk"]
        constraints = [
            models.UniqueConstraint(
                Func(F("email"), function="lower"),
                name="person_email_once",
                condition=~Q(email=""),
            )
        ]
        indexes = [
            GinIndex(fields=["search_key"], opclasses=["gin_trgm_ops"], name="person_search")
        ]
        triggers = [pgtrigger.Protect(name="person_kept", operation=pgtrigger.Delete)]

    def __str__(self):
        return self.name

    def set_keys(self):
        """Derive the keys by which somebody is sorted and found; saved with the names."""
        self.sort_key = names.sort_key(self.name, person=True)
        self.search_key = names.search_key(self.name, self.latin_name, self.username, person=True)

    def save(self, **kwargs):
        self.set_keys()
        super().save(**kwargs)

    @property
    def has_access(self):
        """Whether this person may enter at all."""
        return self.state in (self.State.ACTIVE, self.State.ON_NOTICE)

    @property
    def is_on_notice(self):
        return self.state == self.State.ON_NOTICE

    @property
    def display_name(self):
        """The name as the reader of a Latin page wants it, with the other script beside it."""
        if self.latin_name and self.latin_name != self.name:
            return f"{self.latin_name} {self.name}"
        return self.name

    @property
    def other_name(self):
        """The name in the script that the page does not use, if there is one."""
        chinese = (get_language() or "").startswith("zh")
        if not self.latin_name or self.latin_name == self.name:
            return ""
        return self.latin_name if chinese else self.name

    @property
    def role_names(self):
        """The roles in words."""
        labels = [str(Role(role).label) for role in self.roles]
        return ("、" if (get_language() or "").startswith("zh") else ", ").join(labels)

    def get_absolute_url(self):
        return address_of("accounts:person", self.pk)

    def has_role(self, *roles):
        return bool(set(self.roles) & set(roles))

    def has_perm(self, perm, obj=None):
        """Django's question, answered by accounts.backends.Access."""
        return self.has_access and _user_has_perm(self, perm, obj)

    def has_perms(self, perms, obj=None):
        return all(self.has_perm(perm, obj) for perm in perms)

    def _get_session_auth_hash(self, secret=None):
        """Sessions die with the password and with the epoch."""
        return salted_hmac(
            "accounts.session",
            f"{self.password}:{self.auth_epoch}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()


class AbsenceQuerySet(ScopedQuerySet):
    def at(self, instant=None):
        """Absences that run at an instant (default: now)."""
        return self.filter(period__contains=instant or StatementNow())


@history()
class Absence(models.Model):
    """A dated time away. It begins and ends by itself, whenever a query asks."""

    class Kind(models.TextChoices):
        LEAVE = "leave", _("Leave")
        SICK = "sick", _("Sick leave")
        TRAVEL = "travel", _("Business travel")
        TRAINING = "training", _("Training")
        OTHER = "other", _("Other")

    person = models.ForeignKey(Person, models.PROTECT, related_name="absences")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.LEAVE)
    period = DateTimeRangeField()
    note = models.CharField(max_length=200, blank=True)

    held = {"person": Holding(Held.HISTORY, _("Absences"))}
    scope = PersonScope("person", Action.ABSENCE_SET)
    objects = models.Manager.from_queryset(AbsenceQuerySet)()

    class Meta:
        ordering = ["-period"]
        constraints = [
            ExclusionConstraint(
                name="absence_once",
                expressions=[("person", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(condition=Q(period__isempty=False), name="absence_not_empty"),
        ]

    @property
    def has_begun(self):
        return self.period.lower <= timezone.now()

    @property
    def first_day(self):
        """The first day of it, where the company is."""
        return self.period.lower.astimezone(company_zone()).date()

    @property
    def last_day(self):
        """The last day of it: an absence until Friday midnight ends on Friday. None without an end."""
        upper = self.period.upper
        return upper and (upper - timedelta(microseconds=1)).astimezone(company_zone()).date()
