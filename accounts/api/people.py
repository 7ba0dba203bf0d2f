"""Our people: the directory, what may be changed about them, their absences; and oneself."""

from django.conf import settings
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db.models import F, Prefetch
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.decorators import action

from accounts.access import Action, Role, can
from accounts.models import Absence, Person, Unit
from accounts.selectors import people
from accounts.services import people as service
from accounts.services import profile
from kit.api.base import ScopedViewSet, Way
from kit.api.paging import keyset
from kit.api.shapes import (
    Body,
    InstantField,
    Named,
    PageQuery,
    TagField,
    VisibleField,
    column,
    page_of,
    seen_tag,
    sent_once,
)
from kit.dates import company_zone, next_day, start_of_day
from kit.errors import NotAllowed
from kit.versions import tag


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
    version = serializers.CharField(help_text="As it is seen; opaque.")


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


class Facts(Body):
    """Names, mail, post, first day."""

    name = column(Person, "name")
    latin_name = column(Person, "latin_name")
    email = serializers.EmailField(required=False, allow_blank=True, max_length=254)
    title = column(Person, "title")
    joined_on = serializers.DateField(required=False, allow_null=True)


class ChangedPerson(Facts):
    """Only the fields that change."""

    version = seen_tag()


def roles_field():
    """All roles of a person, at least one."""
    return serializers.ListField(
        child=serializers.ChoiceField(choices=Role.choices), allow_empty=False, max_length=20
    )


class NewPerson(Facts):
    """Somebody is taken on; the link to choose a password goes to the address of mail."""

    username = serializers.CharField(max_length=150, validators=[UnicodeUsernameValidator()])
    email = serializers.EmailField(max_length=254)
    unit = VisibleField(queryset=Unit.objects.all())
    roles = roles_field()
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)
    client_uuid = sent_once("a person")


class RolesBody(Body):
    """The roles of somebody, all of them at once, and why."""

    roles = roles_field()
    reason = serializers.CharField(max_length=500)


class StateBody(Body):
    """The next state of employment, and why."""

    state = serializers.ChoiceField(choices=Person.State.choices)
    reason = serializers.CharField(max_length=500)


class PersonViewSet(ScopedViewSet):
    """The directory of our people."""

    model = Person
    ways = {
        "list": Way(page_of(PersonShape), asks=PersonQuery),
        "retrieve": Way(PersonShape),
        "create": Way(PersonShape, takes=NewPerson, statuses=(200, 201)),
        "partial_update": Way(PersonShape, takes=ChangedPerson, versioned=True),
        "roles": Way(PersonShape, takes=RolesBody),
        "state": Way(PersonShape, takes=StateBody),
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
        return self.shown(pk)

    def create(self, request):
        """Take somebody on."""
        if not can(request.user, Action.PERSON_EDIT):
            raise NotAllowed()
        given = self.body()
        values = {name: value for name, value in given.items() if name not in LINKED}
        return self.shown(*self.once(given, service.create, unit=given["unit"], values=values))

    def partial_update(self, request, pk):
        """Change names, mail, post or first day."""
        person, given = self.get_object(), self.body()
        version = self.version(given)
        service.edit(actor=request.user, person=person, values=given, version=version)
        return self.shown(pk)

    @action(detail=True, methods=["post"])
    def roles(self, request, pk):
        """Set the roles of somebody else."""
        person, given = self.get_object(), self.body()
        service.set_roles(actor=request.user, person=person, **given)
        return self.shown(pk)

    @action(detail=True, methods=["post"])
    def state(self, request, pk):
        """Set the state of employment of somebody else; it counts at once."""
        person, given = self.get_object(), self.body()
        service.set_state(actor=request.user, person=person, **given)
        return self.shown(pk)

    def shown(self, pk, status=200):
        person = self.get_object(pk=pk)
        return self.answer(shown(self.request.user, [person])[0], status=status)


LINKED = {"unit", "client_uuid"}


def with_units(rows):
    return rows.prefetch_related(Prefetch("memberships", people.here(), to_attr="here"))


def shown(viewer, rows):
    """People as dictionaries of their shape, their state only where the viewer may know it."""
    states = people.known_states(viewer, rows)
    names = ("id", "name", "latin_name", "title", "email", "roles", "joined_on")
    return [
        {name: getattr(person, name) for name in names}
        | {"units": [row.unit for row in person.here], "state": states.get(person.pk)}
        | {"version": tag(person, service.EDITABLE)}
        for person in rows
    ]


# -- absences ---------------------------------------------------------------------------------------


class AbsenceShape(serializers.Serializer):
    """Days away, both included, where the company is; `last_day` null: without an end."""

    id = serializers.IntegerField()
    person = Named()
    kind = column(Absence, "kind")
    first_day = serializers.DateField()
    last_day = serializers.DateField(allow_null=True)
    note = serializers.CharField(allow_blank=True)


class NewAbsence(Body):
    """Days away."""

    kind = column(Absence, "kind")
    first_day = serializers.DateField()
    last_day = serializers.DateField()
    note = column(Absence, "note")
    client_uuid = sent_once("an absence")

    def validate(self, given):
        if given["last_day"] < given["first_day"]:
            text = _("The last day must not be before the first")
            raise serializers.ValidationError({"last_day": [text]})
        return given


class PersonAbsenceViewSet(ScopedViewSet):
    """When one of ours is away, for those who may record it."""

    model = Person
    ways = {
        "list": Way(page_of(AbsenceShape), asks=PageQuery),
        "create": Way(AbsenceShape, takes=NewAbsence, statuses=(200, 201)),
    }

    def rows(self):
        return people.directory()

    def list(self, request, pk):
        """Absences that are not over, the next first."""
        rows = people.absences(request.user, self.get_object()).select_related("person")
        rows = rows.annotate(starts_at=F("period__startswith"))
        return self.page(*keyset(rows, ("starts_at", "pk"), self.said))

    def create(self, request, pk):
        """Write down that somebody is away."""
        person, given = self.get_object(), self.body()
        zone = company_zone()
        first, last = given.pop("first_day"), given.pop("last_day")
        period = {"starts_at": start_of_day(first, zone), "ends_at": next_day(last, zone)}
        about = {name: given[name] for name in ("kind", "note") if name in given}
        key, status = self.once(given, service.record_absence, person=person, **period, **about)
        rows = Absence.objects.select_related("person").visible_to(request.user)
        return self.answer(rows.get(pk=key), status=status)


class AbsenceViewSet(ScopedViewSet):
    """One absence."""

    model = Absence
    ways = {"end": Way(PersonShape, takes=Body)}

    @action(detail=True, methods=["post"])
    def end(self, request, pk):
        """Somebody is back, or does not go after all; answered with the person."""
        absence = self.get_object()
        self.body()
        service.end_absence(actor=request.user, absence=absence)
        person = with_units(people.directory()).visible_to(request.user).get(pk=absence.person_id)
        return self.answer(shown(request.user, [person])[0])


# -- oneself ----------------------------------------------------------------------------------------


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
    theme = serializers.CharField(allow_blank=True)
    shortcuts = serializers.BooleanField()
    by_mail = serializers.BooleanField(help_text="Notices go to the address of mail as well.")
    token_expires_at = InstantField(source="auth.expiry")
    version = TagField(profile.OWN)


class ChangedMe(Body):
    """Only the fields that change."""

    latin_name = column(Person, "latin_name")
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)
    time_zone = serializers.CharField(required=False, max_length=40)
    theme = serializers.ChoiceField(choices=Person.Theme.choices, required=False, allow_blank=True)
    shortcuts = serializers.BooleanField(required=False)
    by_mail = serializers.BooleanField(required=False)
    version = seen_tag()


class MeViewSet(ScopedViewSet):
    """The person whose token it is."""

    model = Person
    ways = {
        "retrieve": Way(MeShape),
        "partial_update": Way(MeShape, takes=ChangedMe, versioned=True),
    }

    def retrieve(self, request):
        """Oneself, and until when the token is good."""
        return self.shown()

    def partial_update(self, request):
        """Change one's own name in Latin script, language, zone, theme, shortcuts."""
        given = self.body()
        version = self.version(given)
        profile.update(actor=request.user, person=request.user, values=given, version=version)
        return self.shown()

    def shown(self):
        person = self.get_object(pk=self.request.user.pk)
        person.auth = self.request.auth
        return self.answer(person)
