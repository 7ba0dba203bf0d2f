"""What the customer buys and pays: orders, their lines, payments, and rates of currencies."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.access import Action
from crm.scopes import CustomerScope
from kit.dates import today
from kit.history import history
from kit.registry import Held, Holding
from kit.scoping import Everyone, ScopedManager
from kit.subjects import Tells
from kit.templatetags.formats import money_words


class Traded(models.Model):
    """What an order and a payment have in common: a customer's, in versions, recorded once."""

    recorded_at = models.DateTimeField(db_default=Now())
    version = models.PositiveIntegerField(default=1)
    # Made by the sender, with the SHA-256 of what came with it first: sent twice, it is one row.
    client_uuid = models.UUIDField(unique=True, null=True, editable=False)
    client_digest = models.CharField(max_length=64, default="", db_default="", editable=False)

    scope = CustomerScope("customer")
    objects = ScopedManager()

    class Meta:
        abstract = True


@history(exclude=["client_uuid", "client_digest"])
class Order(Traded):
    """One order of a customer, by the number it has where it is kept."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("order", "Open")
        DELIVERED = "delivered", _("Delivered")
        CANCELLED = "cancelled", _("Cancelled")

    customer = models.ForeignKey("crm.Customer", models.PROTECT, related_name="orders")
    number = models.CharField(_("number"), max_length=60)
    ordered_on = models.DateField(_("ordered on"))
    promised_on = models.DateField(_("promised for"), null=True, blank=True)
    delivered_on = models.DateField(_("delivered on"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    currency = models.CharField(_("currency"), max_length=3)
    # The total as it was told; without one, the lines make it.
    told_amount = models.DecimalField(
        _("amount"), max_digits=16, decimal_places=4, null=True, blank=True
    )
    amount = models.DecimalField(max_digits=16, decimal_places=4, default=Decimal(0))
    # Who took it; null is somebody outside this system.
    person = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, blank=True, related_name="orders"
    )

    held = {
        "person": Holding(Held.HISTORY, _("Orders taken"), action=Action.TRADE_VIEW),
    }

    tells = {"customer": Tells(_("Orders"))}

    class Meta:
        ordering = ["-ordered_on", "-pk"]
        indexes = [
            models.Index(fields=["customer", "-ordered_on"], name="order_customer"),
            models.Index(fields=["person", "-ordered_on"], name="order_person"),
            models.Index(fields=["-ordered_on", "-id"], name="order_by_day"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(number=""), name="order_has_number"),
        ]

    def __str__(self):
        return self.number

    @property
    def is_late(self):
        """Open, and past its promised day."""
        promised = self.state == self.State.OPEN and self.promised_on
        return bool(promised) and promised < today()

    @property
    def due_words(self):
        """What is due of an order with payments, in its currency."""
        return money_words(self.due, self.currency)

    @property
    def paid_over(self):
        """What was paid beyond what is owed, of an order with payments."""
        return max(-self.due, Decimal(0))

    def get_absolute_url(self):
        from django.urls import reverse

        return reverse("crm:order", args=[self.pk])


@history()
class OrderLine(models.Model):
    """One line of an order: what, how many, at which price."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="lines")
    product = models.CharField(_("product"), max_length=200)
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=4)
    unit_price = models.DecimalField(_("unit price"), max_digits=16, decimal_places=4)
    discount = models.DecimalField(  # share of the price, 0 to 1
        _("discount"), max_digits=6, decimal_places=5, default=Decimal(0)
    )
    amount = models.GeneratedField(
        expression=models.F("quantity") * models.F("unit_price") * (1 - models.F("discount")),
        output_field=models.DecimalField(max_digits=16, decimal_places=4),
        db_persist=True,
    )

    tells = {"order__customer": Tells(_("Lines of orders"))}
    scope = CustomerScope("order__customer")
    objects = ScopedManager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(discount__gte=0, discount__lte=1), name="order_line_discount"
            )
        ]

    @property
    def percent(self):
        """The discount in hundredths."""
        return self.discount * 100


@history(exclude=["client_uuid", "client_digest"])
class Payment(Traded):
    """Money that came from a customer, for one order or on account."""

    customer = models.ForeignKey("crm.Customer", models.PROTECT, related_name="payments")
    order = models.ForeignKey(Order, models.PROTECT, null=True, blank=True, related_name="payments")
    number = models.CharField(_("number"), max_length=60, blank=True)
    paid_on = models.DateField(_("paid on"))
    currency = models.CharField(_("currency"), max_length=3)
    amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=4)
    # Who collected it; null is somebody outside this system.
    person = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, blank=True, related_name="payments"
    )

    held = {
        "person": Holding(Held.HISTORY, _("Payments collected"), action=Action.TRADE_VIEW),
    }

    tells = {"customer": Tells(_("Payments"))}

    class Meta:
        ordering = ["-paid_on", "-pk"]
        indexes = [
            models.Index(fields=["customer", "-paid_on"], name="payment_customer"),
            models.Index(fields=["-paid_on", "-id"], name="payment_by_day"),
        ]


@history()
class Rate(models.Model):
    """What one unit of a currency is worth in the company's currency, from a day on."""

    currency = models.CharField(_("currency"), max_length=3)
    since = models.DateField(_("since"))
    rate = models.DecimalField(_("rate"), max_digits=18, decimal_places=8)
    version = models.PositiveIntegerField(default=1)

    scope = Everyone()
    objects = ScopedManager()

    class Meta:
        ordering = ["currency", "-since"]
        constraints = [
            models.UniqueConstraint(fields=["currency", "since"], name="rate_once"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="rate_positive"),
        ]

    @property
    def plain(self):
        """The rate without the zeros behind it."""
        return f"{self.rate.normalize():f}"
