"""How the trail of people and organisation reads. See accounts.selectors.sentences."""

from django.utils.translation import gettext_lazy as _

from accounts.access import Role
from accounts.selectors.sentences import AREAS, LABELS, NAMED, NOUNS, POINTS, SENTENCES, VALUES

NAMED.add("accounts.unit")
AREAS.update(
    {
        "people": _("People"),
        "org": _("Organisation"),
        "calendar": _("Calendar and company"),
        "content": _("Templates and texts"),
        "agreements": _("Agreements"),
        "profile": _("Profiles"),
        "sessions": _("Sessions and tokens"),
        "trail": _("Reading of the trail"),
        "shell": _("Commands of the server"),
    }
)
NOUNS.update(
    {
        "accounts.person": _("a person"),
        "accounts.unit": _("a unit"),
        "accounts.membership": _("a membership"),
        "accounts.absence": _("an absence"),
        "accounts.company": _("the company's settings"),
        "accounts.calendarday": _("a day of the calendar"),
        "accounts.apitoken": _("a token"),
        "accounts.content": _("templates and texts"),
        "accounts.agreement": _("an agreement"),
        "accounts.agreementrequest": _("a request to sign"),
        "accounts.agreementsignature": _("a signature under an agreement"),
    }
)
POINTS.update(
    {
        "person": "accounts.person",
        "head": "accounts.person",
        "unit": "accounts.unit",
        "parent": "accounts.unit",
        "home_unit": "accounts.unit",
        "origin_person": "accounts.person",
        "agreement": "accounts.agreement",
    }
)
LABELS.update(
    {
        "person": _("person"),
        "agreement": _("agreement"),
        "digest": _("fingerprint"),
        "number": _("number"),
        "reminded": _("reminded"),
        "head": _("head"),
        "unit": _("unit"),
        "parent": _("unit above"),
        "from": _("from"),
        "to": _("until"),
        "until": _("until"),
        "roles": _("roles"),
        "state": _("state of employment"),
        "token": _("token"),
        "expires": _("expires"),
        "sessions": _("sessions"),
        "is_working": _("working day"),
        "version": _("version"),
        "calendar_days": _("days in the calendar"),
        "filters": _("filters"),
        "language": _("language"),
        "time_zone": _("time zone"),
        "theme": _("theme"),
        "shortcuts": _("single-key shortcuts"),
        "by_mail": _("notices by mail"),
        "joined_on": _("joined on"),
        "kind": _("kind"),
        "function": _("function"),
        "position": _("order"),
        "reveal_budget": _("reveals a day"),
        "day_starts": _("working day begins"),
        "day_ends": _("working day ends"),
        "currency": _("currency"),
        "country": _("country"),
        "note": _("note"),
    }
)
VALUES["roles"] = dict(Role.choices)
SENTENCES.update(
    {
        "people.create": _("%(who)s took on %(what)s"),
        "people.set_roles": _(
            "%(who)s changed the roles of %(what)s from %(roles_before)s to %(roles)s"
        ),
        "people.set_state": _(
            "%(who)s changed the state of %(what)s from %(state_before)s to %(state)s"
        ),
        "people.record_absence": _(
            "%(who)s recorded an absence of %(person)s from %(from)s until %(to)s"
        ),
        "people.end_absence": _("%(who)s ended an absence of %(person)s"),
        ("people.create", "accounts.membership"): _(
            "%(who)s put %(person)s, new here, into %(unit)s"
        ),
        "org.create_unit": _("%(who)s created the unit %(what)s under %(parent)s"),
        "org.move": _("%(who)s moved %(what)s from %(parent_before)s to %(parent)s"),
        "org.set_head": _("%(who)s made %(head)s head of %(what)s"),
        "org.join": _("%(who)s put %(person)s into %(unit)s"),
        "org.leave": _("%(who)s took %(person_before)s out of %(unit_before)s"),
        "calendar.set_day": _("%(who)s set a day of the calendar"),
        "calendar.clear_day": _("%(who)s took a day out of the calendar"),
        "content.load": _("%(who)s loaded templates and texts"),
        "content.edit": _("%(who)s changed templates and texts"),
        "agreements.publish": _("%(who)s published version %(number)s of the agreement %(what)s"),
        "agreements.ask": _("%(who)s asked %(person)s to sign the agreement %(agreement)s"),
        "agreements.take_back": _("%(who)s no longer asks %(person_before)s to sign an agreement"),
        "agreements.sign": _("%(who)s signed the agreement %(agreement)s"),
        "agreements.note_paper": _(
            "%(who)s noted that %(person)s signed the agreement %(agreement)s on paper"
        ),
        "agreements.remind": _("%(who)s reminded people to sign the agreement %(what)s"),
        "calendar.load_days": _("%(who)s loaded public holidays"),
        "devices.register": _("%(who)s registered the device %(name)s"),
        "devices.revoke": _("%(who)s took a device back"),
        "sessions.issue_token": _("%(who)s issued the token %(token)s"),
        "sessions.revoke_token": _("%(who)s revoked the token %(token_before)s"),
        "sessions.end": _("%(who)s ended other sessions"),
        "trail.read": _("%(who)s read the trail"),
    }
)
