"""A departure case as tests need it, made of rows: li leaves, chen takes over, he supervises."""

from datetime import timedelta

from django.db import transaction

from accounts import audit
from handover.models import CustomerHandover, Departure, HandoverTask
from kit.clock import database_now
from kit.dates import company_zone, today


def case(cast, person=None, *, state="open", kind="resignation", days=30, customers=None, **fields):
    """A case of `person` (li) that ends in `days`, run by hu, with a row for each customer (huadong)."""
    person = person or cast.li
    with transaction.atomic(), audit.verb("tests.case", cast.hu):
        departure = Departure.objects.create(
            person=person, kind=kind, state=state, opened_by=cast.hu,
            last_day=today(company_zone()) + timedelta(days=days),
            opened_at=database_now() if state != "draft" else None, **fields,
        )  # fmt: skip
        for place, customer in enumerate([cast.huadong] if customers is None else customers, 1):
            CustomerHandover.objects.create(
                departure=departure, customer=customer, tier=customer.tier, value=1000,
                place=place, successor=cast.chen,
            )  # fmt: skip
    return departure


def task(cast, departure, person, **fields):
    """A task of a case; of the case as a whole unless `handover` is given."""
    values = {"key": "assets", "step": 4, "title": "Return laptop, phone, car, cards, keys",
              "title_zh": "交回电脑、手机、车辆、卡证、钥匙", "who": "leaver", "blocking": True,
              "due_on": departure.last_day - timedelta(days=1)} | fields  # fmt: skip
    with transaction.atomic(), audit.verb("tests.case", cast.hu):
        return HandoverTask.objects.create(departure=departure, person=person, **values)
