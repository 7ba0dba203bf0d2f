"""Documents of a customer: added, renewed, described; looked at and downloaded, each time written down.

What a document is called and what is said of it stays out of the trail. None is ever deleted: one
that is wrong or over is taken out of use, and stays for as long as the company has to keep it.
"""

from django.db.models import F
from django.utils.translation import gettext as _

from accounts.access import Action, can
from accounts.audit import assign, current, record
from accounts.models import Person
from accounts.service import clean, only, service
from crm.models import Document, DocumentFile
from crm.selectors import customer_documents as documents
from kit import bulk, crypto, files
from kit.cells.texts import INVISIBLE
from kit.clock import database_now
from kit.dates import company_zone
from kit.errors import Conflict, NotAllowed, Refused
from kit.locks import hold_off
from kit.models import SubjectKey
from kit.once import DoneAlready, harmless_twice

SAID = {"title", "category", "holder", "valid_until", "note"}
MOST_VERSIONS = 200
LONGEST = 300  # characters of a reason


@harmless_twice
@service(Action.CUSTOMER_EDIT, on="customer")
def add(*, actor, customer, values, data, name, client_uuid=None):
    """Add a document with its first file. values: of SAID; data: bytes, name: as it was called.

    Returns the Document. Raises kit.files.Unsafe (at `file`) for a file that is not kept.
    """
    known = sent_before(client_uuid)
    if known:
        raise DoneAlready(known.document) if known.document.customer_id == customer.pk else taken()
    kind, data, name = files.cleaned(data, name)
    document = Document(customer=customer, made_by=actor)
    say(document, values)
    document.key = SubjectKey.objects.create(wrapped=crypto.new_key())
    document.save()
    record(document, {"category": (None, document.category)}, customer=customer)
    keep(actor, document, 1, kind, data, name, client_uuid)
    return document


@harmless_twice
@service(Action.CUSTOMER_EDIT, on="document")
def renew(*, actor, document, data, name, client_uuid=None):
    """Add a new version of a document; the former ones stay. Returns the Document."""
    changeable(actor, document)
    known = sent_before(client_uuid)
    if known:
        raise DoneAlready(document) if known.document_id == document.pk else taken()
    kind, data, name = files.cleaned(data, name)
    latest = document.files.order_by("-number").values_list("number", flat=True).first() or 0
    if latest >= MOST_VERSIONS:
        raise Refused(_("This document has too many versions"), field="file")
    keep(actor, document, latest + 1, kind, data, name, client_uuid)
    return document


@service(Action.CUSTOMER_EDIT, on="document")
def edit(*, actor, document, values, version):
    """Change what is said of a document. version: the one that the values were typed over."""
    changeable(actor, document)
    same(document, version)
    before = {name: getattr(document, name) for name in ("category", "holder_id", "valid_until")}
    say(document, values)
    allowed(actor, document)
    document.version += 1
    document.save()
    changes = {name: (old, getattr(document, name)) for name, old in before.items()
               if old != getattr(document, name)}  # fmt: skip
    record(document, plain(changes) | {"version": (version, document.version)},
           customer=document.customer)  # fmt: skip
    return document


@service(Action.CUSTOMER_EDIT, on="document")
def retire(*, actor, document, why, version):
    """Take a document out of use, with a reason; its files stay. Returns it."""
    changeable(actor, document)
    same(document, version)
    why = INVISIBLE.sub("", why or "").strip()
    if not why or len(why) > LONGEST:
        raise Refused(_("Say why it is taken out of use"), field="why")
    use(document, {"retired_at": database_now(), "retired_by": actor, "retired_why": why})
    return document


@service(Action.CUSTOMER_EDIT, on="document")
def restore(*, actor, document, version):
    """Put a document back into use. Returns it."""
    allowed(actor, document)
    same(document, version)
    if document.retired_at is None:
        raise Conflict(_("This document is in use."))
    use(document, {"retired_at": None, "retired_by": None, "retired_why": ""})
    return document


def use(document, values):
    """Write whether a document is in use; the reason stays out of the trail."""
    changes = assign(document, values)
    document.version += 1
    document.save()
    record(document, changes, customer=document.customer, personal=("retired_why",))


def hand_on(document, before, holder):
    """Let the paper original of a document go from one person to another, in the verb that runs.

    Either may be None. Nothing happens where somebody else has it by now.
    """
    document = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
    if document.holder_id != (before and before.pk) or document.holder_id == (holder and holder.pk):
        return
    changes = assign(document, {"holder": holder})
    document.version += 1
    document.save()
    record(document, changes, customer=document.customer_id)


@service(Action.CUSTOMER_VIEW, on="document")
def look(*, actor, document, number):
    """(bytes, mark) of a picture: it is drawn with the mark, who looks and when, before it is shown.

    Drawing takes a second: not while others wait for the document.
    """
    row = opened(actor, document, number, "views")
    if not row.is_picture:
        raise Refused(_("Only pictures can be shown here. Download the file"))
    at = database_now().astimezone(company_zone())
    return content(document, row), f"{actor.username} {actor.name} {at:%Y-%m-%d %H:%M}"


@service(Action.CUSTOMER_VIEW, on="document")
def fetch(*, actor, document, number):
    """(kind, bytes) of a version, to be saved."""
    row = opened(actor, document, number, "downloads")
    return row.kind, content(document, row)


def allowed(actor, document):
    """403 for whoever may see that there is this document, and not what is in it."""
    if document.is_guarded and not can(actor, Action.SETTLEMENT_VIEW, document.customer):
        raise NotAllowed()


def changeable(actor, document):
    """403 as in `allowed`; 409 for what is out of use."""
    allowed(actor, document)
    if document.retired_at is not None:
        raise Conflict(_("This document is out of use."))


def same(document, version):
    if document.version != version:
        raise Conflict(_("Somebody else has changed this document. Read it again."))


def opened(actor, document, number, counter):
    """The version of that number, counted as opened once more; 403 without the right to it.

    Who audits says why, of what the customer pays; it stands in the trail.
    """
    row = documents.file_of(document, number)
    if not documents.opens(actor, document):
        raise NotAllowed()
    if documents.reason_needed(actor, document) and not current.get().reason.strip():
        raise Refused(_("Say why you need it"), field="reason")
    count = getattr(row, counter)
    DocumentFile.objects.filter(pk=row.pk).update(**{counter: F(counter) + 1})
    record(row, {counter: (count, count + 1), "number": (None, row.number)},
           customer=document.customer)  # fmt: skip
    return row


def content(document, row):
    """The bytes of a version; Refused once they were erased."""
    try:
        return crypto.unseal_bytes(document.key and document.key.wrapped, row.sealed)
    except crypto.Erased as error:
        raise Refused(_("This file has been erased")) from error


def keep(actor, document, number, kind, data, name, client_uuid):
    """Write one version, sealed, and record that it came."""
    row = DocumentFile(
        document=document, number=number, name=name, kind=kind, size=len(data), made_by=actor,
        client_uuid=client_uuid, sealed=crypto.seal_bytes(document.key.wrapped, data),
    )  # fmt: skip
    bulk.insert([row])
    record(row, {"number": (None, number), "kind": (None, kind)}, customer=document.customer)


def say(document, values):
    """Put what is said of a document, checked by its columns."""
    for name, value in only(values, SAID).items():
        setattr(document, name, value)
    document.title = (document.title or "").strip()
    if not document.title:
        raise Refused(_("Enter a title"), field="title")
    if document.holder and document.holder.state == Person.State.LEFT:
        raise Refused(_("This person has left"), field="holder")
    clean(document, SAID - {"holder", "valid_until"})


def plain(changes):
    """Changes as the trail takes them: days as text."""
    return {name: tuple(one if one is None or isinstance(one, int | str) else one.isoformat()
                        for one in pair) for name, pair in changes.items()}  # fmt: skip


def sent_before(client_uuid):
    """The version that came under this number first, or None; others of that number wait."""
    if client_uuid is None:
        return None
    hold_off(str(client_uuid))
    found = DocumentFile.objects.defer("sealed").select_related("document")
    return found.filter(client_uuid=client_uuid).first()


def taken():
    return Conflict(_("This file has been sent already."))
