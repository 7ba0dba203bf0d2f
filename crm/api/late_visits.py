"""The one door that stays open for 72 h after access ended, written into, never read from; and what
arrived there, for those who decide about it."""

import json

from django.http import JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from rest_framework import serializers
from rest_framework.decorators import action

from accounts.access import Action, Reach, reach
from accounts.selectors.devices import sender
from crm.models import LateVisit
from crm.services import late_visits
from kit.api.base import ScopedViewSet, Way
from kit.api.paging import keyset
from kit.api.shapes import Body, InstantField, Named, PageQuery, column, page_of
from kit.errors import NotAllowed, OverBudget


@require_POST
@csrf_exempt  # no session is looked at: the signature of the device is all that counts
def take(request):
    """Keep visits that a device wrote and signed; the answer is their client_uuids and nothing else.

    Body: `{"device": number, "items": [{"written": text, "signature": base64}]}`. `written` is the
    JSON of a visit as /api/v1/visits takes it, with `happened_at`; signed is `holdfast-visit`, a line
    feed, and that text, with ECDSA over P-256 and SHA-256. What is not acknowledged stays on the device.

    202 kept · 400 not read · 401 no such device or no signature of it · 409 its person has access:
    send as always · 410 72 h are over · 429 too many.
    """
    given = body_of(request)
    if given is None:
        return answer(400)
    device = sender(given["device"])
    found = late_visits.genuine(device, given["items"]) if device else {}
    if not found:
        return answer(401)
    try:
        return answer(202, ids=late_visits.receive(device, found))
    except late_visits.NotYet:
        return answer(409)
    except late_visits.Closed:
        return answer(410)
    except OverBudget:
        return answer(429)


def body_of(request):
    """The body as {device, items}, or None where it has another shape."""
    try:
        given = json.loads(request.body)
        items = [
            {"written": one["written"], "signature": one["signature"]} for one in given["items"]
        ]
        number = given["device"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    texts = [number, *(text for one in items for text in one.values())]
    return {"device": number, "items": items} if all(isinstance(t, str) for t in texts) else None


def answer(status, **said):
    """Ids, or nothing at all."""
    return JsonResponse(said, status=status)


class LateVisitShape(serializers.Serializer):
    """What a device sent after its person had lost access."""

    id = serializers.IntegerField()
    author = Named(source="person")
    customer = Named(allow_null=True, help_text="Null: none that the author looked after.")
    note = serializers.SerializerMethodField()
    next_step = serializers.SerializerMethodField()
    happened_at = InstantField(allow_null=True, help_text="What the device claims.")
    cut_at = InstantField(help_text="When access had ended.")
    received_at = InstantField()
    claims_too_late = serializers.BooleanField(
        help_text="Claims to be of after the end of access: it can only be rejected."
    )
    state = serializers.ChoiceField(LateVisit.State.choices)
    activity = serializers.IntegerField(source="activity_id", allow_null=True)
    decided_by = Named(allow_null=True)
    decided_at = InstantField(allow_null=True)

    def get_note(self, row) -> str:
        return text(row, "note")

    def get_next_step(self, row) -> str:
        return text(row, "next_step")


def text(row, name):
    """A text of what was written; a device may have sent anything."""
    said = row.said.get(name)
    return said if isinstance(said, str) else ""


class Rejected(Body):
    """Why it is left out."""

    why = column(LateVisit, "why", required=True, allow_blank=False)


class LateVisitViewSet(ScopedViewSet):
    """Late visits, for whoever leads their author and assigns seats at the customer."""

    model = LateVisit
    ways = {
        "list": Way(page_of(LateVisitShape), asks=PageQuery),
        "retrieve": Way(LateVisitShape),
        "accept": Way(LateVisitShape, takes=Body),
        "reject": Way(LateVisitShape, takes=Rejected),
    }

    def rows(self):
        return LateVisit.objects.select_related("person", "customer", "decided_by")

    def list(self, request):
        """Those that wait, in the order in which they arrived."""
        if reach(request.user, Action.SEAT_ASSIGN) <= Reach.OWN:
            raise NotAllowed()
        rows = self.get_queryset().filter(state=LateVisit.State.WAITING)
        found, following = keyset(rows, ("received_at", "pk"), self.said)
        return self.page(found, following, [row.customer_id for row in found if row.customer_id])

    def retrieve(self, request, pk):
        """One of them."""
        return self.shown()

    @action(detail=True, methods=["post"])
    def accept(self, request, pk):
        """Take it over as an activity of its author; again does nothing more."""
        row = self.get_object()
        self.body()
        late_visits.accept(actor=request.user, late_visit=row)
        return self.shown()

    @action(detail=True, methods=["post"])
    def reject(self, request, pk):
        """Leave it out, with a reason; again does nothing more."""
        row = self.get_object()
        late_visits.reject(actor=request.user, late_visit=row, **self.body())
        return self.shown()

    def shown(self):
        row = self.get_object()
        return self.answer(row, [row.customer_id] if row.customer_id else [])
