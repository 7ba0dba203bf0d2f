"""Documents of customers, and which of their files one may open."""

from django.db.models import F, OuterRef, Prefetch, Subquery
from django.http import Http404

from accounts.access import Role
from crm.models import Document, DocumentFile


def with_files():
    """Documents with people and all their versions, without a byte of them, the newest first."""
    files = DocumentFile.objects.defer("sealed").select_related("made_by").order_by("-number")
    rows = Document.objects.select_related("holder", "made_by", "retired_by", "customer")
    return rows.prefetch_related(Prefetch("files", files))


def of_customer(viewer, customer):
    """The documents of a customer that this person sees, each with `latest` as a kind of file.

    Those out of use come last.
    """
    latest = DocumentFile.objects.filter(document=OuterRef("pk")).order_by("-number")
    rows = Document.objects.visible_to(viewer).filter(customer=customer)
    rows = rows.order_by(F("retired_at").desc(nulls_first=True), "-pk")
    return rows.select_related("holder").annotate(
        latest=Subquery(latest.values("number")[:1]),
        latest_kind=Subquery(latest.values("kind")[:1]),
        latest_at=Subquery(latest.values("made_at")[:1]),
    )


def opens(viewer, document):
    """Whether this person may open the files of a document."""
    return DocumentFile.objects.visible_to(viewer).filter(document=document).exists()


def reason_needed(viewer, document):
    """Whether this person opens the files only with a reason: the auditor, of what is guarded."""
    return document.is_guarded and viewer.has_role(Role.AUDITOR)


def file_of(document, number):
    """The version of that number, the only one whose bytes are read; the 404 where there is none."""
    found = document.files.filter(number=number).first()
    if found is None:
        raise Http404
    return found
