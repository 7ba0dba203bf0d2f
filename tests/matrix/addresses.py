"""What each address needs to be asked: its arguments, and bodies that would do something."""

import uuid
from datetime import date, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Company
from accounts.selectors import agreements
from accounts.selectors.content import content
from accounts.services import calendar, org, people, profile
from crm.models import OwnershipRules
from crm.selectors import file_fields
from crm.selectors.changesets import fingerprint
from crm.services import capacity, contacts, saved_views
from handover.selectors import rotation_rules
from handover.selectors.final_pay import rules as pay_rules
from kit.digests import digest_of
from kit.versions import tag
from tests.cast import PASSWORD
from tests.crm import hostile_files

TIER = {"tier": "B", "reason": "Grew smaller"}
FORMULA = {"revenue": 60, "growth": 20, "payment": 20, "A": 80, "B": 50}
TODAY = date.today().isoformat()
SOON = (date.today() + timedelta(days=3)).isoformat()

# The object that an address is about, by the beginning of its name (the longest wins).
OBJECTS = {
    "crm:customer": "huadong",
    "crm:depth": "depth",
    "api:depth": "depth",
    "crm:important-date": "important_date",
    "crm:important-date-new": "huadong",
    "api:important-dates": "important_date",
    "crm:contact": "contact",
    "crm:contact-new": "huadong",
    "crm:channel": "channel",
    "crm:channel-new": "contact",
    "crm:position": "position",
    "crm:position-new": "contact",
    "crm:link": "link",
    "crm:link-new": "contact",
    "crm:activity": "activity",
    "crm:share": "huadong",
    "crm:changeset": "change_set",
    "crm:transfer": "draft",
    "crm:approval": "change_set",
    "api:changesets": "change_set",
    "api:changesets-give": "draft",
    "api:changesets-leave-out": "draft",
    "api:changesets-bring-back": "draft",
    "api:changesets-spread": "draft",
    "api:changesets-terms": "draft",
    "api:changesets-propose": "draft",
    **{
        f"handover:departure-{word}": "plan"
        for word in ("plan", "seats", "give", "pay", "terms", "open", "withdraw", "reopen")
    },
    "api:departures-": "plan",
    "handover:task-add": "departure",
    "api:departures-documents": "departure",
    "api:departures-documents-tick": "departure",
    "api:departures-sign-offs": "departure",
    "api:departures-certificate": "departure",
    "api:departures-certificate-file": "departure",
    "api:departures-evidence": "departure",
    "api:departures-outcome": "departure",
    "crm:person": "wu",
    "crm:saved-view": "saved_view",
    "crm:selection": "selection",
    "api:saved_views": "saved_view",
    "api:saved-views": "saved_view",
    "api:selections": "selection",
    "crm:import": "imported",
    "api:imports": "imported",
    "crm:task": "task",
    "crm:task-new": "huadong",
    "api:tasks": "task",
    "crm:document": "customer_document",
    "api:documents": "customer_document",
    "crm:exam": "exam",
    "crm:exam-remark": "tried",
    "api:exams": "exam",
    "api:exams-remark": "tried",
    "handover:departure": "departure",
    "handover:task": "handover_task",
    "handover:customer": "handover",
    "api:departures": "departure",
    "api:handover_tasks": "handover_task",
    "api:handover-tasks": "handover_task",
    "api:handovers": "handover",
    "crm:order": "order",
    "crm:order-new": "huadong",
    "crm:payment": "payment",
    "crm:payment-new": "huadong",
    "crm:rate": "rate",
    "crm:territory": "territory",
    "crm:territory-new": "li",
    "handover:customer-rotation": "huadong",
    "handover:customer-exemption": "huadong",
    "handover:customer-gap": "huadong",
    "handover:exemption": "exemption",
    "api:rotation-exemptions": "exemption",
    "api:orders": "order",
    "api:payments": "payment",
    "api:rates": "rate",
    "accounts:person": "wu",
    "handover:exposure": "wu",
    "accounts:absence": "wu",
    "accounts:inbox": "notice",
    "accounts:agreement-signature": "agreement_signature",
    "accounts:agreement-take-back": "agreement_request",
    "handover:": "departure",
    "handover:follow-up": "follow_up",
    "api:follow-up": "follow_up",
    "crm:private-switch": "switch",
    "api:customers-private": "family",
    "crm:customer-erase": "family",
    "crm:customer-hold": "family",
    "crm:customer-data": "family",
    "crm:erasure": "erasure",
    "crm:hold": "hold",
    "api:erasures": "erasure",
    "api:holds": "hold",
    "crm:late-visit": "late_visit",
    "api:late_visits": "late_visit",
    "api:late-visits": "late_visit",
    "api:devices": "device",
    "api:customers": "huadong",
    "api:contacts": "contact",
    "api:channels": "channel",
    "api:links": "link",
    "api:visits": "activity",
    "api:activities": "activity",
    "api:people": "wu",
    "handover:freeze": "freeze",
    "handover:incident": "incident",
    "handover:incident-new": "huadong",
    "api:freezes": "freeze",
    "api:freeze_calls": "freeze_call",
    "api:freeze-calls": "freeze_call",
    "api:incidents": "incident",
    "api:positions": "position",
    "api:shares": "share",
    "api:absences": "absence",
    "api:notices": "notice",
}
# Arguments that say themselves what they mean.
PARAMETERS = {
    "customer": "huadong", "contact": "contact", "channel": "channel", "link": "link",
    "activity": "activity", "share": "share", "position": "position", "absence": "absence",
    "assignment": "planned", "person": "wu", "case": "departure", "call": "freeze_call",
    "contribution": "contribution", "document": "document", "thing": "thing", "sign_off": "sign_off",
    "task": "plan_task", "handover": "plan_row",
}  # fmt: skip
UNITS = ("accounts:unit", "api:units")
WORDS = {
    "number": 1,
    "seat": "backup",
    "signer": "successor",
    "key": "abc",
    "uidb36": "1",
    "day": "2026-10-01",
}


def arguments(name, parameters, world):
    """Keyword arguments of an address from the world."""
    return {parameter: argument(name, parameter, world) for parameter in parameters}


def argument(name, parameter, world):
    if name.startswith("accounts:agreement") and parameter == "key":
        return world.agreement.key
    if parameter in WORDS:
        return WORDS[parameter]
    if parameter == "token":
        return world.token
    if name == "accounts:unit-leave" and parameter == "person":
        return world.li.pk
    if parameter == "unit" or (name.startswith(UNITS) and parameter == "pk"):
        return world.units["east"].pk
    if name in ("crm:customer-man-letter", "crm:important-date-new", "crm:contact-depth-level"):
        known = {"letter": "money", "kind": "founding_day", "level": 1}
        if parameter in known:
            return known[parameter]
    if name.startswith("crm:customer-file-"):
        return {"pk": world.huadong.pk, "name": "company_profile", "field": "site_access"}[
            parameter
        ]
    if name.startswith("crm:customer-private"):
        return {"pk": world.family.pk, "name": "service", "field": "service_address"}[parameter]
    if name == "crm:private-field":
        return "household_children"
    if name.startswith("crm:file-field"):
        return {"part": "company_profile", "field": "site_access"}[parameter]
    if parameter == "rule":
        return "cn_on_the_day"
    if name.startswith("handover:template-"):
        return {"kind": "resignation", "group": "case", "task": "team_talk"}[parameter]
    return getattr(world, PARAMETERS.get(parameter) or subject(name)).pk


def subject(name):
    """The object of the world that an address is about."""
    best = max((p for p in OBJECTS if name.startswith(p)), key=len, default=None)
    return OBJECTS[best] if best else "huadong"


UNIT = {"name": "East", "name_zh": "华东", "kind": "team", "function": "sales"}
PERSON = {"name": "Somebody", "latin_name": "Some Body", "email": "some@example.com"}
PLACE = {"title": "Buyer", "function": "purchase"}
FIELD = {"label_en": "Gate", "label_zh": "门岗", "weight": "5", "refresh_days": "90"}
ORDER = {
    "number": "SO-2", "ordered_on": "2026-10-02", "state": "open", "currency": "CNY",
    "line-TOTAL_FORMS": "0", "line-INITIAL_FORMS": "0",
}  # fmt: skip
TASK = {"kind": "todo", "title": "Send samples", "due_on": SOON}
PAYMENT = {"paid_on": "2026-10-06", "amount": "50", "currency": "CNY"}
FREEZE = {"trigger": "no_contact", "reason": "Cannot be reached"}
HOW = {"why": "region", "when": "morning", "former": "removed"}
VISIT = {"kind": "visit", "note": "Another note"}
AGREEMENT = {
    "title_en": "Of {company}",
    "text_en": "Keep it.",
    "title_zh": "协议",
    "text_zh": "保密。",
}
TERMS = {"right": "log_customer", "until": f"{SOON}T00:00:00Z", "why": "Longer"}


def seen(row, names):
    """A changed name from the version that is there."""
    return {"version": tag(type(row)._base_manager.get(pk=row.pk), names)}


def firms():
    """A file to be imported."""
    return SimpleUploadedFile("firms.csv", b"id,name,city\n1,Firm,Lyon\n")


# Bodies of writing requests that would change something for whoever may.
BODIES = {
    "accounts:agreement-new": lambda w: AGREEMENT,
    "accounts:agreement-text": lambda w: AGREEMENT | {
        "seen": digest_of(agreements.draft(w.agreement.key))
    },
    "accounts:agreement-publish": lambda w: {
        "audience": "named", "counsel": "on", "seen": digest_of(agreements.draft(w.agreement.key))
    },
    "accounts:agreement-ask": lambda w: {"person": w.ye.pk},
    "accounts:agreement-paper": lambda w: {
        "person": w.wu.pk, "signed_on": "2026-01-05", "kept_at": "Cabinet"
    },
    "accounts:agreement-sign": lambda w: {"agreed": "on", "seen": "x"},
    "api:departures-documents-tick": lambda w: {
        "document": w.document.pk, "state": "received", "version": 1,
    },
    "api:follow-ups-save": lambda w: {
        "result": "answered", "answers": {"follow_30_knows": "Yes"}, "version": 1,
    },
    "handover:document-new": lambda w: {"kind": "contract"},
    "handover:document-tick": lambda w: {"state": "received", "version": "1"},
    "handover:thing-new": lambda w: {"kind": "asset", "title": "Keys"},
    "handover:thing": lambda w: {"taker": w.chen.pk, "proof": "Seen", "version": "1"},
    "handover:write-up": lambda w: {"post_week": "Calls on Mondays", "version": "0"},
    "handover:apprenticeship": lambda w: {"successor": w.chen.pk, "key": "apprenticeship_1"},
    "handover:team-talk": lambda w: {"held_on": SOON},
    "handover:sign-missing": lambda w: {"why": "Ill", "person": w.chen.pk},
    "handover:witness": lambda w: {"person": w.qian.pk},
    "handover:interview": lambda w: {"exit_stay-answer": "More time", "version": "0"},
    "handover:interview-loss": lambda w: {"regretted": "yes"},
    "handover:follow-up": lambda w: {
        "result": "answered", "follow_30_knows": "Yes", "version": "1",
    },
    "api:rotation-plan": lambda w: {"customers": [w.huadong.pk]},
    "api:rotation-swap": lambda w: {"one": w.li.pk, "other": w.wu.pk},
    "api:rotation-exemptions-list": lambda w: {
        "customer": w.huadong.pk, "why": "customer_request", "until": SOON,
        "second_contact": w.chen.pk,
    },
    "api:rotation-exemptions-decide": lambda w: {"approved": True},
    "handover:rotation-plan": lambda w: {"act": "all", "query": "show=90"},
    "handover:rotation-swap": lambda w: {"one": w.li.pk, "other": w.wu.pk},
    "handover:rotation-rules": lambda w: {"act": "save"} | rotation_rules.numbers()
    | {"version": rotation_rules.mark(), "tenure_a": 200},
    "handover:exemption-second-contact": lambda w: {"second_contact": w.he.pk},
    "api:rotation-exemptions-second-contact": lambda w: {"second_contact": w.he.pk},
    "handover:exemption-decide": lambda w: {"approved": "yes"},
    "handover:customer-exemption": lambda w: {
        "why": "customer_request", "until": SOON, "second_contact": w.chen.pk,
    },
    "handover:customer-gap": lambda w: {"part": "terms", "text": "No price list"},
    "set_language": lambda w: {"language": "en"},
    "account_login": lambda w: {"login": "rep.east", "password": "wrong"},
    "accounts:person-new": lambda w: PERSON
    | {"username": "some.body", "unit": w.units["east"].pk, "roles": ["rep"], "language": "en"},
    "accounts:person-edit": lambda w: PERSON,
    "accounts:person-roles": lambda w: {"roles": ["rep", "employee"], "reason": "More to do"},
    "accounts:person-state": lambda w: {"state": "on_notice", "reason": "Leaves"},
    "accounts:person-absence": lambda w: {"kind": "leave", "first_day": SOON, "last_day": SOON},
    "accounts:unit-new": lambda w: UNIT | {"name": "New team", "parent": w.units["sales"].pk},
    "accounts:unit-edit": lambda w: UNIT | {"name": "East and more"},
    "accounts:unit-move": lambda w: {"parent": w.units["root"].pk},
    "accounts:unit-head": lambda w: {"person": w.li.pk},
    "accounts:unit-join": lambda w: {"person": w.wu.pk},
    "accounts:calendar-new": lambda w: {"day": "2027-01-04", "is_working": "off", "name": "Day off"},
    "accounts:company": lambda w: {
        "name": "Firm", "name_zh": "公司", "time_zone": "Asia/Shanghai", "country": "CN",
        "currency": "CNY", "day_starts": "08:30", "day_ends": "18:00", "reveal_budget": "50",
    },
    "accounts:profile": lambda w: {
        "latin_name": "New Name", "language": "en", "theme": "dark", "time_zone": "Asia/Shanghai",
    },
    "accounts:tokens": lambda w: {"name": "script", "days": "30"},
    "crm:log": lambda w: VISIT
    | {"customer": w.huadong.pk, "client_uuid": str(uuid.uuid4()), "ago": "0"},
    "crm:activity-correct": lambda w: VISIT | {"version": "1"},
    "crm:customer-new": lambda w: {
        "name": "New customer", "status": "prospect", "kind": "organisation", "tier": "C",
        "origin": "advert", "manager": "rep.east", "client_uuid": str(uuid.uuid4()),
    },
    "crm:customer-edit": lambda w: {
        "name": "New name", "status": "active", "version": str(w.huadong.version),
    },
    "crm:customer-document-new": lambda w: {
        "title": "Frame contract", "category": "minutes", "client_uuid": str(uuid.uuid4()),
        "file": SimpleUploadedFile("x.pdf", hostile_files.PDF),
    },
    "crm:document-edit": lambda w: {"title": "New", "category": "minutes", "version": "1"},
    "crm:document-renew": lambda w: {
        "client_uuid": str(uuid.uuid4()), "file": SimpleUploadedFile("x.pdf", hostile_files.PDF),
    },
    "api:customers-documents": lambda w: {
        "title": "Frame contract", "category": "minutes",
        "file": SimpleUploadedFile("x.pdf", hostile_files.PDF),
    },
    "crm:document-look": lambda w: {"reason": "Audit"},
    "crm:document-fetch": lambda w: {"reason": "Audit"},
    "crm:document-retire": lambda w: {"why": "Replaced", "version": "1"},
    "crm:document-restore": lambda w: {"version": "1"},
    "api:documents-detail": lambda w: {"valid_until": SOON, "version": 1},
    "api:documents-fetch": lambda w: {"number": 1, "reason": "Audit"},
    "api:documents-retire": lambda w: {"why": "Replaced", "version": 1},
    "api:documents-restore": lambda w: {"version": 1},
    "api:documents-versions": lambda w: {"file": SimpleUploadedFile("x.pdf", hostile_files.PDF)},
    "crm:exam-remark": lambda w: {"remark": "A fair picture"},
    "api:exams-answer": lambda w: {"answers": []},
    "api:exams-answer-all": lambda w: {"answers": []},
    "api:exams-remark": lambda w: {"remark": "A fair picture"},
    "crm:file-field": lambda w: FIELD | {
        "seen": file_fields.digest("company_profile", "site_access")
    },
    "crm:file-field-new": lambda w: FIELD | {"kind": "text"},
    "crm:activity-question": lambda w: {
        "act": "skip", "part": "settlement_traits", "field": "terms_days", "version": 0,
    },
    "crm:customer-file-edit": lambda w: {"site_access": "Gate 2", "source": "visit"},
    "api:customers-file-save": lambda w: {
        "part": "company_profile", "values": {"site_access": {"value": "Gate 2"}},
    },
    "api:customers-file-confirm": lambda w: {"part": "company_profile"},
    "api:customers-file-ask": lambda w: {"part": "company_profile", "field": "site_access"},
    "crm:customer-private-edit": lambda w: {
        "access_notes": "Ring twice", "do_not_contact": "none", "do_not_contact-version": "1",
        "source": "customer",
    },
    "crm:customer-private-erase": lambda w: {"reason": "Asked by letter"},
    "crm:customer-private-reveal": lambda w: {"reason": ""},
    "api:customers-private-save": lambda w: {"values": {"access_notes": {"value": "Ring twice"}}},
    "api:customers-private-reveal": lambda w: {"field": "service_address"},
    "crm:private-field": lambda w: {"purpose": "Safety", "basis": "consent", "retention_days": "90"},
    "crm:customer-tier": lambda w: TIER | {"until": SOON},
    "crm:customer-contributions": lambda w: {
        "kind": "served", "who": "rep.east3", "happened_on": "2026-03-02", "evidence": "Letter",
    },
    "api:customers-made-by": lambda w: {
        "kind": "served", "person": w.ye.pk, "happened_on": "2026-03-02", "evidence": "Letter",
    },
    "api:customers-made-by-take-back": lambda w: {"noted": w.contribution.pk},
    "crm:tiers": lambda w: FORMULA | {"seen": digest_of(content("tiers"))},
    "crm:customer-assign": lambda w: {"why": "workload", "person": w.ye.pk},
    "crm:customer-seat-end": lambda w: {"why": "workload"},
    "crm:customer-member-duty": lambda w: {"duty": "technical"},
    "crm:approval": lambda w: {"verdict": "yes", "seen": fingerprint(w.change_set)},
    "crm:approval-offer": lambda w: {"verdict": "yes"},
    "crm:transfer-people": lambda w: {"people": w.he.pk},
    "crm:transfer-how": lambda w: HOW,
    "crm:transfer-preview": lambda w: {"seen": fingerprint(w.draft), "because": "It has to be"},
    "crm:transfer-leave-out": lambda w: {"customer": w.huadong.pk},
    "crm:transfer-bring-back": lambda w: {"customer": w.huadong.pk},
    "handover:exposure-reduce": lambda w: {"person": w.wu.pk},
    "crm:person-capacity": lambda w: {"limit": "60"},
    "crm:ownership-rules": lambda w: {
        "weight_a": "5", "weight_b": "2", "weight_c": "1", "default_capacity": "90",
        "approval_tier": "A", "approval_rows": "10", "acceptance_days": "2",
    },
    "crm:customer-shares": lambda w: {
        "person": "rep.east3", "right": "read_customer", "until_on": SOON, "why": "Audit",
    },
    "crm:saved-view-new": lambda w: {"name": "New view", "query": "tier=A"},
    "crm:saved-view-edit": lambda w: {"name": "Other name", "query": "tier=A"},
    "crm:assignments-select": lambda w: {"act": "transfer", "pick": str(w.huadong.pk)},
    "crm:selection-new": lambda w: {"shown": str(w.huadong.pk), "pick": str(w.huadong.pk)},
    "crm:selection": lambda w: {"pick": str(w.huadong.pk)},
    "crm:share-change": lambda w: {"right": "log_customer", "until_on": SOON, "why": "Longer"},
    "crm:contact-edit": lambda w: {"name": "Other name", "version": "1", "customer": w.huadong.pk},
    "crm:contact-new": lambda w: {
        "name": "New contact", "function": "other", "held_by": "company",
        "client_uuid": str(uuid.uuid4()),
    },
    "crm:position-new": lambda w: PLACE | {"customer": w.nanqiao.pk},
    "crm:position-edit": lambda w: PLACE,
    "crm:channel-new": lambda w: {"kind": "mail", "value": "a@example.com", "held_by": "company"},
    "crm:channel-edit": lambda w: {"kind": "phone", "value": "13900001111", "held_by": "company"},
    "crm:channel-reveal": lambda w: {"reason": ""},
    "crm:order-new": lambda w: ORDER | {"told_amount": "100", "client_uuid": str(uuid.uuid4())},
    "crm:order-edit": lambda w: ORDER | {"told_amount": "120", "version": "1"},
    "crm:payment-new": lambda w: PAYMENT | {"client_uuid": str(uuid.uuid4())},
    "crm:payment-edit": lambda w: PAYMENT | {"version": "1"},
    "crm:task-new": lambda w: TASK | {"person": w.li.pk, "client_uuid": str(uuid.uuid4())},
    "crm:task-edit": lambda w: TASK | {"version": "1"},
    "crm:task-give": lambda w: {"person": w.chen.pk},
    "crm:task-drop": lambda w: {"why": "Called off"},
    "handover:task-finish": lambda w: {"proof": "Signed"},
    "handover:task-problem": lambda w: {"problem": "Nobody is there"},
    "handover:task-give": lambda w: {"person": w.ye.pk},
    "api:late_visits-reject": lambda w: {"why": "Never happened"},
    "crm:late-visit-reject": lambda w: {"why": "Never happened"},
    "crm:erasure-agree": lambda w: {"sure": "on"},
    "crm:erasure-refuse": lambda w: {"because": "A contract runs"},
    "api:erasures-refuse": lambda w: {"because": "A contract runs"},
    "crm:contact-erase": lambda w: {"ground": "asked", "asked_on": "2026-01-05"},
    "crm:customer-erase": lambda w: {"ground": "asked", "asked_on": "2026-01-05"},
    "api:erasures-list": lambda w: {"customer": w.huadong.pk, "contact": w.contact.pk, "ground": "asked", "asked_on": "2026-01-05"},
    "crm:contact-hold": lambda w: {"ground": "A lawsuit", "until_on": "2099-01-05"},
    "crm:customer-hold": lambda w: {"ground": "A lawsuit", "until_on": "2099-01-05"},
    "api:holds-list": lambda w: {"contact": w.contact.pk, "ground": "A lawsuit", "until_on": "2099-01-05"},
    "crm:contact-data": lambda w: {"reason": "By letter", "form": "page"},
    "crm:customer-data": lambda w: {"reason": "By letter", "form": "json"},
    "api:sync-late": lambda w: {"device": str(w.device.number), "items": []},
    "api:devices-list": lambda w: {"name": "Tablet", "public_key": w.device.public_key},
    "handover:task-add": lambda w: {
        "title": "Collect it", "person": w.chen.pk, "due_on": w.handover_task.due_on.isoformat(),
        "client_uuid": str(uuid.uuid4()),
    },
    "handover:customer-brief": lambda w: {"answer_brief_pay": "Late"},
    "handover:customer-return": lambda w: {"why": "More"},
    "handover:customer-react": lambda w: {
        "reaction": "neutral", "client_uuid": str(uuid.uuid4()),
    },
    "handover:customer-confirm": lambda w: {
        "reaction": "neutral", "client_uuid": str(uuid.uuid4()),
    },
    "handover:departure-waive": lambda w: {
        "gate": "told", "handover": w.handover.pk, "why": "Closed down",
    },
    "crm:rate-new": lambda w: {"currency": "USD", "since": "2026-01-01", "rate": "7.1"},
    "crm:rate-edit": lambda w: {"rate": "7.6", "version": "1"},
    "crm:territory-new": lambda w: {"region": w.region.pk},
    "crm:link-new": lambda w: {"person": "rep.east2", "through": "phone"},
    "crm:import-new": lambda w: {
        "kind": "customers", "source": "matrix", "once": str(uuid.uuid4()), "file": firms(),
    },
    "crm:import-columns": lambda w: {"partial": "no", "column-0": "name"},
    "crm:import-check": lambda w: {"partial": "yes"},
    "api:imports-list": lambda w: {"kind": "customers", "source": "matrix", "file": firms()},
    "api:customers-list": lambda w: {"name": "New customer", "origin": "advert"},
    "api:customers-detail": lambda w: {"name": "New name", "version": w.huadong.version},
    "api:customers-tier": lambda w: TIER | {"until": SOON},
    "api:customers-contacts": lambda w: {"name": "New contact"},
    "api:contacts-detail": lambda w: {"name": "Other name", "version": w.contact.version},
    "api:links-list": lambda w: {"contact": w.contact.pk, "person": w.chen.pk, "through": "phone"},
    "api:handover_tasks-list": lambda w: {
        "departure": w.departure.pk, "title": "Collect it", "person": w.chen.pk,
        "due_on": w.handover_task.due_on.isoformat(),
    },
    "api:handover_tasks-finish": lambda w: {"proof": "Signed"},
    "api:handover_tasks-problem": lambda w: {"problem": "Nobody is there"},
    "api:handover_tasks-give": lambda w: {"person": w.ye.pk},
    "api:handovers-brief": lambda w: {"answers": {"brief_pay": "Late"}},
    "api:handovers-give-back": lambda w: {"why": "More"},
    "api:handovers-confirm": lambda w: {
        "reaction": "neutral", "client_uuid": str(uuid.uuid4()),
    },
    "api:handovers-reaction": lambda w: {
        "reaction": "neutral", "client_uuid": str(uuid.uuid4()),
    },
    "api:orders-list": lambda w: {
        "customer": w.huadong.pk, "client_uuid": str(uuid.uuid4()), "number": "SO-9",
        "ordered_on": "2026-10-02", "amount": "10",
    },
    "api:orders-detail": lambda w: {"amount": "130", "version": w.order.version},
    "api:payments-list": lambda w: {
        "customer": w.huadong.pk, "client_uuid": str(uuid.uuid4()), "paid_on": "2026-10-02",
        "amount": "10",
    },
    "api:payments-detail": lambda w: {"amount": "13", "version": w.payment.version},
    "api:tasks-list": lambda w: {"customer": w.huadong.pk, "title": "Call", "due_on": SOON},
    "api:tasks-detail": lambda w: {"title": "Call again", "version": 1},
    "api:tasks-drop": lambda w: {"why": "Called off"},
    "api:tasks-give": lambda w: {"person": w.chen.pk},
    "api:rates-list": lambda w: {"currency": "USD", "since": "2026-01-01", "rate": "7.1"},
    "api:rates-detail": lambda w: {"rate": "7.7", "version": w.rate.version},
    "api:visits-list": lambda w: {
        "customer": w.huadong.pk, "client_uuid": str(uuid.uuid4()), "kind": "visit", "note": "n",
    },
    "api:visits-detail": lambda w: {"note": "Another note", "version": w.activity.version},
    "api:customers-seats": lambda w: {"seat": "backup", "person": w.ye.pk, "why": "workload"},
    "api:customers-seats-duty": lambda w: {"member": w.planned.pk, "duty": "technical"},
    "api:people-load": lambda w: {"limit": 60},
    "api:ownership-rules": lambda w: {"approval_rows": 10}
    | seen(OwnershipRules(pk=1), capacity.RULES),
    "api:customers-seats-end": lambda w: {"seat": "backup", "why": "workload"},
    "api:customers-seats-cancel": lambda w: {"change": w.planned.pk},
    "api:customers-shares": lambda w: TERMS | {"person": w.ye.pk, "right": "read_customer"},
    "api:saved_views-list": lambda w: {"name": "New view", "filters": {"tier": ["A"]}},
    "api:saved_views-detail": lambda w: {"name": "Other"} | seen(w.saved_view, saved_views.FIELDS),
    "api:changesets-list": lambda w: {
        "customers": [w.huadong.pk], "seat": "backup", "taker": w.ye.pk, "why": "workload", "former": "removed",
    },
    "handover:departure-new": lambda w: {
        "person": w.ming.pk, "last_day": w.plan.last_day.isoformat(), "kind": "resignation",
    },
    "handover:departure-give": lambda w: {"customer": w.huadong.pk, "successor": w.wu.pk},
    "handover:departure-seats": lambda w: {"pick": w.plan_seat.pk, "successor": w.ye.pk},
    "handover:departure-terms": lambda w: {
        "last_day": w.plan.last_day.isoformat(), "kind": "retirement", "version": 1,
    },
    "handover:departure-plan-task": lambda w: {
        "person": w.he.pk, "due_on": w.plan_task.due_on.isoformat(),
    },
    "api:departures-final-pay": lambda w: {
        "day": w.plan.last_day.isoformat(), "why": "Contract", "version": w.plan.version,
    },
    "handover:departure-pay": lambda w: {
        "day": w.plan.last_day.isoformat(), "why": "Contract, clause 7", "version": 1,
    },
    "handover:pay-rule": lambda w: {
        "country": "CN", "kinds": "retirement", "days": "3", "count": "working",
        "source_en": "A source", "source_zh": "依据",
        "seen": digest_of(next(one for one in pay_rules() if one["id"] == "cn_on_the_day")),
    },
    "handover:departure-plan-drop": lambda w: {},
    "handover:departure-plan-customer": lambda w: {"successor": w.wu.pk},
    "handover:departure-open": lambda w: {"version": 1},
    "handover:departure-withdraw": lambda w: {"reason": "Stays"},
    "handover:departure-reopen": lambda w: {"reason": "Not done"},
    "handover:template-row": lambda w: {"offset": "-19", "who": "hr"},
    "handover:template-remove": lambda w: {},
    "handover:template-add": lambda w: {"task": "condolence", "offset": "-2"},
    "handover:template-texts": lambda w: {
        "title_en": "Talk", "title_zh": "沟通", "evidence_en": "Date", "evidence_zh": "日期",
    },
    "handover:template-try": lambda w: {
        "person": w.li.pk, "last_day": w.plan.last_day.isoformat(), "kind": "resignation",
    },
    "api:departures-list": lambda w: {
        "person": w.ming.pk, "last_day": w.plan.last_day.isoformat(), "kind": "resignation",
    },
    "api:departures-detail": lambda w: {"kind": "retirement", "version": 1},
    "api:departures-open": lambda w: {"version": 1},
    "api:departures-withdraw": lambda w: {"reason": "Stays"},
    "api:departures-reopen": lambda w: {"reason": "Not done"},
    "crm:customer-man-letter": lambda w: {"answer": "no", "words": "Refused", "version": "0"},
    "crm:contact-depth-level": lambda w: {"version": "0"} | {f"day-{n}": TODAY for n in range(2)},
    "crm:depth-confirm": lambda w: {"version": "1"},
    "crm:important-date-new": lambda w: {"month": "5", "day": "6"},
    "crm:important-date-edit": lambda w: {"month": "5", "day": "6", "version": "1"},
    "crm:important-date-remove": lambda w: {"version": "1"},
    "api:customers-man-save": lambda w: {"letter": "money", "value": "no", "words": "Refused"},
    "api:contacts-depth": lambda w: {"level": 1, "evidence_on": [TODAY, TODAY]},
    "api:depth-confirm": lambda w: {"version": 1},
    "api:customers-dates": lambda w: {"kind": "founding_day", "month": 5, "day": 6},
    "api:important-dates-change": lambda w: {"month": 5, "day": 6, "version": 1},
    "api:important-dates-remove": lambda w: {"version": 1},
    "api:changesets-give": lambda w: {"customers": [w.huadong.pk], "taker": w.he.pk},
    "api:changesets-leave-out": lambda w: {"customers": [w.huadong.pk]},
    "api:changesets-bring-back": lambda w: {"customers": [w.huadong.pk]},
    "api:changesets-spread": lambda w: {"takers": [w.he.pk]},
    "api:changesets-terms": lambda w: {"why": "region", "former": "removed"},
    "api:changesets-propose": lambda w: {"seen": fingerprint(w.draft), "because": "It has to be"},
    "api:changesets-approve": lambda w: {"seen": fingerprint(w.change_set)},
    "api:changesets-refuse": lambda w: {"note": "Not now"},
    "api:changesets-decline": lambda w: {"note": "No room"},
    "api:selections-list": lambda w: {"filters": {}},
    "api:selections-take-out": lambda w: {"ids": [w.huadong.pk]},
    "api:shares-change": lambda w: TERMS,
    "api:contacts-positions": lambda w: {"customer": w.nanqiao.pk, "title": "Buyer"},
    "api:contacts-channels": lambda w: {"kind": "mail", "value": "a@example.com"},
    "api:positions-detail": lambda w: PLACE | seen(w.position, contacts.SHOWN),
    "api:channels-replace": lambda w: {"kind": "phone", "value": "13900001111"},
    "api:people-list": lambda w: PERSON
    | {"username": "some.body", "unit": w.units["east"].pk, "roles": ["rep"]},
    "api:people-detail": lambda w: {"title": "More"} | seen(w.wu, people.EDITABLE),
    "api:people-roles": lambda w: {"roles": ["rep", "employee"], "reason": "More to do"},
    "api:people-state": lambda w: {"state": "on_notice", "reason": "Leaves"},
    "api:people-absences": lambda w: {"kind": "leave", "first_day": SOON, "last_day": SOON},
    "api:units-list": lambda w: UNIT | {"name": "New team", "parent": w.units["sales"].pk},
    "api:units-detail": lambda w: {"name_zh": "东"} | seen(w.units["east"], org.NAMES),
    "api:units-move": lambda w: {"parent": w.units["root"].pk},
    "api:units-head": lambda w: {"person": w.li.pk},
    "api:units-join": lambda w: {"person": w.wu.pk},
    "api:units-leave": lambda w: {"person": w.li.pk},
    "api:calendar-list": lambda w: {"day": "2027-01-04", "is_working": False},
    "api:calendar-clear": lambda w: {"day": "2026-10-01"},
    "api:company": lambda w: {"name": "Firm"} | seen(Company(pk=1), calendar.COMPANY),
    "api:me": lambda w: {"theme": "dark"} | seen(w.li, profile.OWN),
    "handover:person-freeze": lambda w: FREEZE | {"name": w.wu.name, "password": PASSWORD},
    "handover:freeze-lift": lambda w: {"reason": "It was a mistake", "password": PASSWORD},
    "handover:freeze-call": lambda w: {"outcome": "stays", "client_uuid": str(uuid.uuid4())},
    "handover:freeze-call-attempt": lambda w: {"channel": "call", "version": "1"},
    "handover:freeze-meetings": lambda w: {"call": f"{w.freeze_call.pk}@{SOON}T10:00:00+08:00"},
    "handover:incident-new": lambda w: {"leaver": w.ren.pk, "what": "Orders go elsewhere"},
    "handover:incident-close": lambda w: {"state": "won_back"},
    "api:people-freeze": lambda w: FREEZE | {"password": PASSWORD},
    "api:freezes-lift": lambda w: {"reason": "It was a mistake", "password": PASSWORD},
    "api:freeze_calls-log": lambda w: {"outcome": "stays", "client_uuid": str(uuid.uuid4())},
    "api:freeze_calls-attempt": lambda w: {"channel": "call", "version": 1},
    "api:incidents-list": lambda w: {
        "customer": w.huadong.pk, "leaver": w.ren.pk, "what": "Orders go elsewhere",
    },
    "api:incidents-close": lambda w: {"state": "won_back"},
    "api:notices-read-all": lambda w: {"newest": w.notice.pk},
}  # fmt: skip


def body(name, world):
    """The body that goes with writing requests to an address."""
    known = BODIES.get(name)
    if known is None:
        return {} if name.startswith("api:") else {"sent": "1"}
    return known(world)
