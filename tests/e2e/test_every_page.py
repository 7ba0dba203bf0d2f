"""Every page, in both languages and themes, on a phone and on a desk: no axe finding, no sideways scroll."""

import gzip
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Person
from accounts.selectors.calendar import add_working_days
from accounts.selectors.org import home_unit, people_led_by
from crm.models import Activity, ChangeSet, Contact, Customer, Erasure, Exam, Import, Order, Task
from crm.services import exams, ownership, saved_views, shares, transfers
from handover.services import cases, departures
from kit.dates import company_zone, today

EXCERPT = str(Path(__file__).parents[1] / "data" / "northwind_customers.csv")

AXE = Axe()
LOOKS = [("en", True), ("zh-hans", True), ("en", False), ("zh-hans", False)]
NAMES = [f"{language}-{'phone' if phone else 'desk'}" for language, phone in LOOKS]
# who looks, and at which addresses; {c} {k} {a} {p} stand for keys of the demo
PAGES = {
    "rep.east": [
        "/", "/search", "/search?q=hd", "/search?q=nothing-matches", "/customers", "/customers?q=hd", "/customers?q=nothing-matches", "/customers/new",
        "/customers/{c}", "/customers/{c}/edit", "/customers/{c}/timeline", "/customers/{c}/map",
        "/customers/{c}/documents", "/customers/{c}/documents/new",
        "/customers/{c}/map?show=matrix", "/customers/{c}/map?show=list", "/customers?thread=ours&filter=open",
        "/contacts?only=known-by-one",
        "/customers/{c}/man", "/customers/{c}/man/authority", "/customers/{c}/depth",
        "/contacts/{k}/depth", "/contacts/{k}/depth/3", "/customers/{c}/dates",
        "/customers/{c}/dates/new/key_person_day", "/important-dates", "/customers?view=not-pursued",
        "/customers/{c}/file", "/customers/{c}/file/company_profile",
        "/customers/{c}/file/key_persons", "/customers/{c}/file/business_situation/edit",
        "/customers/{c}/file/company_profile/site_access/history", "/customers?view=incomplete&column=file",
        "/customers/{c}/ownership", "/contacts", "/contacts/{k}", "/customers/{c}/contacts/new",
        "/visits/{a}", "/visits/{a}/correct", "/log", "/tasks", "/tasks?state=closed", "/tasks/{t}",
        "/tasks/{t}/edit", "/tasks/{t}/drop", "/customers/{c}/tasks", "/customers/{c}/tasks/new",
         "/departures/mine", "/people", "/people/{p}", "/organisation",
        "/inbox", "/profile", "/trail", "/ui", "/readiness",
        "/rotation?show=all", "/customers/{c}/rotation", "/customers/{c}/rotation/exemption",
        "/exams", "/exams/{x}", "/exams/{x2}", "/contacts/{k}/erase",
    ],
    "lead.east": [
        "/late-visits",
        "/rotation", "/rotation?view=timeline&show=all", "/rotation/swap", "/rotation/rules",
        "/rotation/files", "/rotation/exemptions",
        "/people/{p}/exposure", "/exposure/together", "/exposure/together?person={p}",
        "/", "/tasks?whose=team", "/tasks/{t}/give", "/customers/{c}", "/customers/{c}/seats/backup/assign", "/customers/{c}/shares",
        "/customers/{c}/access", "/people/{p}/seats", "/people/{p}/holdings",
        "/customers/{c}/trade", "/orders",
        "/orders/{o}", "/customers/{c}/orders/new", "/customers/{c}/payments/new",
        "/transfers/new", "/transfers/new?customer={c}", "/transfers/new?person={p}",
        "/transfers/{w}/who", "/transfers/{w}/people", "/transfers/{w}/how", "/transfers/{w}/preview",
        "/changesets", "/changesets?view=drafts", "/changesets/{h}", "/changesets/{h}/undo", "/changes",
        "/customers/{c}/shares/{s}/change", "/shares", "/exposure", "/load", "/approvals",
        "/assignments", "/assignments?filter=open&state=no-backup",
        "/people/{p}/load", "/people/{p}/capacity", "/customers?view=few-known", "/overview", "/risk",
        "/customers?filter=columns", "/customers/views", "/customers/views/new?tier=A",
        "/customers/views/{v}/edit", "/customers/selection/{z}",
        "/emergency", "/emergency?q=li", "/people/{p}/freeze", "/emergency/calls", "/incidents",
        "/customers/{c}/incidents/new", "/customers/{y}/private", "/customers/{y}/private/service/edit",
    ],
    "finance": ["/orders?state=open", "/orders/{o}/edit", "/rates", "/rates/new"],
    "admin": [
        "/imports", "/imports/new", "/imports/{i}", "/imports/{i}/rows", "/imports/{i}/undo",
        "/territories", "/private-file", "/private-file/interests",
    ],
    "hr": [
        "/agreements", "/agreements/new", "/agreements/confidentiality",
        "/agreements/confidentiality/text", "/agreements/non_compete/publish",
        "/people/{p}/agreements",
        "/people", "/people/new", "/people/{p}/edit", "/organisation", "/people/{p}/territories/new",
        "/hr", "/departures", "/departures/{d}", "/departures/{d}?step=2",
        "/departures/{d}/customers", "/departures/{d}/missing", "/departures/{d}/plan",
        "/departures/{d}/customers/{e}", "/departures/{d}/tasks/new", "/departures/{d}/tasks/{f}", "/departures/{d}/withdraw",
        "/departures/{d}/documents", "/departures/{d}/documents/new", "/departures/{d}/held",
        "/departures/{d}/held/new", "/departures/{d}/sign-offs", "/departures/{d}/witness",
        "/departures/{d}/sign-offs/leaver/missing", "/departures/{d}/write-up",
        "/departures/{d}/apprenticeship", "/departures/{d}/team-talk", "/departures/{d}/interview",
        "/departures/interviews", "/departures/{d}/certificate", "/departures/{d}/close",
        "/departures/new", "/departures/{g}/plan", "/departures/{g}/plan/seats",
        "/departures/{g}/plan/terms", "/departures/{g}/plan/pay", "/departures/pay-rules", "/departures/pay-rules/cn_on_the_day", "/departures/{g}/plan/customers/{b}",
        "/departures/{g}/plan/tasks/{n}", "/departures/templates", "/departures/templates/try",
    ],
    "service": ["/follow-ups"],
    "auditor": ["/trail", "/agreements", "/erasures"],
    "director": ["/erasures", "/erasures/{j}", "/erasures/{j}/refuse", "/contacts/{k}/hold"],
    "head.sales": ["/settings/ownership", "/file-fields", "/file-fields/company_profile/site_access", "/file-fields/key_persons/new", "/tiers", "/customers/{c}/tier", "/customers/{c}/made-by"],
}  # fmt: skip


@pytest.fixture(scope="module")
def keys(django_db_setup):
    customer = Customer.objects.get(name="华东机电")
    case, draft = departed(), planned()
    sheet = case.customers.first()
    return {
        "d": case.pk,
        "e": sheet.pk,
        "f": sheet.tasks.first().pk,
        "g": draft.pk,
        "b": draft.customers.first().pk,
        "n": draft.tasks.filter(handover=None).first().pk,
        "c": customer.pk,
        "y": private_customer().pk,
        "k": Contact.objects.filter(positions__customer=customer).first().pk,
        "a": Activity.objects.filter(customer=customer, author__username="rep.east").first().pk,
        "p": Person.objects.get(username="rep.east").pk,
        "o": Order.objects.filter(customer=customer).first().pk,
        "t": Task.objects.open().filter(person__username="rep.east").first().pk,
        "s": shared(customer).pk,
        "i": imported().pk,
        "w": drafted(customer).pk,
        "h": carried_out(customer).pk,
        "v": kept_view().pk,
        "j": Erasure.objects.first().pk,
        "z": picked(customer).pk,
        "x": examined(customer).pk,
        "x2": examined(customer, answered=True).pk,
    }


def private_customer():
    """A private customer in the East."""
    lead = Person.objects.get(username="lead.east")
    return Customer.objects.filter(kind="person").visible_to(lead).order_by("pk").first()


def departed():
    """An open case of a rep in the East whom no journey signs in."""
    case = planned()
    return cases.begin(actor=case.opened_by, departure=case, version=case.version)


def planned():
    """A plan of another rep in the East whom no journey signs in."""
    hr, lead = (Person.objects.get(username=login) for login in ("hr", "lead.east"))
    held = Person.objects.filter(pk__in=people_led_by(lead), roles=["rep"], state="active")
    held = held.exclude(username__startswith="rep.").filter(assignments__seat="account_manager")
    leaver = held.exclude(departures__isnull=False).first()
    day = add_working_days(today(company_zone()), 20)
    return departures.prepare(actor=hr, people=[leaver], last_day=day, kind="resignation")


def shared(customer):
    """A share of the customer that is still open, with a rep whom no journey signs in."""
    here = Person.objects.exclude(absences__period__contains=timezone.now())
    others = here.filter(roles=["rep"], state="active").exclude(username__contains=".south")
    return shares.grant(
        actor=Person.objects.system(), customer=customer, right="read_customer",
        person=others.exclude(assignments__customer=customer).last(), why="Pages to look at",
        until=timezone.now() + timedelta(days=30),
    )  # fmt: skip


def examined(customer, answered=False):
    """An exam of the rep that is begun, or answered."""
    rep = Person.objects.get(username="rep.east")
    month = timezone.now().date().replace(day=1, year=2020 if answered else 2021)
    exam = Exam.objects.create(customer=customer, examinee=rep, occasion="monthly", month=month)
    exams.begin(actor=rep, exam=exam)
    return exams.answer(actor=rep, exam=exam, answers={}) if answered else exam


def kept_view():
    """A view of the lead that the team sees."""
    lead = Person.objects.get(username="lead.east")
    values = {"name": "A only", "filters": {"tier": ["A"]}, "shared_with": home_unit(lead)}
    return saved_views.save(actor=lead, values=values)


def picked(customer):
    """A selection of the lead."""
    lead = Person.objects.get(username="lead.east")
    return saved_views.pick(actor=lead, selection=None, shown=[], picked=[customer.pk], filters="")


def drafted(customer):
    """A transfer that the lead has put together and not proposed; its receiver is the lead."""
    lead = Person.objects.get(username="lead.east")
    draft = transfers.begin(actor=lead, customers=[customer.pk], seat="account_manager")
    transfers.spread(actor=lead, change_set=draft, takers=[lead])
    return transfers.change_terms(
        actor=lead, change_set=draft, why="workload", former="removed",
        effective_at=draft.effective_at,
    )  # fmt: skip


def carried_out(customer):
    """A change of one seat that the lead made and can take back."""
    lead = Person.objects.get(username="lead.east")
    ownership.assign(actor=lead, customer=customer, seat="backup", person=lead, why="workload")
    return ChangeSet.objects.filter(made_by=lead, state="applied").first()


def imported():
    """An import with rows that were refused and rows with remarks."""
    call_command("import_file", "customers", EXCERPT, source="pages", partial=True, verbosity=0)
    return Import.objects.get(source="pages")


def findings(page):
    """What axe finds in both themes; another theme can only change contrast."""
    page.emulate_media(color_scheme="light")
    found = AXE.run(page, options={"resultTypes": ["violations"]}).response["violations"]
    page.emulate_media(color_scheme="dark")
    dark = AXE.run(page, options={"runOnly": ["color-contrast"]}).response["violations"]
    return [f"{v['id']} {v['nodes'][0]['target']}" for v in found + dark]


@pytest.mark.parametrize("login", PAGES)
@pytest.mark.parametrize("look", LOOKS, ids=NAMES)
def test_pages_have_no_accessibility_finding_and_fit_their_width(visit, keys, login, look):
    language, phone = look
    page = visit(login, phone=phone, language=language, reduced_motion="reduce")
    faults = []
    for address in PAGES[login]:
        address = address.format(**keys)
        response = page.goto(address)
        if response.status != 200:
            faults.append(f"{address}: status {response.status}")
            continue
        faults += [f"{address}: {finding}" for finding in findings(page)]
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > page.viewport_size["width"]:
            faults.append(f"{address}: {width} px wide")
    assert faults == []


@pytest.mark.parametrize("look", LOOKS, ids=NAMES)
def test_sign_in_page_has_no_accessibility_finding(visit, look):
    language, phone = look
    page = visit(None, phone=phone, language=language, reduced_motion="reduce")
    page.goto("/accounts/login/")
    assert findings(page) == []


def test_first_load_stays_within_its_budget(visit, site):
    page = visit("rep.east")
    sizes = {}

    def weigh(response):
        if response.url.startswith(site) and response.request.resource_type != "fetch":
            sizes[response.url] = len(gzip.compress(response.body()))

    page.on("response", weigh)
    page.goto("/")
    page.wait_for_load_state("networkidle")
    scripts = sum(size for url, size in sizes.items() if ".js" in url)
    assert sum(sizes.values()) <= 170_000, sizes
    assert scripts <= 60_000, sizes


def test_narrowest_phone_needs_no_sideways_scroll(visit, keys):
    page = visit("rep.east")
    page.set_viewport_size({"width": 320, "height": 640})
    for address in ("/", "/customers", "/customers/{c}", "/contacts/{k}", "/visits/{a}"):
        page.goto(address.format(**keys))
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
