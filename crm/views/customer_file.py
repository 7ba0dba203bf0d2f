"""The customer file: five parts as a list, one part with its values, typing, confirming, asking."""

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Action, can
from crm.forms.customer_file import PartForm
from crm.models import Customer, Fact
from crm.selectors import customer_file as ask_file
from crm.selectors import customer_page, exams
from crm.selectors.threads import pair
from crm.services import customer_file
from crm.views.customers import head
from kit.errors import Conflict, NotAllowed
from kit.web import done, form_status, get_visible_or_404, sent, show, submitted


def organisation(request, pk):
    """The customer, if it is an organisation that this person sees."""
    return get_visible_or_404(
        Customer.objects.annotate(thread_pair=pair()),
        request,
        pk=pk,
        kind=Customer.Kind.ORGANISATION,
    )


def context_of(request, customer):
    """The identity bar, the tabs and the file."""
    powers = customer_page.powers(request.user, customer)
    now = customer_page.standing(request.user, customer)
    return head(customer, powers, now, "crm:customer-file") | {
        "file": ask_file.of_customer(request.user, customer)
    }


@require_safe
def index(request, pk):
    """The five parts with how complete they are; `?panel=1` is the panel of the customer's page."""
    customer = organisation(request, pk)
    if request.GET.get("panel") == "1":
        context = {"customer": customer, "file": ask_file.of_customer(request.user, customer)}
        return show(request, "crm/customer_file/panel.html", context, customers=[pk])
    context = context_of(request, customer)
    context["honest"] = exams.honest(request.user, customer)
    context["may_define"] = can(request.user, Action.CONTENT_EDIT)
    return show(request, "crm/customer_file/index.html", context, customers=[pk])


def shown_part(file, name):
    """The part of this name; the one 404 for another name, 403 for a part one may not see."""
    part = file.part(name)
    if part is None:
        raise Http404
    if part.hidden:
        raise NotAllowed()
    return part


def subject_of(part, request):
    """The subject that ?contact= names, or the only one of a part that does not repeat."""
    key = request.GET.get("contact", "")
    if not part.part.repeats:
        return part.subjects[0]
    found = next((one for one in part.subjects if str(one.place.contact_id) == key), None)
    if found is None:
        raise Http404
    return found


@require_safe
def part(request, pk, name):
    """One part: each value with who confirmed it, when and from what source."""
    customer = organisation(request, pk)
    context = context_of(request, customer)
    part = shown_part(context["file"], name)
    context |= {"part": part, "sources": Fact.Source.choices,
                "neighbours": neighbours(context["file"], part)}  # fmt: skip
    return show(request, "crm/customer_file/part.html", context, customers=[pk])


def neighbours(file, part):
    """The parts before and after one, where there are any to open."""
    rows = [one for one in file.parts if not one.hidden]
    place = rows.index(part)
    after = rows[place + 1] if place + 1 < len(rows) else None
    return {"before": rows[place - 1] if place else None, "after": after}


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, pk, name):
    """Type the values of one part; whoever was faster is shown beside what was typed."""
    customer = organisation(request, pk)
    file = ask_file.of_customer(request.user, customer)
    part = shown_part(file, name)
    if not can(request.user, Action.CUSTOMER_EDIT, customer):
        raise NotAllowed()
    subject = subject_of(part, request)
    person = subject.place.contact_id if subject.place else ""
    form = PartForm(sent(request), subject=subject, draft=f"file-{pk}-{person}")

    def act(given):
        return customer_file.save(
            actor=request.user, customer=customer, part=name, values=form.values(),
            contact=subject.contact, source=given["source"],
        )  # fmt: skip

    if submitted(request, form, act):
        return done(request, part.url, _("Saved and confirmed"))
    context = {"customer": customer, "part": part, "subject": subject, "form": form}
    status = form_status(form)
    if isinstance(getattr(form, "refused", None), Conflict):
        context |= rivals(form)
    return show(request, "crm/customer_file/edit.html", context, customers=[pk], status=status)


def rivals(form):
    """Theirs beside mine, and a form that will save mine over theirs."""
    mine, theirs = form.data.copy(), []
    for cell in form.cells:
        name = cell.field.id
        if form.typed[name]["version"] != cell.version:
            mine[f"{name}-version"] = cell.version
            typed = customer_file.sound(cell.field, form.typed[name]["value"])
            if typed != cell.value:
                words = ask_file.words_of(cell.field, typed)
                theirs.append((cell.field.label, "\n".join(cell.words), "\n".join(words)))
    last = next((one for one in form.cells if one.field.id in form.refused.fields), None)
    refused, form.data = form.refused, mine
    told = (last.by, last.at) if last and last.by else None
    return {"theirs": theirs, "refused": refused, "last": told}


@require_POST
def confirm(request, pk, name):
    """All that is filled is still correct: of the part, or of one person in it."""
    customer = organisation(request, pk)
    part = shown_part(ask_file.of_customer(request.user, customer), name)
    subject = subject_of(part, request)
    customer_file.confirm(
        actor=request.user, customer=customer, part=name, contact=subject.contact,
        source=request.POST.get("source") or Fact.Source.VISIT,
    )  # fmt: skip
    return done(request, part.url, _("Confirmed as still correct"))


@require_POST
def ask(request, pk, name, field):
    """Ask whoever answers for the customer for one field."""
    customer = organisation(request, pk)
    part = shown_part(ask_file.of_customer(request.user, customer), name)
    subject = subject_of(part, request)
    customer_file.ask(
        actor=request.user, customer=customer, part=name, field=field, contact=subject.contact
    )
    return done(request, part.url, _("Asked. It is a task of whoever answers for the customer."))


@require_safe
def history(request, pk, name, field):
    """What a field said before, who confirmed it and when."""
    customer = organisation(request, pk)
    part = shown_part(ask_file.of_customer(request.user, customer), name)
    subject = subject_of(part, request)
    cell = next((one for one in subject.cells if one.field.id == field), None)
    if cell is None:
        raise Http404
    context = {"customer": customer, "part": part, "subject": subject, "cell": cell,
               "steps": ask_file.steps(cell), "back": reverse("crm:customer-file-part",
               args=[pk, name])}  # fmt: skip
    return show(request, "crm/customer_file/history.html", context, customers=[pk])
