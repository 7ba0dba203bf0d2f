"""Documents of a customer: listed, added, renewed; opened by a button, never by a lasting address."""

from uuid import uuid4

from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Action
from accounts.models import Person
from crm.forms.customer_documents import (
    ChangeForm,
    NewDocumentForm,
    ReasonForm,
    RetireForm,
    VersionForm,
)
from crm.models import Customer
from crm.selectors import customer_documents as rows
from crm.selectors import customer_page
from crm.services import customer_documents as documents
from crm.views.customers import head
from kit.files import marked
from kit.versions import version_seen
from kit.web import (
    done,
    foreign,
    form_status,
    get_allowed_or_403,
    get_visible_or_404,
    page_number,
    sent,
    show,
    submitted,
)

PAGE = 25
both = require_http_methods(["GET", "HEAD", "POST"])


def colleagues(request):
    return Person.objects.visible_to(request.user, Action.PERSON_VIEW)


def upload(request):
    """What a form with a file is bound to."""
    return {"files": request.FILES if request.method == "POST" else None,
            "oversized": getattr(request, "oversized", ())}  # fmt: skip


@require_safe
def index(request, pk):
    """The documents of a customer."""
    customer, viewer = get_visible_or_404(Customer, request, pk=pk), request.user
    number = page_number(request)
    powers = customer_page.powers(viewer, customer)
    found = list(rows.of_customer(viewer, customer)[number * PAGE : (number + 1) * PAGE + 1])
    context = head(
        customer, powers, customer_page.standing(viewer, customer), "crm:customer-documents"
    ) | {
        "documents": found[:PAGE],
        "previous": number - 1 if number else None,
        "next": number + 1 if found[PAGE:] else None,
    }
    return show(request, "crm/customer_documents/index.html", context, customers=[pk])


@both
def new(request, pk):
    """Add a document with its first file."""
    customer = get_allowed_or_403(Customer, request, Action.CUSTOMER_EDIT, pk=pk)
    form = NewDocumentForm(sent(request), people=colleagues(request), **upload(request),
                           initial={"client_uuid": uuid4()})  # fmt: skip

    def act(given):
        return documents.add(actor=request.user, customer=customer, values=form.said(),
                             client_uuid=given["client_uuid"], **form.content())  # fmt: skip

    document = submitted(request, form, act)
    if document:
        return done(request, document, _("Document added"))
    cancel = reverse("crm:customer-documents", args=[pk])
    return page(request, form, _("New document"), cancel, customer)


def page(request, form, title, cancel, customer, note=""):
    """The page with one form about a document."""
    context = {"form": form, "title": title, "cancel": cancel, "about": customer, "note": note}
    return show(request, "crm/customer_documents/form.html", context, customers=[customer.pk],
                status=form_status(form))  # fmt: skip


@require_safe
def detail(request, pk):
    """One document: what is said of it, and its versions."""
    document = get_visible_or_404(rows.with_files(), request, pk=pk)
    opens = rows.opens(request.user, document)
    powers = customer_page.powers(request.user, document.customer)
    context = {
        "document": document, "opens": opens,
        "may_edit": opens and Action.CUSTOMER_EDIT in powers,
        "asks": ReasonForm() if rows.reason_needed(request.user, document) else None,
    }  # fmt: skip
    customers = [document.customer_id]
    return show(request, "crm/customer_documents/document.html", context, customers=customers)


@both
def edit(request, pk):
    """Change what is said of a document."""
    document = get_allowed_or_403(rows.with_files(), request, Action.CUSTOMER_EDIT, pk=pk)
    known = {name: getattr(document, name) for name in (*ChangeForm.SAID, "version")}
    known["holder"] = document.holder.username if document.holder else ""
    form = ChangeForm(sent(request), people=colleagues(request), initial=known)

    def act(given):
        return documents.edit(actor=request.user, document=document, values=form.said(),
                              version=given["version"])  # fmt: skip

    if submitted(request, form, act):
        return done(request, document, _("Saved"))
    documents.changeable(request.user, document)
    return page(request, form, document.title, document.get_absolute_url(), document.customer)


@both
def renew(request, pk):
    """A new version of a document."""
    document = get_allowed_or_403(rows.with_files(), request, Action.CUSTOMER_EDIT, pk=pk)
    form = VersionForm(sent(request), **upload(request), initial={"client_uuid": uuid4()})

    def act(given):
        return documents.renew(actor=request.user, document=document,
                               client_uuid=given["client_uuid"], **form.content())  # fmt: skip

    if submitted(request, form, act):
        return done(request, document, _("Version added"))
    documents.changeable(request.user, document)
    return page(request, form, _("New version"), document.get_absolute_url(), document.customer)


@both
def retire(request, pk):
    """Take a document out of use."""
    document = get_allowed_or_403(rows.with_files(), request, Action.CUSTOMER_EDIT, pk=pk)
    form = RetireForm(sent(request), initial={"version": document.version})

    def act(given):
        return documents.retire(actor=request.user, document=document, **given)

    if submitted(request, form, act):
        return done(request, document, _("Taken out of use"))
    documents.changeable(request.user, document)
    title = _("Take %(title)s out of use") % {"title": document.title}
    return page(request, form, title, document.get_absolute_url(), document.customer,
                note=_("It stays in the file with its versions, at the end of the list, and can be put back."))  # fmt: skip


@require_POST
def restore(request, pk):
    """Put a document back into use."""
    document = get_allowed_or_403(rows.with_files(), request, Action.CUSTOMER_EDIT, pk=pk)
    documents.restore(actor=request.user, document=document, version=version_seen(request))
    return done(request, document, _("Back in use"))


def reason(request):
    """Why a file is opened, where somebody says so."""
    form = ReasonForm(request.POST)
    return form.cleaned_data["reason"] if form.is_valid() else ""


@require_POST
def look(request, pk, number):
    """The picture of a version, marked with who looks."""
    document = get_visible_or_404(rows.with_files(), request, pk=pk)
    picture, mark = documents.look(actor=request.user, document=document, number=number,
                                   reason=reason(request))  # fmt: skip
    name = f"document-{pk}-{number}.jpg"
    shown = marked(picture, mark)
    return foreign(request, shown, name, customers=[document.customer_id], inline=True)


@require_POST
def fetch(request, pk, number):
    """A version, to be saved."""
    document = get_visible_or_404(rows.with_files(), request, pk=pk)
    kind, data = documents.fetch(actor=request.user, document=document, number=number,
                                 reason=reason(request))  # fmt: skip
    customers = [document.customer_id]
    return foreign(request, data, f"document-{pk}-{number}.{kind}", customers=customers)
