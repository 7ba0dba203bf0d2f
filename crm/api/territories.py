"""The lists of regions and industries, and who looks after which region."""

from rest_framework import serializers

from crm.models import Industry, Region, Territory
from kit.api.base import ScopedViewSet, Way
from kit.api.paging import keyset
from kit.api.shapes import KeyField, Named, PageQuery, column, page_of


class IndustryShape(serializers.Serializer):
    """What customers do."""

    id = serializers.IntegerField()
    name = column(Industry, "name")
    name_zh = column(Industry, "name_zh")


class RegionShape(serializers.Serializer):
    """A place in the tree of regions."""

    id = serializers.IntegerField()
    name = column(Region, "name")
    name_zh = column(Region, "name_zh")
    parent = Named(allow_null=True)


class TerritoryShape(serializers.Serializer):
    """A region in one person's care. It gives no sight of customers."""

    id = serializers.IntegerField()
    person = Named()
    region = Named()
    started_on = serializers.DateField(allow_null=True)
    ended_on = serializers.DateField(allow_null=True)


class TerritoryQuery(PageQuery):
    """Whose, or where."""

    person = KeyField(required=False)
    region = KeyField(required=False)


class IndustryViewSet(ScopedViewSet):
    """The company's list of industries."""

    model = Industry
    ways = {"list": Way(page_of(IndustryShape), asks=PageQuery)}

    def list(self, request):
        """All industries."""
        return self.page(*keyset(self.get_queryset(), ("pk",), self.said))


class RegionViewSet(ScopedViewSet):
    """The company's tree of regions."""

    model = Region
    ways = {"list": Way(page_of(RegionShape), asks=PageQuery)}

    def list(self, request):
        """All regions; `parent` makes a tree of them."""
        rows = self.get_queryset().select_related("parent")
        return self.page(*keyset(rows, ("pk",), self.said))


class TerritoryViewSet(ScopedViewSet):
    """Who looks after which region."""

    model = Territory
    ways = {"list": Way(page_of(TerritoryShape), asks=TerritoryQuery)}

    def list(self, request):
        """Territories, the oldest first."""
        wanted = {f"{n}_id": self.said[n] for n in ("person", "region") if n in self.said}
        rows = self.get_queryset().filter(**wanted).select_related("person", "region")
        return self.page(*keyset(rows, ("pk",), self.said))
