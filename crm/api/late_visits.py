"""The one door that stays open for 72 h after access ended: written into, never read from."""

import json

from django.http import JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.selectors.devices import sender
from crm.services import late_visits
from kit.errors import OverBudget


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
