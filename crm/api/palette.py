"""Search over everything that the asker may see: the groups of the palette."""

from rest_framework import serializers

from crm.filters import palette
from crm.models import Customer
from crm.selectors.search import LONGEST
from kit.api.base import ScopedViewSet, Way
from kit.api.shapes import Query


class FoundShape(serializers.Serializer):
    """One thing found: what it is called, and its page."""

    id = serializers.IntegerField(allow_null=True, help_text="Null of what has no key: a page.")
    label = serializers.CharField()
    note = serializers.CharField(allow_blank=True)
    url = serializers.CharField()


class GroupShape(serializers.Serializer):
    """Things of one kind, the best first."""

    group = serializers.ChoiceField(list(palette.GROUPS), source="key")
    label = serializers.CharField()
    entries = FoundShape(many=True)


class SearchShape(serializers.Serializer):
    """The groups that found something."""

    groups = GroupShape(many=True)


class SearchQuery(Query):
    """What is looked for, and from where."""

    q = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=LONGEST,
        help_text="Names, pinyin, initials, the last four digits of a phone; or a verb and a name:"
        " `log hua`. Without it: what the asker had open last.",
    )  # fmt: skip
    here = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=palette.LONGEST,
        help_text="Path of the page whose acts are wanted too, such as `/customers/12`.",
    )  # fmt: skip


class SearchViewSet(ScopedViewSet):
    """One search over customers, contacts, people, saved views and acts."""

    model = Customer
    ways = {"retrieve": Way(SearchShape, asks=SearchQuery)}

    def retrieve(self, request):
        """What the words find."""
        asked = palette.read(request.user, self.said["q"], self.said["here"])
        groups = palette.groups(asked)
        customers = [pk for group in groups for entry in group.entries for pk in entry.customers]
        return self.answer({"groups": groups}, customers)
