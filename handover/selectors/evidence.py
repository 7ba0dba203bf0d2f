"""The evidence of a closed case as one file: certificate, lists, signatures, trail, digests, a check.

The same facts, read by the same sight, give the same bytes. Names of contacts stand in it where the
reader sees them; all others are known by their keys, as in what was signed.
"""

import io
import json
import zipfile
from pathlib import Path

from django.apps import apps
from django.db import connection
from django.db.models import Q
from django.template.loader import render_to_string

from accounts import audit
from accounts.access import Action, can
from accounts.models import Company, TrailEntry
from handover import evidence_check
from handover.models import Departure, SignOff
from handover.scopes import about, path_of
from handover.selectors import certificate, certificate_pdf
from kit.rows import write
from kit.templatetags.words import shown_name

TAKEN = "evidence.take"  # readings of the evidence are no part of it
# What is said to HR alone or to the service line alone, and comes after the case.
APART = ("handover.exitinterview", "handover.followup")
GONE_TOO = ("handover.waiver", "handover.handovertask")  # rows of these may have been taken back
LINKS = f"""
    SELECT s.position, s.digest, b.digest, {audit.canonical("e")}
    FROM accounts_trailentry e JOIN accounts_seal s ON s.entry_id = e.id
    LEFT JOIN accounts_seal b ON b.position = s.position - 1
    WHERE e.id = ANY(%s) ORDER BY s.position
"""


class Unsealed(Exception):
    """Part of the trail of the case has no link yet; the sealer comes every minute."""


def may_take(person, departure):
    """Whether a person may take the evidence of a case: it is closed, and they run or audit cases."""
    closed = departure.state == Departure.State.CLOSED
    return closed and can(person, Action.EVIDENCE_TAKE, departure)


def pack(person, departure):
    """(the ZIP in bytes, SHA-256 of its list of digests, keys of its customers); raises Unsealed."""
    lines = certificate.lines(person, departure)
    pdf, _customers = certificate_pdf.certificate(person, departure)
    files = {
        "certificate.pdf": pdf,
        "contacts.csv": contacts(departure, lines),
        "customers.csv": customers(lines),
        "signatures.json": pretty(signatures(departure)),
        "trail.jsonl": "".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in chain(departure)),
        "README.txt": render_to_string("handover/closing/evidence.txt", {"departure": departure}),
        "verify.py": Path(evidence_check.__file__).read_text(),
    }  # fmt: skip
    files = {name: text.encode() if isinstance(text, str) else text for name, text in files.items()}
    listed = manifest(departure, files)
    return (
        zipped({evidence_check.MANIFEST: listed} | files, departure.closed_at),
        evidence_check.sha(listed),
        [line.handover.customer_id for line in lines],
    )


def manifest(departure, files):
    """The list of digests."""
    head = {
        "format": 1, "company": Company.objects.get(pk=1).name, "case": departure.pk,
        "closed_at": departure.closed_at.isoformat(),
        "files": {name: evidence_check.sha(content) for name, content in sorted(files.items())},
    }  # fmt: skip
    return pretty(head).encode()


def pretty(value):
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def zipped(files, at):
    """Files as a ZIP whose bytes depend on nothing but them and the instant `at`."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, at.timetuple()[:6])
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            entry.external_attr = 0o644 << 16
            pack.writestr(entry, content)
    return out.getvalue()


# -- the lists -------------------------------------------------------------------------------------
def customers(lines):
    """The customers of a case as CSV: who took each over, and that it was safe."""
    heads = ["key 编号", "customer 客户", "tier 等级", "receiver 接收人", "brief 交接要点",
             "told 已告知", "reaction 客户态度", "service call 回访电话", "contacts 联系人数"]  # fmt: skip
    rows = []
    for line in lines:
        row = line.handover
        rows.append([
            row.customer_id, row.customer.name, row.tier,
            shown_name(row.successor) if row.successor else "", row.brief, row.told_at,
            row.reaction, row.called_at, line.number,
        ])  # fmt: skip
    return sheet(heads, rows)


def contacts(departure, lines):
    """The contacts whom the leaver dealt with, as they were signed for and as they are now, as CSV."""
    signed = signed_contacts(departure)
    heads = ["customer 客户编号", "key 编号", "contact 联系人"]
    rows = []
    for line in lines:
        names = {contact.pk: contact.name for contact in line.contacts}
        for key in sorted(signed.get(line.handover.customer_id, set()) | line.keys):
            rows.append([line.handover.customer_id, key, names.get(key, "")])
    return sheet(heads, rows)


def signed_contacts(departure):
    """Customer → contacts that stand in what was signed, as keys."""
    found = {}
    for content in SignOff.objects.filter(departure=departure).values_list("content", flat=True):
        for row in content.get("contacts", ()):
            found.setdefault(row["customer"], set()).update(row["contacts"])
    return found


def sheet(heads, rows):
    out = io.BytesIO()
    write.csv(out, heads, rows)
    return out.getvalue()


# -- signatures and trail --------------------------------------------------------------------------
def signatures(departure):
    """The signatures in order, each with what was signed."""
    rows = SignOff.objects.filter(departure=departure).select_related("person", "made_by")
    return [
        {
            "number": row.pk, "signer": row.signer,
            "person": row.person and {"key": row.person_id, "name": row.person.name},
            "written_by": {"key": row.made_by_id, "name": row.made_by.name},
            "signed_at": row.signed_at.isoformat(), "missing_because": row.missing_because,
            "digest": row.digest, "content": row.content,
        }
        for row in rows.order_by("pk")
    ]  # fmt: skip


def chain(departure):
    """The entries of the trail about a case, each with its link and the one before it."""
    ids = list(entries(departure).order_by("pk").values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(LINKS, [ids])
        rows = cursor.fetchall()
    if len(rows) != len(ids):
        raise Unsealed
    return [
        {"position": position, "before": bytes(before or audit.GENESIS).hex(),
         "digest": bytes(digest).hex(), "row": row}
        for position, digest, before, *row in rows
    ]  # fmt: skip


def entries(departure):
    """The entries of the trail whose subject is a case, a row of it, or a change set of it."""
    found = about("crm.changeset", departure.change_sets.all())
    for model in apps.get_app_config("handover").get_models():
        label = model._meta.label_lower
        path = path_of(model) if hasattr(model, "held") and label not in APART else ""
        if path:
            found |= about(label, model._base_manager.filter(**{path: departure.pk}))
    for label in GONE_TOO:
        events = apps.get_model(f"{label}event").objects.filter(departure=departure.pk)
        keys = events.order_by().values_list("pgh_obj_id", flat=True).distinct()
        found |= Q(subject_type=label, subject_id__in=[str(key) for key in keys])
    return TrailEntry.objects.filter(found).exclude(verb=TAKEN)
