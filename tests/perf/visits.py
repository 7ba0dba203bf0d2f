"""Somebody who logs visits at these customers all the time: python -m tests.perf.visits ACTOR.

A process of its own, as the web is one beside the worker. The keys of the customers come as the first
line of its input; when that ends, it prints how many seconds each visit took.
"""

import json
import select
import sys
import time
from uuid import uuid4

import django

django.setup()

from accounts.models import Person  # noqa: E402
from crm.models import Customer  # noqa: E402
from crm.services import activities  # noqa: E402

PAUSE = 0.05  # seconds between two visits


def main(actor):
    ids, seconds = json.loads(sys.stdin.readline()), []
    print("ready", flush=True)
    while not select.select([sys.stdin], [], [], PAUSE)[0]:
        customer = Customer(pk=ids[len(seconds) * 7919 % len(ids)])
        began = time.monotonic()
        activities.log(actor=actor, customer=customer, client_uuid=uuid4(), kind="visit",
                       note="Seen")  # fmt: skip
        seconds.append(time.monotonic() - began)
    print(json.dumps(seconds[1:]))  # the first one makes the connection


if __name__ == "__main__":
    main(Person.objects.get(pk=sys.argv[1]))
