"""What is typed about orders, their lines, payments, and rates of currencies."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from crm.forms.contacts import DayField
from crm.forms.customers import ColleagueField
from crm.models import Order, Payment
from kit.templatetags.formats import money_words
from kit.templatetags.words import day_words
from kit.versions import VersionField

LINES = 3  # empty lines that a new order offers
OFFERED = 100  # orders that a payment offers


class NumberField(forms.DecimalField):
    """A number, with or without signs between the thousands."""

    widget = forms.TextInput

    def __init__(self, **options):
        options.setdefault("max_digits", 16)
        super().__init__(decimal_places=options.pop("places", 4), **options)
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}
        self.error_messages["invalid"] = gettext_lazy("Enter a number such as 1,200.50")

    def to_python(self, value):
        text = str(value if value is not None else "").replace("\u00a0", "").replace(" ", "")
        return super().to_python(text.replace(",", "").replace("\uff0c", ""))

    def prepare_value(self, value):
        return f"{value.normalize():f}" if hasattr(value, "normalize") else value


class SentOnceForm(forms.Form):
    """With the key of the form, so that sending it twice makes one row, or the version seen."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    version = VersionField(required=False)

    def values(self, names):
        """What a service takes."""
        return {name: self.cleaned_data[name] for name in names}


class LineForm(forms.Form):
    """One line; an empty one is none."""

    product = forms.CharField(label=gettext_lazy("Product"), max_length=200, required=False)
    quantity = NumberField(label=gettext_lazy("Quantity"), max_digits=14, required=False)
    unit_price = NumberField(label=gettext_lazy("Unit price"), required=False)
    discount = NumberField(
        label=gettext_lazy("Discount, %"), min_value=0, max_value=100, places=3, required=False
    )

    def clean(self):
        given = {
            name: value for name, value in self.cleaned_data.items() if value not in (None, "")
        }
        for name in ("product", "quantity", "unit_price") if given else ():
            if name not in given and name not in self.errors:
                self.add_error(name, _("Fill in: %(label)s") % {"label": self.fields[name].label})
        return given

    @property
    def line(self):
        """The line as the service takes it; None where nothing was typed."""
        given = dict(self.cleaned_data)
        if "discount" in given:
            given["discount"] /= 100
        return given or None


Lines = forms.formset_factory(LineForm, extra=LINES, max_num=50, validate_max=True)


class OrderForm(SentOnceForm):
    """An order. `lines` is the set of its lines where it is new, else None."""

    FIELDS = (
        "number", "ordered_on", "promised_on", "state", "delivered_on", "currency", "told_amount",
        "person",
    )  # fmt: skip
    number = Order._meta.get_field("number").formfield(label=gettext_lazy("Order number"))
    ordered_on = DayField(label=gettext_lazy("Ordered on"))
    promised_on = DayField(label=gettext_lazy("Promised for"))
    state = forms.ChoiceField(
        label=gettext_lazy("State"), choices=Order.State.choices, widget=forms.RadioSelect,
        initial=Order.State.OPEN,
    )  # fmt: skip
    delivered_on = DayField(
        label=gettext_lazy("Delivered on"),
        help_text=gettext_lazy("Left empty, a delivered order was delivered today."),
    )
    told_amount = NumberField(
        label=gettext_lazy("Amount"), required=False,
        help_text=gettext_lazy("Left empty, the lines make it."),
    )  # fmt: skip
    currency = forms.CharField(label=gettext_lazy("Currency"), min_length=3, max_length=3)
    person = ColleagueField(
        label=gettext_lazy("Taken by"), max_length=80, required=False,
        help_text=gettext_lazy("Name or user name of a colleague; empty: somebody outside"),
    )  # fmt: skip

    def __init__(self, data=None, *, people, lines=True, **options):
        super().__init__(data, **options)
        self.fields["ordered_on"].required = True
        self.fields["person"].people = people
        self.lines = Lines(data, prefix="line") if lines else None

    def clean(self):
        """What is wrong with a line is told above the form too, with its number."""
        if self.lines is not None and not self.lines.is_valid():
            for message in self.lines.non_form_errors():
                self.add_error(None, message)
            for number, form in enumerate(self.lines.forms, 1):
                for messages in form.errors.values():
                    text = _("Line %(number)s: %(message)s")
                    self.add_error(None, text % {"number": number, "message": messages[0]})
        return self.cleaned_data

    @property
    def said(self):
        """The lines that were typed."""
        return [form.line for form in self.lines.forms if form.line]


class OrderField(forms.ModelChoiceField):
    """One of a customer's orders."""

    def label_from_instance(self, order):
        amount = money_words(order.amount, order.currency)
        return f"{order.number} · {day_words(order.ordered_on)} · {amount}"


class PaymentForm(SentOnceForm):
    """A payment: for an order, or on account."""

    FIELDS = ("order", "paid_on", "amount", "currency", "number", "person")
    order = OrderField(
        Order.objects.none(), label=gettext_lazy("For the order"), required=False,
        empty_label=gettext_lazy("On account, for no order"),
    )  # fmt: skip
    amount = NumberField(
        label=gettext_lazy("Amount"), help_text=gettext_lazy("A refund is negative.")
    )
    currency = forms.CharField(label=gettext_lazy("Currency"), min_length=3, max_length=3)
    paid_on = DayField(label=gettext_lazy("Paid on"))
    number = Payment._meta.get_field("number").formfield(
        label=gettext_lazy("Reference"), help_text=gettext_lazy("As on the bank statement")
    )
    person = ColleagueField(
        label=gettext_lazy("Collected by"), max_length=80, required=False,
        help_text=gettext_lazy("Name or user name of a colleague; empty: somebody outside"),
    )  # fmt: skip

    def __init__(self, data=None, *, people, orders, offered, **options):
        """orders: all it may be for; offered: those that the page shows."""
        super().__init__(data, **options)
        self.fields["paid_on"].required = True
        self.fields["person"].people = people
        field = self.fields["order"]
        field.queryset = orders
        shown = [(order.pk, field.label_from_instance(order)) for order in offered[:OFFERED]]
        field.widget.choices = [("", field.empty_label), *shown]


class RateForm(forms.Form):
    """The worth of a currency from a day on."""

    currency = forms.CharField(label=gettext_lazy("Currency"), min_length=3, max_length=3)
    since = DayField(label=gettext_lazy("From"))
    rate = NumberField(label=gettext_lazy("Worth of one unit"), max_digits=18, places=8)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["since"].required = True


class RateEditForm(forms.Form):
    """Another worth for the same day."""

    rate = NumberField(label=gettext_lazy("Worth of one unit"), max_digits=18, places=8)
    version = VersionField()


def colleagues(person):
    """Whom an order or a payment may name."""
    return Person.objects.visible_to(person).exclude(username="system")
