"""Departments and teams, the working calendar, the company."""

from datetime import date, time

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.fields import empty

from accounts.access import Action, can
from accounts.models import CalendarDay, Company, Membership, Unit
from accounts.selectors import calendar as days
from accounts.selectors import org, people
from accounts.services import calendar
from accounts.services import org as service
from kit.api.base import ScopedViewSet, Way
from kit.api.paging import keyset
from kit.api.shapes import (
    Body,
    Named,
    PageQuery,
    TagField,
    VisibleField,
    column,
    page_of,
    seen_tag,
    sent_once,
)
from kit.dates import company_zone, today
from kit.errors import NotAllowed


class UnitRow(serializers.Serializer):
    """A department or a team."""

    id = serializers.IntegerField()
    name = column(Unit, "name")
    name_zh = column(Unit, "name_zh")
    parent = Named(allow_null=True)
    kind = column(Unit, "kind")
    function = column(Unit, "function")
    position = serializers.IntegerField()
    head = Named(allow_null=True)
    version = TagField(service.NAMES)


class UnitShape(UnitRow):
    """A unit with those who belong to it now, the head first."""

    members = Named(many=True)


class UnitFacts(Body):
    """Names, kind, function, place among its siblings."""

    name = column(Unit, "name")
    name_zh = column(Unit, "name_zh")
    kind = column(Unit, "kind")
    function = column(Unit, "function")
    position = serializers.IntegerField(required=False, min_value=0, max_value=32_767)


class NewUnit(UnitFacts):
    """A unit below another."""

    parent = VisibleField(queryset=Unit.objects.all())
    client_uuid = sent_once("a unit")


class ChangedUnit(UnitFacts):
    """Only the fields that change."""

    version = seen_tag()


class ParentBody(Body):
    """The unit to which it shall belong."""

    parent = VisibleField(queryset=Unit.objects.all())


class HeadBody(Body):
    """Who shall head it; null: nobody."""

    person = VisibleField(queryset=people.directory(), allow_null=True)


class MemberBody(Body):
    """Who comes, or goes."""

    person = VisibleField(queryset=people.directory())


class UnitViewSet(ScopedViewSet):
    """The organisation; changed by those who may."""

    model = Unit
    ways = {
        "list": Way(page_of(UnitRow), asks=PageQuery),
        "retrieve": Way(UnitShape),
        "create": Way(UnitShape, takes=NewUnit, statuses=(200, 201)),
        "partial_update": Way(UnitShape, takes=ChangedUnit, versioned=True),
        "move": Way(UnitShape, takes=ParentBody),
        "set_head": Way(UnitShape, takes=HeadBody),
        "join": Way(UnitShape, takes=MemberBody),
        "leave": Way(UnitShape, takes=MemberBody),
    }

    def rows(self):
        heads = Membership.objects.visible_to(self.request.user).at()
        heads = heads.filter(post=Membership.Post.HEAD).select_related("person")
        return Unit.objects.select_related("parent").prefetch_related(
            Prefetch("memberships", heads, to_attr="heads")
        )

    def list(self, request):
        """All units; `parent` makes a tree of them."""
        rows, following = keyset(self.get_queryset(), ("pk",), self.said)
        return self.page([headed(unit) for unit in rows], following)

    def retrieve(self, request, pk):
        """One unit."""
        return self.shown(pk)

    def create(self, request):
        """Add a unit below another."""
        may_edit(request.user)
        given = self.body()
        parent = given.pop("parent")
        values = {name: value for name, value in given.items() if name != "client_uuid"}
        return self.shown(*self.once(given, service.create_unit, parent=parent, values=values))

    def partial_update(self, request, pk):
        """Change names, kind, function."""
        unit, given = self.get_object(), self.body()
        version = self.version(given)
        service.rename(actor=request.user, unit=unit, values=given, version=version)
        return self.shown(pk)

    @action(detail=True, methods=["post"])
    def move(self, request, pk):
        """Hang the unit with all below it under another one."""
        return self.act(service.move, pk)

    # not called `head`, which is a method of HTTP
    @action(detail=True, methods=["post"], url_path="head", url_name="head")
    def set_head(self, request, pk):
        """Name the head of a unit, or none."""
        return self.act(service.set_head, pk)

    @action(detail=True, methods=["post"])
    def join(self, request, pk):
        """Add a member; another membership ends at the same instant."""
        return self.act(service.join, pk)

    @action(detail=True, methods=["post"])
    def leave(self, request, pk):
        """End a membership, also that of the head."""
        return self.act(service.leave, pk)

    def act(self, verb, pk):
        unit, given = self.get_object(), self.body()
        verb(actor=self.request.user, unit=unit, **given)
        return self.shown(pk)

    def shown(self, pk, status=200):
        unit = headed(self.get_object(pk=pk))
        unit.members = [row.person for row in org.belongs(unit)]
        return self.answer(unit, status=status)


def headed(unit):
    unit.head = unit.heads[0].person if unit.heads else None
    return unit


def may_edit(person):
    """Whoever may not change the organisation is told so before the body is read."""
    if not can(person, Action.ORG_EDIT):
        raise NotAllowed()


# -- the working calendar ---------------------------------------------------------------------------


class DayShape(serializers.Serializer):
    """A day that differs from the plain week."""

    day = serializers.DateField()
    is_working = serializers.BooleanField()
    name = column(CalendarDay, "name")
    name_zh = column(CalendarDay, "name_zh")


class YearQuery(PageQuery):
    """Which year; this one without it."""

    year = serializers.IntegerField(required=False, min_value=2000, max_value=2100)


class DayBody(Body):
    """One day: set anew, or again."""

    day = serializers.DateField()
    is_working = serializers.BooleanField()
    name = column(CalendarDay, "name")
    name_zh = column(CalendarDay, "name_zh")

    def validate_day(self, day):
        lowest, highest = date(2000, 1, 1), date(2100, 12, 31)
        if not lowest <= day <= highest:
            raise serializers.ValidationError(OUTSIDE)
        return day


OUTSIDE = _("Enter a day between 2000 and 2100")


class ClearedDay(Body):
    """The day that is again what the week says."""

    day = serializers.DateField()


class CalendarViewSet(ScopedViewSet):
    """The days of a year that differ from the plain week."""

    model = CalendarDay
    ways = {
        "list": Way(page_of(DayShape), asks=YearQuery),
        "create": Way(DayShape, takes=DayBody),
        "clear": Way(DayShape, takes=ClearedDay),
    }

    def list(self, request):
        """Holidays and make-up working days, in order."""
        year = self.said.get("year") or today(company_zone()).year
        rows = days.days_of(year).visible_to(request.user)
        return self.page(*keyset(rows, ("pk",), self.said))

    def create(self, request):
        """Say of a day that people work, or that nobody does."""
        may_edit(request.user)
        return self.answer(calendar.set_day(actor=request.user, **self.body()))

    def clear(self, request):
        """Take a day out of the calendar again; answered as it was."""
        may_edit(request.user)
        row = self.get_object(pk=self.body()["day"])
        calendar.clear_day(actor=request.user, day=row.day)
        return self.answer(row)


# -- the company ------------------------------------------------------------------------------------


class ClockField(serializers.RegexField):
    """A time of day where the company is, such as 09:00."""

    def __init__(self, **options):
        super().__init__(r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z", **options)

    def run_validation(self, data=empty):
        text = super().run_validation(data)
        return time.fromisoformat(text)

    def to_representation(self, value):
        return value.strftime("%H:%M")


class CompanyShape(serializers.Serializer):
    """The settings of the company."""

    name = column(Company, "name")
    name_zh = column(Company, "name_zh")
    time_zone = column(Company, "time_zone")
    country = column(Company, "country")
    currency = column(Company, "currency")
    day_starts = ClockField()
    day_ends = ClockField()
    reveal_budget = serializers.IntegerField()
    version = TagField(calendar.COMPANY)


class ChangedCompany(Body):
    """Only the fields that change."""

    name = column(Company, "name")
    name_zh = column(Company, "name_zh")
    time_zone = serializers.CharField(required=False, max_length=40)
    country = serializers.RegexField(r"^[A-Z]{2}\Z", required=False, help_text="Two letters.")
    currency = serializers.RegexField(r"^[A-Z]{3}\Z", required=False, help_text="Three letters.")
    day_starts = ClockField(required=False)
    day_ends = ClockField(required=False)
    reveal_budget = serializers.IntegerField(required=False, min_value=0, max_value=1_000_000)
    version = seen_tag()


class CompanyViewSet(ScopedViewSet):
    """The one company of this installation."""

    model = Company
    ways = {
        "retrieve": Way(CompanyShape),
        "partial_update": Way(CompanyShape, takes=ChangedCompany, versioned=True),
    }

    def retrieve(self, request):
        """The settings of the company."""
        return self.answer(self.get_object(pk=1))

    def partial_update(self, request):
        """Change the settings of the company."""
        may_edit(request.user)
        given = self.body()
        version = self.version(given)
        calendar.edit_company(actor=request.user, values=given, version=version)
        return self.answer(self.get_object(pk=1))
