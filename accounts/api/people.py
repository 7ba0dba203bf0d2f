"""Our people, to read: the directory, and oneself."""

from django.db.models import Prefetch
from rest_framework import serializers

from accounts.access import Role
from accounts.models import Person, Unit
from accounts.selectors import people
from kit.api.base import ScopedViewSet, Way
from kit.api.paging import keyset
from kit.api.shapes import InstantField, Named, PageQuery, VisibleField, column, page_of


class PersonShape(serializers.Serializer):
    """One of ours. `state` is null where the asker may not know it."""

    id = serializers.IntegerField()
    name = column(Person, "name")
    latin_name = column(Person, "latin_name")
    title = column(Person, "title")
    email = serializers.CharField()
    roles = serializers.ListField(child=serializers.ChoiceField(choices=Role.choices))
    units = Named(many=True)
    joined_on = serializers.DateField(allow_null=True)
    state = serializers.ChoiceField(choices=Person.State.choices, allow_null=True)


class PersonQuery(PageQuery):
    """The directory, narrowed."""

    q = serializers.CharField(
        required=False, max_length=100, help_text="Part of a name, pinyin or initials."
    )
    unit = VisibleField(
        queryset=Unit.objects.all(), required=False, help_text="This unit and all below."
    )
    role = serializers.ChoiceField(choices=Role.choices, required=False)
    state = serializers.ChoiceField(
        choices=Person.State.choices, required=False,
        help_text="People whose state the asker may know; without it, all who have not left.",
    )  # fmt: skip


class PersonViewSet(ScopedViewSet):
    """The directory of our people."""

    model = Person
    ways = {
        "list": Way(page_of(PersonShape), asks=PersonQuery),
        "retrieve": Way(PersonShape),
    }

    def rows(self):
        return with_units(people.directory())

    def list(self, request):
        """People by name."""
        said = {name: self.said.get(name) for name in ("q", "role", "state")}
        said = {name: value or "" for name, value in said.items()}
        found = people.listed(request.user, unit=self.said.get("unit"), **said)
        rows, following = keyset(with_units(found), ("sort_key", "pk"), self.said)
        return self.page(shown(request.user, rows), following)

    def retrieve(self, request, pk):
        """One person."""
        return self.answer(shown(request.user, [self.get_object()])[0])


def with_units(rows):
    return rows.prefetch_related(Prefetch("memberships", people.here(), to_attr="here"))


def shown(viewer, rows):
    """People as dictionaries of their shape, their state only where the viewer may know it."""
    states = people.known_states(viewer, rows)
    names = ("id", "name", "latin_name", "title", "email", "roles", "joined_on")
    return [
        {name: getattr(person, name) for name in names}
        | {"units": [row.unit for row in person.here], "state": states.get(person.pk)}
        for person in rows
    ]


class MeShape(serializers.Serializer):
    """Whose token this is."""

    id = serializers.IntegerField()
    username = serializers.CharField()
    name = column(Person, "name")
    latin_name = column(Person, "latin_name")
    email = serializers.CharField()
    roles = serializers.ListField(child=serializers.ChoiceField(choices=Role.choices))
    language = serializers.CharField()
    time_zone = serializers.CharField()
    token_expires_at = InstantField(source="auth.expiry")


class MeViewSet(ScopedViewSet):
    """The person whose token it is."""

    model = Person
    ways = {"retrieve": Way(MeShape)}

    def retrieve(self, request):
        """Oneself, and until when the token is good."""
        person = request.user
        names = ("id", "username", "name", "latin_name", "email", "roles", "language", "time_zone")
        return self.answer({name: getattr(person, name) for name in names} | {"auth": request.auth})
