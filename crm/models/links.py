"""Who of ours knows whom of theirs, through which channel, since when."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from crm.scopes import ContactScope
from kit.history import history
from kit.registry import Held, Holding
from kit.scoping import ScopedManager
from kit.subjects import Tells


@history()
class Link(models.Model):
    """One of our people knows one of theirs."""

    class Through(models.TextChoices):
        VISIT = "visit", _("Visits")
        PHONE = "phone", _("Phone")
        MAIL = "mail", _("Mail")
        WECHAT = "wechat", _("WeChat")
        WECOM = "wecom", _("WeCom")
        EVENT = "event", _("Events")
        OTHER = "other", _("Other")

    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="links")
    contact = models.ForeignKey("crm.Contact", models.PROTECT, related_name="links")
    through = models.CharField(_("through"), max_length=8, choices=Through, default=Through.VISIT)
    since_on = models.DateField(_("since"), null=True, blank=True)
    ended_on = models.DateField(_("until"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    recorded_at = models.DateTimeField(db_default=Now())

    held = {"person": Holding(Held.HISTORY, _("Links to contacts"))}
    tells = {"contact": Tells(_("Who of ours knows them"), gone=("note",))}
    scope = ContactScope("contact")
    objects = ScopedManager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "contact", "through"],
                condition=Q(ended_on__isnull=True),
                name="link_once",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True)
                | Q(since_on__isnull=True)
                | Q(ended_on__gte=models.F("since_on")),
                name="link_dates",
            ),
        ]
