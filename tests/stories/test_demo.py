"""The demo company is made through the services, and is the same every time."""

from django.core.management import call_command

from accounts.access import Action, can
from accounts.models import CalendarDay, Person, TrailEntry
from crm.models import Activity, Contact, Customer
from crm.selectors.ownership import acting_for, held_by, vacant
from tests import database


def test_demo_company_has_everybody_and_a_true_trail(committed):
    database.wipe()
    call_command("seed_demo")
    people = {person.username: person for person in Person.objects.all()}
    rep, lead, south = people["rep.east"], people["lead.east"], people["rep.south"]
    huadong = Customer.objects.get(name="华东机电")

    assert Customer.objects.count() == 62
    assert vacant(Customer.objects.all()).count() == 2
    assert can(rep, Action.CUSTOMER_EDIT, huadong) and can(lead, None, huadong)
    assert not can(south, None, huadong)
    assert Contact.objects.count() > 150
    assert Activity.objects.filter(is_late=True).count() == 0
    assert Activity.objects.count() > 300
    away = held_by(people["zhou.ting"]).filter(seat="account_manager").first().customer
    assert acting_for(away) is not None
    told = TrailEntry.objects.filter(verb="activities.log").first()
    assert told.happened_at < told.recorded_at

    assert CalendarDay.objects.filter(is_working=False).count() > 20

    call_command("seed_demo", "--if-empty")
    assert Customer.objects.count() == 62
