"""If somebody left tomorrow, and one's own readiness, as figures."""

from rest_framework import serializers

from accounts.access import Action, can
from accounts.models import Person
from accounts.selectors.people import directory
from handover.selectors import exposure as ask
from handover.selectors import exposure_absorb, exposure_page
from kit.api.base import ScopedViewSet, Way
from kit.api.shapes import InstantField, Named
from kit.errors import NotAllowed

MOST = 100  # customers of an answer


def money(**options):
    return serializers.DecimalField(
        max_digits=20, decimal_places=2, coerce_to_string=True, **options
    )


class ExposedShape(serializers.Serializer):
    """A customer that would need a new account manager."""

    id = serializers.IntegerField(source="customer.pk")
    name = serializers.CharField(source="customer.name")
    tier = serializers.CharField(source="customer.tier")
    value = money(allow_null=True, help_text="Of 12 months. Null: not yours to see.")
    alone = serializers.BooleanField(source="is_alone", help_text="Nobody else of ours knows it.")
    known_by = Named(many=True, source="knowers")
    backup = Named(allow_null=True, source="second")
    ours = serializers.IntegerField(
        source="threads.ours", help_text="Confirmed contact, 90 days: people of ours."
    )
    theirs = serializers.IntegerField(source="threads.theirs")
    single_threaded = serializers.BooleanField(source="is_single")
    lacks = serializers.ListField(
        child=serializers.CharField(), help_text="Of contact, legal_name, address."
    )
    file_percent = serializers.IntegerField(
        source="percent", allow_null=True, help_text="How complete its file is. Null: not counted."
    )
    file_target = serializers.IntegerField(source="target", help_text="Of its tier.")
    missing = serializers.ListField(
        child=serializers.CharField(), help_text="Ids of required fields without a value."
    )
    open = serializers.IntegerField(source="open_count", help_text="Promises and tasks.")


class AbsorberShape(serializers.Serializer):
    """Somebody who could take customers over: points now and then."""

    person = Named()
    before = serializers.DecimalField(max_digits=12, decimal_places=2)
    after = serializers.DecimalField(max_digits=12, decimal_places=2)
    limit = serializers.IntegerField()
    takes = serializers.IntegerField()


class ReadinessShape(serializers.Serializer):
    """Figures of what one person would leave behind, as far as the asker may count."""

    as_of = InstantField()
    customers = serializers.IntegerField(source="total")
    alone = serializers.IntegerField(help_text="Known to nobody else of ours.")
    single_threaded = serializers.IntegerField(source="single")
    without_backup = serializers.IntegerField()
    files_thin = serializers.IntegerField(source="thin", help_text="Below the target of the tier.")
    files_lacking = serializers.IntegerField(source="lacking")
    key_persons_alone = serializers.IntegerField(source="lone_keys")
    promises = serializers.IntegerField(source="promise_count")
    tasks = serializers.IntegerField(source="task_count")
    overdue = serializers.IntegerField(source="overdue_count")
    currency = serializers.CharField()
    value = money(allow_null=True, source="told_value", help_text="Of 12 months.")
    owed = money(allow_null=True, source="told_owed")
    rows = ExposedShape(many=True, source="told", help_text="Most dangerous first, at most 100.")


class ExposureShape(ReadinessShape):
    """The same with the team beside it."""

    person = Named()
    share = serializers.DecimalField(
        max_digits=7, decimal_places=2, allow_null=True, help_text="Percent of the team's value."
    )
    absorbers = AbsorberShape(many=True)
    fits_nobody = serializers.IntegerField(allow_null=True)


class ExposureViewSet(ScopedViewSet):
    """What depends on a person."""

    model = Person
    ways = {"retrieve": Way(ExposureShape)}

    def rows(self):
        return directory()

    def retrieve(self, request, pk):
        """What would be lost if this person left tomorrow."""
        person = self.get_object(Action.EXPOSURE_VIEW)
        known = told(ask.of(request.user, [person]))
        absorbing = exposure_absorb.of(request.user, known)
        known.person = person
        known.absorbers = absorbing.people if absorbing else []
        known.fits_nobody = absorbing.left if absorbing else None
        return self.answer(known, [row.customer.pk for row in known.told])


class ReadinessViewSet(ScopedViewSet):
    """One's own handover readiness."""

    model = Person
    ways = {"retrieve": Way(ReadinessShape)}

    def retrieve(self, request):
        """What somebody else would need to go on where one stops."""
        if not can(request.user, Action.EXPOSURE_VIEW):
            raise NotAllowed()
        known = told(ask.of(request.user, [request.user]))
        return self.answer(known, [row.customer.pk for row in known.told])


def told(known):
    """An Exposure with what its shape names: the rows the asker may know, and the numbers of lists."""
    known.told = [row for row in known.rows if row.is_named][:MOST]
    thin, known.thin = exposure_page.thin_of(known.told), known.count("thin")
    for row in known.told:
        row.knowers = [known.known[pk] for pk in row.others]
        row.second = known.known.get(row.backup)
        row.open_count = len(row.steps)
        row.missing = [one.id for one in thin.get(row.customer.pk, ())]
    known.lacking, known.lone_keys = known.count("file"), len(known.keys)
    known.promise_count, known.task_count = len(known.promises), len(known.tasks)
    known.overdue_count = len(known.overdue)
    known.told_value = known.value if known.sees_money else None
    known.told_owed = known.owed if known.sees_money else None
    return known
