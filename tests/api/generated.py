"""Requests made up from the API's own description, and what must be true of every answer."""

from collections import Counter
from contextlib import contextmanager

import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import booleans
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from accounts.models import ApiToken, Company
from accounts.services import calendar, org, people, profile
from crm.selectors.capacity import rules
from crm.services import capacity, contacts, saved_views
from kit.versions import tag

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.ignored_auth,
]


class Known:
    """One of everything, by the first word of its address; how to point a request at it; a token.

    world: a matrix World. person: whose own row `me` is.
    """

    def __init__(self, world, person):
        self.world, self.person = world, person
        token = ApiToken.objects.create(user=person, epoch=person.auth_epoch)[1]
        self.headers = {"Authorization": f"Token {token}"}
        self.keys = {
            "customers": world.huadong.pk, "contacts": world.contact.pk, "links": world.link.pk,
            "people": world.wu.pk, "channels": world.channel.pk, "visits": world.activity.pk,
            "positions": world.position.pk, "shares": world.share.pk, "units": world.units["east"].pk,
            "absences": world.absence.pk, "tasks": world.task.pk, "notices": world.notice.pk,
            "saved-views": world.saved_view.pk, "selections": str(world.selection.pk),
            "changesets": world.change_set.pk, "imports": world.imported.pk,
            "orders": world.order.pk, "payments": world.payment.pk, "rates": world.rate.pk,
        }  # fmt: skip
        self.said = {
            "customer": world.huadong.pk, "contact": world.contact.pk, "person": world.ye.pk,
            "change": world.planned.pk, "unit": world.units["east"].pk, "version": 1,
        }  # fmt: skip
        self.tags = {
            "positions": tag(world.position, contacts.SHOWN),
            "people": tag(world.wu, people.EDITABLE),
            "units": tag(world.units["east"], org.NAMES),
            "company": tag(Company.objects.get(pk=1), calendar.COMPANY),
            "saved-views": tag(world.saved_view, saved_views.FIELDS),
            "ownership-rules": tag(rules(), capacity.RULES),
            "me": tag(person, profile.OWN),
        }

    def aim(self, case):
        """Point a generated case at things that exist, so that it comes past the 404."""
        word = case.path.removeprefix("/api/v1/").partition("/")[0]
        if case.path_parameters and word in self.keys:
            case.path_parameters = {"id": self.keys[word]}
        if isinstance(case.body, dict):
            if case.body.get("customers"):
                case.body["customers"] = [self.world.huadong.pk]
            said = self.said | ({"version": self.tags[word]} if word in self.tags else {})
            case.body |= {name: key for name, key in said.items() if name in case.body}

    @contextmanager
    def named(self):
        """What goes wrong says as whom it was asked."""
        try:
            yield
        except Exception as error:
            error.add_note(self.person.username)
            raise


@contextmanager
def application():
    """The product as a server has it, but that it keeps the connection of the test."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        yield get_wsgi_application()
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


def every_answer(app, everybody, examples, seed=False):
    """Send `examples` good and bad requests to every operation, each as everybody.

    everybody: a Known for each who asks; to make a request up takes longer than its answers.
    Returns how often each status came, and of each operation that answered anything that is not
    described, the first such answer.
    """
    described = schemathesis.openapi.from_wsgi("/api/v1/schema", app)
    answered, wrong = Counter(), []
    search = settings(
        max_examples=examples, derandomize=not seed, deadline=None, database=None,
        phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip

    def ask(case, real):
        for known in everybody:
            if real:
                known.aim(case)
            with known.named(), transaction.atomic():
                answer = case.call_and_validate(headers=known.headers, checks=CHECKS)
                transaction.set_rollback(True)
            answered[answer.status_code] += 1

    def ask_mistyped(case):
        everybody[0].aim(case)
        for bad in mistyped(case):
            ask(bad, real=False)

    for result in described.get_all_operations():
        for mode in GenerationMode:
            case = result.ok().as_strategy(generation_mode=mode)
            try:
                search(given(case=case, real=booleans())(ask))()
            except Unsatisfiable:  # nothing to get wrong here
                if mode is not GenerationMode.NEGATIVE:
                    raise
            except Exception as error:
                wrong.append(told(error, result.ok().label))
            if mode is GenerationMode.POSITIVE:
                try:
                    settings(search, max_examples=1)(given(case=case)(ask_mistyped))()
                except Exception as error:
                    wrong.append(told(error, f"{result.ok().label}, mistyped"))
    return answered, wrong


def told(error, label):
    """An error in a line: as whom, of what, why."""
    return f"{' '.join(getattr(error, '__notes__', [])[:1])} {label}: {error}"[:1200]


def mistyped(case):
    """The case again and again, each time with one whole number of it, mostly a key, as a word."""
    asked = [one.name for one in case.operation.query
             if one.definition.get("schema", {}).get("type") == "integer"]  # fmt: skip
    for name in asked:
        case.query = {name: "x"}
        yield case
    good = case.body if isinstance(case.body, dict) else {}
    for name, value in good.items():
        several = isinstance(value, list)
        if any(type(one) is int for one in (value if several else [value])):
            case.body = good | {name: ["x"] if several else "x"}
            yield case
