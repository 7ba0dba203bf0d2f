"""The inbox of whoever asks."""

from rest_framework import serializers
from rest_framework.decorators import action

from accounts.models import Notice
from accounts.selectors import notifications
from accounts.services import notifications as service
from kit.api.base import ScopedViewSet, Way
from kit.api.paging import keyset
from kit.api.shapes import Body, InstantField, KeyField, PageQuery, column, page_of


class NoticeShape(serializers.Serializer):
    """A line of the inbox, in the reader's language. `url` is empty where it leads nowhere now."""

    id = serializers.IntegerField()
    kind = column(Notice, "kind")
    text = serializers.CharField()
    url = serializers.CharField(allow_blank=True)
    created_at = InstantField()
    due_on = serializers.DateField(allow_null=True)
    read_at = InstantField(allow_null=True)


class NoticeQuery(PageQuery):
    """Which notices."""

    unread = serializers.BooleanField(required=False, help_text="True: only those not read yet.")


class NewestBody(Body):
    """Up to which notice all are read."""

    newest = KeyField()


class ReadShape(serializers.Serializer):
    """How many were marked as read now."""

    read = serializers.IntegerField()


class NoticeViewSet(ScopedViewSet):
    """One's own notices."""

    model = Notice
    ways = {
        "list": Way(page_of(NoticeShape), asks=NoticeQuery),
        "read": Way(ReadShape, takes=Body),
        "read_all": Way(ReadShape, takes=NewestBody),
    }

    def list(self, request):
        """Notices, the latest first."""
        rows = self.get_queryset()
        if self.said.get("unread"):
            rows = rows.filter(read_at__isnull=True)
        rows, following = keyset(rows, ("-pk",), self.said)
        for notice in notifications.with_lines(request.user, rows):
            notice.text = notice.line.text
            notice.url = notice.url if notice.line.leads else ""
        return self.page(rows, following, [pk for one in rows for pk in one.line.customers])

    @action(detail=True, methods=["post"])
    def read(self, request, pk):
        """Mark one notice as read; again does nothing more."""
        notice = self.get_object()
        self.body()
        return self.mark(pk=notice.pk)

    @action(detail=False, methods=["post"], url_path="read")
    def read_all(self, request):
        """Mark all notices as read, up to the newest one seen."""
        return self.mark(pk__lte=self.body()["newest"])

    def mark(self, **which):
        mine = self.get_queryset().filter(**which)
        return self.answer({"read": service.read(person=self.request.user, notices=mine)})
