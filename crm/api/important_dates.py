"""Important dates: those of a customer, those that come soon, one entered, moved or removed."""

from rest_framework import serializers

from crm.api.customer_documents import SeenBody
from crm.models import Contact, Customer, ImportantDate
from crm.selectors import important_dates as shapes
from crm.services import important_dates
from kit.api.base import ScopedViewSet, Way
from kit.api.shapes import Body, InstantField, KeyField, Named, sent_once


class DateShape(serializers.Serializer):
    """An important date and when it comes next."""

    id = serializers.IntegerField(source="row.pk")
    customer = Named(source="row.customer")
    contact = Named(source="row.contact", allow_null=True)
    kind = serializers.CharField(source="row.kind")
    name = serializers.CharField(source="row.name", allow_blank=True)
    month = serializers.SerializerMethodField()
    day = serializers.SerializerMethodField()
    year = serializers.IntegerField(
        source="row.year", allow_null=True, help_text="Null every year."
    )
    next_on = serializers.DateField(
        source="on", allow_null=True, help_text="Null where it is over."
    )
    said_by = Named(source="row.said_by")
    said_at = InstantField(source="row.said_at")
    version = serializers.IntegerField(source="row.version")

    def get_month(self, one) -> int:
        return one.row.month_day[0]

    def get_day(self, one) -> int:
        return one.row.month_day[1]


class DatesShape(serializers.Serializer):
    """Some important dates, the next first."""

    results = DateShape(many=True)


class DayBody(Body):
    """A day and a month."""

    month = serializers.IntegerField(min_value=1, max_value=12)
    day = serializers.IntegerField(min_value=1, max_value=31)
    year = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=9999,
        help_text="Of what comes once; never of a person.",
    )  # fmt: skip
    name = serializers.CharField(required=False, allow_blank=True, max_length=80)
    volunteered = serializers.BooleanField(
        required=False, help_text="Of a person: they told us themselves."
    )


class NewDate(DayBody):
    """A new date."""

    kind = serializers.CharField(max_length=40)
    contact = KeyField(required=False, help_text="Whose day it is.")
    client_uuid = sent_once("a date")


class ChangedDate(DayBody):
    """A date moved or called something else."""

    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)


class DateRemoved(serializers.Serializer):
    """What was removed."""

    removed = serializers.BooleanField()


class CustomerDatesViewSet(ScopedViewSet):
    """The important dates of a customer."""

    model = Customer
    ways = {"list": Way(DatesShape), "create": Way(DatesShape, takes=NewDate, statuses=(201,))}

    def list(self, request, pk):
        """The dates that the asker may see, by their kind."""
        return self.shown(self.get_object())

    def create(self, request, pk):
        """Enter a date; sent twice with one `client_uuid`, it is one."""
        customer, given = self.get_object(), self.body()
        about = {name: given.pop(name, None) for name in ("kind", "contact", "client_uuid")}
        if about["contact"]:
            about["contact"] = self.seen(Contact, about["contact"])
        important_dates.add(actor=request.user, customer=customer, values=given, **about)
        return self.shown(customer, 201)

    def shown(self, customer, status=200):
        found = shapes.of_customer(self.request.user, customer)
        rows = [one for _kind, several in found for one in several]
        return self.answer({"results": rows}, [customer.pk], status)


class ImportantDateViewSet(ScopedViewSet):
    """Important dates that come soon, and one of them."""

    model = ImportantDate
    ways = {
        "list": Way(DatesShape),
        "change": Way(DateShape, takes=ChangedDate),
        "remove": Way(DateRemoved, takes=SeenBody),
    }

    def rows(self):
        return shapes.with_names(ImportantDate.objects.all())

    def list(self, request):
        """What comes soon at the customers one answers for."""
        rows = shapes.near(request.user, 50)
        return self.answer({"results": rows}, [one.customer_id for one in rows])

    def change(self, request, pk):
        """Move a date, or call it something else."""
        row, given = self.get_object(), self.body()
        version = given.pop("version")
        important_dates.change(
            actor=request.user, important_date=row, values=given, version=version
        )
        return self.answer(shapes.one(self.get_object()), [row.customer_id])

    def remove(self, request, pk):
        """The date is wrong, or is not to be kept."""
        row = self.get_object()
        important_dates.remove(actor=request.user, important_date=row, **self.body())
        return self.answer({"removed": True}, [row.customer_id])
