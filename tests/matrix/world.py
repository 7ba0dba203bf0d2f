"""The small world of the matrix: the cast, one customer full of things, and what each address needs."""

import json
import uuid
from datetime import UTC, date, datetime, timedelta

from django.apps import apps
from django.contrib.auth.models import Permission
from django.db import connection
from django.db.models import AutoField
from django.test import Client
from django.utils import timezone
from psycopg2.extras import DateTimeTZRange

from accounts import audit
from accounts.access import Role
from accounts.models import (
    Absence,
    Agreement,
    AgreementRequest,
    AgreementSignature,
    ApiToken,
    Device,
    Membership,
    Notice,
    Person,
)
from accounts.selectors.calendar import working_calendar
from crm.models import (
    Activity,
    Assignment,
    Change,
    ChangeSet,
    Contact,
    ContactChannel,
    Contribution,
    Customer,
    Depth,
    Exam,
    ImportantDate,
    LateVisit,
    Link,
    Order,
    Payment,
    Position,
    PrivateFact,
    PrivateSwitch,
    Rate,
    Region,
    SavedView,
    Selection,
    Share,
    Task,
    Territory,
    TierOverride,
    TierScore,
)
from crm.seats import Reason, Seat
from crm.services import access_index, contacts, customer_documents, erasure, imports, ownership
from handover.models import (
    CustomerHandover,
    Departure,
    EmergencyCall,
    FollowUp,
    Freeze,
    HandoverDocument,
    HandoverTask,
    HeldThing,
    Incident,
    RotationExemption,
    SeatHandover,
    SignOff,
)
from kit import crypto
from kit.dates import company_zone, today
from kit.models import Beat, SubjectKey
from tests import cast as casting
from tests.crm import hostile_files
from tests.handover import world as departures

# anonymous · account manager, backup, same team, same team on notice · other team · lead, other
# lead, head of sales, director · service line (seat, line) · technical, finance, HR, auditor,
# administrator, employee · frozen, left
PERSONAS = [
    "anon",
    "li",
    "chen",
    "ye",
    "mo",
    "wu",
    "he",
    "qian",
    "zhao",
    "sun",
    "gao",
    "pan",
    "lin",
    "tang",
    "hu",
    "fang",
    "yu",
    "ming",
    "bai",
    "ren",
]

# The public half of some P-256 key.
KEY = (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEVoKkBs7Mit+H16PXPhfEipQsTF"
    "fl7fE/LaNrG1umaBKfAfIU59YP9sCvyckbUlzv1DTHdk1MZ9VCT1E5A+ZETg=="
)


APART = 20
LAST_NUMBERS = """
    SELECT sequence, coalesce(pg_sequence_last_value(sequence::regclass), 0)
    FROM unnest(%s, %s) AS keys (place, name), pg_get_serial_sequence(place, name) AS sequence
    WHERE sequence IS NOT NULL ORDER BY 2, 1
"""


def numbers_apart():
    """No two models count alike: an address that was given another model's number finds nothing.

    A number that was given is never given again, so a later world in the same database finds its
    models apart already.
    """
    models = [model._meta for model in apps.get_models() if isinstance(model._meta.pk, AutoField)]
    reached = -APART
    with connection.cursor() as cursor:
        cursor.execute(
            LAST_NUMBERS, [[one.db_table for one in models], [one.pk.column for one in models]]
        )
        for sequence, last in cursor.fetchall():
            missing = max(0, reached + APART - last)
            if missing:
                burn = "SELECT count(nextval(%s)) FROM generate_series(1, %s)"
                cursor.execute(burn, [sequence, missing])
            reached = last + missing


class World(casting.Cast):
    """The cast, a colleague without customers, and one object of every kind at 华东机电."""

    def __init__(self):
        numbers_apart()
        super().__init__()
        with audit.verb("tests.matrix", self.system):
            self.ye = self.people["ye"] = self._colleague()
            self._objects()
        access_index.recompute([self.huadong.pk, self.nanqiao.pk, self.family.pk])
        self.imported = self._import()
        # /readyz is to answer however long the tests take.
        Beat.objects.create(name="beat", beat_at=timezone.now() + timedelta(days=1), owner="1")
        self.browsers = {name: self._browser(name) for name in PERSONAS}
        self.clients = {name: self._client(name) for name in PERSONAS}

    def _colleague(self):
        person = Person.objects.create(
            username="rep.east3", name="叶子", latin_name="Ye Zi", roles=[Role.REP],
            password=self.li.password,
        )  # fmt: skip
        Membership.objects.create(
            person=person, unit=self.units["east"],
            period=DateTimeTZRange(casting.START, None, "[)"),
        )  # fmt: skip
        return person

    def _objects(self):
        key = SubjectKey.objects.create(wrapped=crypto.new_key())
        self.contact = Contact.objects.create(name="周敏", latin_name="Zhou Min", key=key)
        self.position = Position.objects.create(contact=self.contact, customer=self.huadong)
        self.channel = ContactChannel.objects.create(
            contact=self.contact, kind="phone", sealed=crypto.seal(key.wrapped, "+8613800005678"),
            value_index=crypto.blind_index("+8613800005678"),
        )  # fmt: skip
        self.task = Task.objects.create(
            customer=self.huadong, title="secret-task", due_on=today(company_zone()), person=self.li,
            first_person=self.li, made_by=self.li,
        )  # fmt: skip
        self.link = Link.objects.create(person=self.li, contact=self.contact)
        day = today(company_zone())
        self.depth = Depth.objects.create(
            person=self.ye,
            contact=self.contact,
            level=2,
            evidence_on=[day.isoformat()] * 2,
            oldest_on=day,
        )
        self.important_date = ImportantDate.objects.create(
            customer=self.huadong, kind="founding_day", month=1, day=2, said_on=day, said_by=self.li
        )
        self.activity = Activity.objects.create(
            customer=self.huadong, author=self.li, note="secret-note",
            happened_at=timezone.now() - timedelta(hours=1),
        )  # fmt: skip
        self.absence = Absence.objects.create(
            person=self.wu,
            period=DateTimeTZRange(
                datetime(2036, 1, 5, tzinfo=UTC), datetime(2036, 1, 9, tzinfo=UTC), "[)"
            ),
        )
        self.notice = Notice.objects.create(person=self.li, code="seat.assigned")
        now = timezone.now()
        self.share = Share.objects.create(
            content_object=self.huadong, user=self.wu, granted_by=self.he, reason="audit",
            permission=Permission.objects.get(codename="read_customer"),
            period=DateTimeTZRange(now + timedelta(days=1), now + timedelta(days=5), "[)"),
        )  # fmt: skip

        self._family()
        self._trade()
        self.planned = Assignment.objects.create(  # a seat that begins later
            customer=self.huadong, person=self.wu, seat="key_account_member", made_by=self.he,
            period=DateTimeTZRange(now + timedelta(days=30), None, "[)"),
        )  # fmt: skip
        self.saved_view = SavedView.objects.create(
            name="Secret view", made_by=self.li, shared_with=self.units["east"]
        )
        self.selection = Selection.objects.create(
            person=self.he, ids=[self.huadong.pk], expires_at=now + timedelta(hours=1)
        )
        self.change_set = self._change_set(state="proposed", proposed_at=now)
        self.draft = self._change_set()
        self._departure()
        self._freeze(now)
        self._rotation()
        self._plan()
        self._late()
        self._agreements()
        self._exams(now)
        self._document()
        self._erasure()
        self.token, _secret = ApiToken.objects.create(user=self.li, name="mine")
        self.token = self.token.pk

    def _family(self):
        """A private customer with the seats of 华东机电, and what is kept of it."""
        self.family = Customer.objects.create(
            name="Family", kind="person", home_unit=self.units["east"], origin="referral"
        )
        for seat, person in (
            ("account_manager", self.li),
            ("backup", self.chen),
            ("service_line", self.gao),
        ):
            ownership.put(self.system, self.family, Seat(seat), person, Reason.FIRST)
        self.switch = PrivateSwitch.objects.create(
            field="household_adults", purpose="Sizes", basis="consent", retention_days=90,
            asked_by=self.yu,
        )  # fmt: skip
        PrivateSwitch.objects.create(
            field="special_care", purpose="Safety", basis="consent", retention_days=90,
            asked_by=self.yu, agreed_by=self.sun, agreed_at=timezone.now(),
        )  # fmt: skip
        self.private = {
            field: self._private_fact(field, guard, value)
            for field, guard, value in (
                ("do_not_contact", "open", "none"), ("service_address", "masked", "secret-lane"),
                ("special_care", "household", "secret-care"),
            )
        }  # fmt: skip

    def _private_fact(self, field, guard, value):
        fact = PrivateFact(
            customer=self.family, field=field, guard=guard, source="customer", confirmed_by=self.li
        )
        fact.put(value)
        fact.save()
        return fact

    def _erasure(self):
        """li asked to erase somebody known at the family alone; somebody else there is held."""
        old, held = (contacts.create(actor=self.li, customer=self.family, values={"name": name})
                     for name in ("Old friend", "Old neighbour"))  # fmt: skip
        self.erasure = erasure.ask(actor=self.li, customer=self.family, contact=old,
                                   ground="asked", asked_on=date(2026, 1, 5))  # fmt: skip
        self.hold = erasure.hold(actor=self.sun, contact=held, ground="A lawsuit",
                                 until_on=date(2099, 1, 5))  # fmt: skip

    def _document(self):
        """A contract with a picture of it."""
        self.customer_document = customer_documents.add(
            actor=self.li, customer=self.huadong, data=hostile_files.picture(), name="x.jpg",
            values={"title": "Frame contract", "category": "contract"},
        )  # fmt: skip

    def _exams(self, now):
        """An exam that the backup has begun, and one that was answered a minute ago."""
        about = {"customer": self.huadong, "examinee": self.chen}
        asked = [{"part": "company_profile", "field": "site_access", "contact": None, "fact": None,
                  "options": []}]  # fmt: skip
        self.exam = Exam.objects.create(
            occasion="monthly", month=date(2036, 1, 1), begun_at=now, questions=asked, **about
        )
        self.tried = Exam.objects.create(
            occasion="acceptance", begun_at=now, questions=asked, marks=["gap"], right=0, asked=1,
            taken_at=now, opens_at=now + timedelta(days=3), **about,
        )  # fmt: skip

    def _freeze(self, now):
        """A freeze of somebody in the East, ordered by their lead; a call and an incident of it."""
        self.freeze = Freeze.objects.create(
            person=self.bai, trigger="no_contact", reason="secret-freeze", state_before="active",
            frozen_by=self.he, frozen_at=now, acting=[[self.chen.pk, 1]], cut={"customers": 1},
        )  # fmt: skip
        self.freeze_call = EmergencyCall.objects.create(
            freeze=self.freeze, customer=self.huadong, tier="A", place=1, caller=self.zhao,
            due_at=now + timedelta(days=1),
        )  # fmt: skip
        self.incident = Incident.objects.create(
            customer=self.huadong, leaver=self.bai, what="secret-incident", opened_by=self.he
        )

    def _agreements(self):
        """An agreement for named people: li has signed, wu is asked."""
        self.agreement = Agreement.objects.create(
            key="confidentiality", number=1, title="Confidentiality", title_zh="保密协议",
            text="Keep it.", text_zh="保密。", audience="named", digest="0" * 64, made_by=self.hu,
        )  # fmt: skip
        self.agreement_request = AgreementRequest.objects.create(
            person=self.wu, key="confidentiality", asked_by=self.hu
        )
        content = {"company": {"en": "Us", "zh": "公司"}, "post": {"en": "Rep", "zh-hans": "代表"}}
        self.agreement_signature = AgreementSignature.objects.create(
            agreement=self.agreement, person=self.li, made_by=self.li, content=content,
            digest="0" * 64,
        )  # fmt: skip

    def _plan(self):
        """A plan that only HR sees: pan of the service line leaves."""
        day = working_calendar().add_working_days(timezone.localdate(), 30)
        TierOverride.objects.create(customer=self.huadong, tier="A", until=day, reason="Grows soon",
                                    made_by=self.he)  # fmt: skip
        self.contribution = Contribution.objects.create(
            customer=self.huadong, kind="served", person=self.ye, happened_on=day, evidence="Letter",
            noted_by=self.li,
        )  # fmt: skip
        TierScore.objects.create(customer=self.huadong, tier="B", points=50, parts=[])
        self.plan = Departure.objects.create(
            person=self.pan, kind="resignation", last_day=day, opened_by=self.hu
        )
        self.plan_row = CustomerHandover.objects.create(
            departure=self.plan, customer=self.huadong, tier="A", place=1, successor=self.chen
        )
        self.plan_seat = SeatHandover.objects.create(
            departure=self.plan, customer=self.nanqiao, seat="backup", successor=self.chen
        )
        self.plan_task = HandoverTask.objects.create(
            departure=self.plan, key="team_talk", step=1, title="Talk to the team", who="supervisor",
            person=self.zhao, due_on=day - timedelta(days=9),
        )  # fmt: skip

    def _late(self):
        """A device of li's, and a visit that the device of bai sent when bai was frozen."""
        self.device = Device.objects.create(person=self.li, name="Phone", public_key=KEY)
        theirs = Device.objects.create(person=self.bai, name="Phone", public_key=KEY)
        number, now = uuid.uuid4(), timezone.now()
        self.late_visit = LateVisit.objects.create(
            person=self.bai, device=theirs, client_uuid=number, customer=self.huadong,
            written=json.dumps({"client_uuid": str(number), "kind": "visit", "note": "secret-late"}),
            signature="", happened_at=now - timedelta(hours=2), cut_at=now - timedelta(hours=1),
        )  # fmt: skip

    def _change_set(self, **more):
        """A transfer of the lead's: another backup for 华东机电."""
        made = ChangeSet.objects.create(
            made_by=self.he, origin="single", reason="workload", former="removed", **more
        )
        Change.objects.create(
            change_set=made, customer=self.huadong, seat="backup", giver=self.chen, taker=self.ye
        )
        return made

    def _departure(self):
        """li leaves, chen takes 华东机电 over; a task of li's there and one of the service line."""
        self.departure = departures.case(self)
        self.handover = self.departure.customers.get()
        self.handover_task = departures.task(
            self, self.departure, self.li, key="file_check", step=2, handover=self.handover
        )
        departures.task(self, self.departure, self.gao, key="service_call_30", step=7,
                        handover=self.handover, who="service_specialist")  # fmt: skip
        self._closing()

    def _closing(self):
        """What the end of the case needs: a document, a thing, a signature, a call."""
        self.document = HandoverDocument.objects.create(
            departure=self.departure, handover=self.handover, kind="contract", made_by=self.li
        )
        self.thing = HeldThing.objects.create(
            departure=self.departure, kind="asset", title="Laptop", made_by=self.li
        )
        content = {"customers": [], "documents": [], "things": [], "missing": [],
                   "open_tasks": [], "statements": []}  # fmt: skip
        self.sign_off = SignOff.objects.create(
            departure=self.departure, signer="leaver", person=self.li, made_by=self.li,
            content=content, digest="0" * 64,
        )  # fmt: skip
        self.follow_up = FollowUp.objects.create(
            handover=self.handover, days=30, due_on=today(company_zone())
        )

    def _rotation(self):
        """An exemption that waits for its decision, and a rotation by which li got 华东机电."""
        self.exemption = RotationExemption.objects.create(
            customer=self.huadong, person=self.li, reason="customer_request", asked_by=self.ye,
            until=today(company_zone()) + timedelta(days=30), second_contact=self.chen,
        )  # fmt: skip
        done = ChangeSet.objects.create(
            made_by=self.he, origin="rotation", reason="rotation", former="removed",
            state="applied", finished_at=timezone.now(), proposed_at=timezone.now(),
        )  # fmt: skip
        Change.objects.create(
            change_set=done, customer=self.huadong, seat="account_manager", giver=self.chen,
            taker=self.li, state="applied",
        )  # fmt: skip

    def _trade(self):
        self.order = Order.objects.create(
            customer=self.huadong, number="SO-1", ordered_on="2026-10-01", currency="CNY",
            told_amount=100, amount=100, person=self.li,
        )  # fmt: skip
        self.payment = Payment.objects.create(
            customer=self.huadong, order=self.order, paid_on="2026-10-05", currency="CNY", amount=40
        )
        self.rate = Rate.objects.create(currency="EUR", since="2026-01-01", rate="7.5")
        self.region = Region.objects.create(name="East China", name_zh="华东")
        self.territory = Territory.objects.create(person=self.wu, region=self.region)

    def _import(self):
        """A file of the head of sales, checked and not started."""
        options = {"headers": ["name"], "columns": {"name": ["name"]}, "mapping": {"name": "name"}}
        imported = imports.receive(
            actor=self.zhao, kind="customers", source="matrix", file_name="firms.csv", digest="0" * 64,
            options=options, chunks=[[(2, "1", b"0" * 16, {"name": "Secret Firm"})]],
        )  # fmt: skip
        imported.state, imported.accepted = "checked", 1
        imported.save()
        return imported

    def _browser(self, name):
        client = Client(raise_request_exception=False)
        if name != "anon":
            client.force_login(self[name], backend="accounts.backends.SignIn")
        return client

    def _client(self, name):
        if name == "anon":
            return Client(raise_request_exception=False)
        person = self[name]
        _row, token = ApiToken.objects.create(user=person, epoch=person.auth_epoch)
        return Client(raise_request_exception=False, headers={"Authorization": f"Token {token}"})
