"""What each address needs to be asked: its arguments, and bodies that would do something."""

from datetime import date, timedelta

TOMORROW = (date.today() + timedelta(days=1)).isoformat()

# Arguments by the prefix of the address (the longest wins), for whatever it takes of them.
OBJECTS = {
    "crm:customer": "huadong",
    "crm:contact": "contact",
    "crm:channel": "channel",
    "crm:channel-new": "contact",
    "crm:position": "position",
    "crm:position-new": "contact",
    "crm:link": "link",
    "crm:link-new": "contact",
    "crm:activity": "activity",
    "crm:share": "share",
    "accounts:person": "wu",
    "accounts:absence": "absence",
    "accounts:notice": "notice",
    "api:customers": "huadong",
    "api:contacts": "contact",
    "api:links": "link",
    "api:visits": "activity",
    "api:people": "wu",
}
WORDS = {"seat": "backup", "key": "abc", "uidb36": "1", "path": "x", "kind": "phone"}

# Bodies of POST, PUT and PATCH that would change something for whoever may.
BODIES = {
    "account_login": lambda w: {"login": "rep.east", "password": "wrong"},
}


def arguments(name, parameters, world):
    """Keyword arguments of an address from the world."""
    found = {}
    for parameter in parameters:
        if parameter in WORDS:
            found[parameter] = WORDS[parameter]
        elif parameter == "unit" or name.startswith("accounts:unit"):
            found[parameter] = world.units["east"].pk
        else:
            found[parameter] = getattr(world, subject(name, parameter)).pk
    return found


def subject(name, parameter):
    """The object of the world that an argument of an address means."""
    if parameter in ("customer", "contact", "channel", "link", "activity", "share", "position"):
        return {"customer": "huadong"}.get(parameter, parameter)
    if parameter == "person":
        return "wu"
    best = max((p for p in OBJECTS if name.startswith(p)), key=len, default=None)
    return OBJECTS[best] if best else "huadong"


def body(name, world):
    """The body that goes with writing requests to an address."""
    return BODIES.get(name, lambda w: {})(world)
