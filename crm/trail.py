"""How the trail of customers and their files reads. See accounts.selectors.sentences."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.selectors.sentences import (
    AREAS,
    LABELS,
    MASKED,
    NAMED,
    NOUNS,
    POINTS,
    SENTENCES,
    VALUES,
)
from crm import erasure_trail  # noqa: F401  (its sentences)
from crm.models import Customer
from crm.ownership_trail import changed_seat, recorded_seat
from crm.seats import Reason, Seat

NAMED.update({"crm.contact"})
MASKED.add("crm.contactchannel")
AREAS.update(
    {
        "customers": _("Customers"),
        "customer_file": _("Customer files"),
        "customer_documents": _("Documents"),
        "private_file": _("Private files"),
        "private_switches": _("What is kept of households"),
        "exams": _("File exams"),
        "qualification": _("MAN"),
        "depth": _("Depth of relations"),
        "important_dates": _("Important dates"),
        "contacts": _("Contacts"),
        "channels": _("Contact channels"),
        "links": _("Who knows whom"),
        "activities": _("Activities"),
        "tasks": _("Tasks"),
        "late_visits": _("Late visits"),
        "imports": _("Imports"),
        "tiers": _("Tiers"),
        "contributions": _("Who made a customer"),
        "trade": _("Orders and payments"),
        "rates": _("Rates"),
        "territories": _("Territories"),
        "saved_views": _("Saved views"),
    }
)
NOUNS.update(
    {
        "crm.customer": _("a customer"),
        "crm.contact": _("a contact"),
        "crm.position": _("a contact's place"),
        "crm.contactchannel": _("a contact channel"),
        "crm.skippedquestion": _("a question"),
        "crm.document": _("a document"),
        "crm.documentfile": _("a file of a document"),
        "crm.fact": _("a fact of a file"),
        "crm.privatefact": _("a value of a private file"),
        "crm.privateswitch": _("a decision on what is kept of households"),
        "crm.exam": _("a file exam"),
        "crm.link": _("a link between people"),
        "crm.finding": _("a finding of MAN"),
        "crm.depth": _("the depth of a relation"),
        "crm.importantdate": _("an important date"),
        "crm.activity": _("an activity"),
        "crm.activityvisitor": _("a joint visitor"),
        "crm.task": _("a task"),
        "crm.contribution": _("a contribution"),
        "crm.tieroverride": _("a tier set by hand"),
        "crm.latevisit": _("a late visit"),
        "crm.assignment": _("a seat"),
        "crm.ownershiprules": _("the rules of ownership"),
        "crm.share": _("a share"),
        "crm.import": _("an import"),
        "crm.territory": _("a territory"),
        "crm.order": _("an order"),
        "crm.orderline": _("a line of an order"),
        "crm.payment": _("a payment"),
        "crm.rate": _("a rate"),
        "crm.region": _("a region"),
        "crm.industry": _("an industry"),
        "crm.savedview": _("a view"),
    }
)
NAMED.update({"crm.region", "crm.industry", "crm.order", "crm.task"})
POINTS.update(
    {
        **dict.fromkeys(Seat.values, "accounts.person"),
        "contact": "crm.contact",
        "contacts": "crm.contact",
        "visitors": "accounts.person",
        "joint": "accounts.person",
        "region": "crm.region",
        "industry": "crm.industry",
        "customer": "crm.customer",
        "author": "accounts.person",
        "activity": "crm.activity",
        "shared_with": "accounts.unit",
        ("crm.customer", "parent"): "crm.customer",
        ("crm.payment", "order"): "crm.order",
        ("crm.orderline", "order"): "crm.order",
    }
)
LABELS.update(
    {
        "rows": _("rows"),
        "contact": _("contact"),
        "contacts": _("contacts"),
        "visitors": _("joint visitors"),
        "joint": _("joint visitors"),
        "region": _("region"),
        "industry": _("industry"),
        "shared_with": _("shared with"),
        "start_view": _("view that the list opens with"),
        "right": _("right"),
        "why": _("reason"),
        "retired_at": _("out of use since"),
        "retired_by": _("taken out of use by"),
        "retired_why": _("reason"),
        "value": _("value"),
        "replaces": _("replaces"),
        "ended": _("ended"),
        "duty": _("duty in the team"),
        "load limit": _("points this person can carry"),
        "planned for": _("planned for"),
        "happened_at": _("when"),
        "next_step_done_at": _("next step done"),
        "confirmed_at": _("confirmed"),
        "proof": _("proof"),
        ("crm.task", "person"): _("who is to do it"),
        "activity": _("done by"),
        "origin": _("came from"),
        "author": _("done by"),
        ("crm.customer", "parent"): _("belongs to"),
        ("crm.payment", "order"): pgettext_lazy("trade", "order"),
        ("crm.orderline", "order"): pgettext_lazy("trade", "order"),
        ("crm.territory", "started_on"): _("since"),
        ("crm.territory", "ended_on"): _("until"),
    }
)
VALUES["why"] = dict(Reason.choices)
VALUES["right"] = dict(Customer._meta.permissions)


SET_TIER = _("%(who)s set the tier of %(customer)s from %(tier_before)s to %(tier)s")
FOLLOWED = _("the tier of %(customer)s went from %(tier_before)s to %(tier)s by the formula")


def logged(reader, entry):
    """Visits and calls have words of their own."""
    kind = (entry.changes.get("kind") or [None, "visit"])[-1]
    texts = {
        "visit": _("%(who)s logged a visit at %(customer)s"),
        "call": _("%(who)s logged a call with %(customer)s"),
        "message": _("%(who)s logged a message to %(customer)s"),
        "meeting": _("%(who)s logged an online meeting with %(customer)s"),
    }
    return texts.get(kind, _("%(who)s logged an activity at %(customer)s")), {}


def imported(reader, entry):
    """What a row of an import made or changed, or had made before it was undone."""
    told = {name: pair for name, pair in entry.changes.items() if isinstance(pair, list)}
    if entry.verb == "imports.take_back":
        text = _("%(who)s undid the import of %(what)s at %(customer)s")
        return (text if entry.customer_id else _("%(who)s undid the import of %(what)s")), {}
    if entry.subject_type == "crm.customer":
        known = any(before is not None for before, _after in told.values())
        text = _("%(who)s changed %(fields)s of %(customer)s by an import")
        return (text if known else _("%(who)s imported the customer %(customer)s")), {}
    if entry.customer_id:
        return _("%(who)s imported %(what)s at %(customer)s"), {}
    return _("%(who)s imported %(what)s"), {}


SENTENCES.update(
    {
        "late_visits.keep": _("visits arrived after the end of access of their author"),
        "late_visits.refuse": _("visits came too late and were not taken"),
        "late_visits.forget": _("what was written in late visits decided long ago was emptied"),
        "late_visits.accept": _("%(who)s took over a late visit"),
        "late_visits.reject": _("%(who)s rejected a late visit"),
        "imports.begin": _("%(who)s read a file for an import"),
        "imports.receive": _("%(who)s read a file for an import"),
        "imports.match": _("%(who)s matched the columns of an import and had its rows checked"),
        "imports.resume": _("%(who)s went on with an import that had stopped"),
        "imports.check": _("%(who)s had the rows of an import checked"),
        "imports.start": _("%(who)s started an import"),
        "imports.carry_out": imported,
        ("imports.carry_out", "crm.import"): _("%(who)s wrote a part of an import"),
        ("imports.carry_out", "crm.assignment"): recorded_seat,
        "imports.take_back": imported,
        ("imports.take_back", "crm.import"): _("%(who)s undid a part of an import"),
        "imports.finish": _("%(who)s finished an import"),
        "imports.undo": _("%(who)s had an import undone"),
        "imports.discard": _("%(who)s removed the file of an import"),
        "customers.create": _("%(who)s added the customer %(customer)s"),
        ("customers.create", "crm.assignment"): changed_seat,
        "customers.set_tier": SET_TIER,  # the name of it before tiers had days
        "contributions.note": _("%(who)s noted who helped to make %(customer)s"),
        "contributions.take_back": _("%(who)s took back who helped to make %(customer)s"),
        "tiers.override": SET_TIER,
        ("tiers.override", "crm.tieroverride"): _(
            "%(who)s set the tier of %(customer)s to %(tier)s until %(until)s"
        ),
        "tiers.end_override": SET_TIER,
        ("tiers.end_override", "crm.tieroverride"): _(
            "%(who)s let the formula of the tier count again for %(customer)s"
        ),
        "tiers.lapse": FOLLOWED,
        ("tiers.lapse", "crm.tieroverride"): _(
            "the tier of %(customer)s that was set by hand ended, as planned"
        ),
        "tiers.apply": FOLLOWED,
        ("contacts.create", "crm.contact"): _("%(who)s added the contact %(what)s at %(customer)s"),
        ("contacts.add_position", "crm.position"): _(
            "%(who)s gave %(contact)s a place at %(customer)s"
        ),
        "contacts.end_position": _("%(who)s ended a contact's place at %(customer)s"),
        "channels.add": _("%(who)s added a contact channel at %(customer)s"),
        "channels.end": _("%(who)s ended a contact channel at %(customer)s"),
        "channels.reveal": _("%(who)s revealed a contact channel of %(contact)s"),
        "customer_file.save": _("%(who)s filled in the file of %(customer)s: %(fields)s"),
        "customer_file.confirm": _("%(who)s confirmed in the file of %(customer)s: %(fields)s"),
        "private_file.save": _("%(who)s wrote in the private file of %(customer)s"),
        "private_file.reveal": _("%(who)s revealed a value of the private file of %(customer)s"),
        "private_file.erase": _("%(who)s erased the private file of %(customer)s"),
        "private_file.expire": _("values of the private file of %(customer)s were over and erased"),
        "private_switches.ask": _("%(who)s asked to keep %(field)s of households"),
        "private_switches.agree": _("%(who)s agreed to keep %(field)s of households"),
        "private_switches.end": _("%(who)s ended the keeping of %(field_before)s of households"),
        "questions.skip": _("%(who)s put off a question about the file of %(customer)s"),
        "customer_file.ask": _("%(who)s asked about the file of %(customer)s"),
        "exams.start": _("%(who)s began a file exam about %(customer)s"),
        "exams.begin": _("%(who)s began a file exam about %(customer)s"),
        "exams.answer": _(
            "%(who)s answered a file exam about %(customer)s: %(right)s of %(asked)s"
        ),
        "exams.remark": _("%(who)s remarked on a file exam about %(customer)s"),
        "customer_documents.add": _("%(who)s added a document of %(customer)s"),
        "customer_documents.renew": _("%(who)s added a version of a document of %(customer)s"),
        "customer_documents.edit": _("%(who)s changed what is said of a document of %(customer)s"),
        "customer_documents.retire": _("%(who)s took a document of %(customer)s out of use"),
        "customer_documents.restore": _("%(who)s put a document of %(customer)s back into use"),
        "customer_documents.look": _("%(who)s looked at a document of %(customer)s"),
        "customer_documents.fetch": _("%(who)s downloaded a document of %(customer)s"),
        "qualification.save": _("%(who)s entered a finding (MAN) about %(customer)s"),
        "depth.save": _("%(who)s set how deep the relation to %(contact)s at %(customer)s is"),
        "depth.confirm": _(
            "%(who)s confirmed how deep the relation of %(person)s to %(contact)s at %(customer)s is"
        ),
        "important_dates.add": _("%(who)s entered an important date of %(customer)s"),
        "important_dates.change": _("%(who)s changed an important date of %(customer)s"),
        "important_dates.remove": _("%(who)s removed an important date of %(customer)s"),
        "links.add": _("%(who)s recorded that %(person)s knows %(contact)s at %(customer)s"),
        "links.end": _("%(who)s ended a link between people at %(customer)s"),
        "trade.record_order": _("%(who)s recorded the order %(number)s of %(customer)s"),
        ("trade.record_order", "crm.orderline"): _(
            "%(who)s recorded a line of an order of %(customer)s: %(product)s"
        ),
        "trade.record_payment": _("%(who)s recorded a payment of %(customer)s"),
        "trade.correct_payment": _("%(who)s corrected a payment of %(customer)s"),
        "rates.record_rate": _("%(who)s set the rate of %(currency)s to %(rate)s from %(since)s"),
        "rates.change_rate": _("%(who)s changed a rate from %(rate_before)s to %(rate)s"),
        "territories.give": _("%(who)s put %(region)s into the care of %(person)s"),
        "territories.end": _("%(who)s ended the care of a region"),
        "saved_views.save": _("%(who)s saved the view %(name)s"),
        "saved_views.remove": _("%(who)s removed the view %(name_before)s"),
        "saved_views.stop_sharing": _("%(who)s took a view out of the unit %(shared_with_before)s"),
        "saved_views.start_with": _("%(who)s chose the view that the list opens with"),
        "saved_views.put_first": _("%(who)s put a view before the others"),
        "activities.log": logged,
        "activities.correct": _("%(who)s corrected %(fields)s of an activity at %(customer)s"),
        "activities.confirm": _("%(who)s confirmed having been along at %(customer)s"),
        "activities.finish_next_step": _("%(who)s finished a next step at %(customer)s"),
        "tasks.plan": _("%(who)s planned the task %(what)s at %(customer)s"),
        "tasks.change": _("%(who)s changed %(fields)s of the task %(what)s at %(customer)s"),
        "tasks.give": _("%(who)s gave the task %(what)s at %(customer)s to %(person)s"),
        "tasks.finish": _("%(who)s finished the task %(what)s at %(customer)s"),
        "tasks.drop": _("%(who)s dropped the task %(what)s at %(customer)s"),
        "tasks.reopen": _("%(who)s opened the task %(what)s at %(customer)s again"),
    }
)
