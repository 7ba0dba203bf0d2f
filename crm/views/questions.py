"""The one question after a visit: asked, answered, confirmed or put off."""

from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm.forms.customer_file import control
from crm.forms.questions import AnswerForm
from crm.models import Activity
from crm.selectors import questions as ask
from crm.services import questions
from kit.errors import Refused
from kit.versions import changed_meanwhile
from kit.web import done, form_status, get_visible_or_404, sent, show, submitted


@require_http_methods(["GET", "HEAD", "POST"])
def show_question(request, pk):
    """A panel for the page a visit was logged from; a page of its own without script."""
    activity = get_visible_or_404(
        Activity.objects.select_related("customer"), request, pk=pk, author=request.user
    )
    asks = request.method != "POST"
    question = ask.after_visit(request.user, activity) if asks else named(request, activity)
    if question is None:
        return answered(request, activity, "")
    form = AnswerForm(sent(request), answer=control(question.cell.field))

    def act(given):
        return respond(request, activity.customer, question, given)

    said = submitted(request, form, act)
    if said:
        return answered(request, activity, said)
    context = {"question": question, "form": form, "activity": activity}
    name = "panel" if request.htmx else "page"
    return show(request, f"crm/questions/{name}.html", context,
                customers=[activity.customer_id], status=form_status(form))  # fmt: skip


def named(request, activity):
    """The question that was asked, which an answer must be about."""
    given = request.POST
    contact = given.get("contact", "")
    key = int(contact) if contact.isascii() and contact.isdigit() and len(contact) < 19 else None
    return ask.asked(request.user, activity, given.get("part", ""), given.get("field", ""), key)


def respond(request, customer, question, given):
    """Carry out what was chosen; what to say of it."""
    about = {"actor": request.user, "customer": customer}
    if given["act"] == "skip":
        questions.skip(
            **about, field=question.cell.field.id, contact=question.subject.contact
        )  # fmt: skip
        return _("Another time.")
    if given["version"] != question.cell.version:
        raise changed_meanwhile()
    if given["act"] == "confirm":
        questions.confirm(**about, question=question)
        return _("Confirmed as still correct")
    try:
        questions.answer(**about, question=question, value=given["answer"])
    except Refused as refused:  # said at the one control there is
        raise Refused(refused.message, field="answer") from refused
    return _("Saved and confirmed")


def answered(request, activity, said):
    """Nothing more is asked of this visit."""
    if request.htmx:
        return show(request, "crm/questions/said.html", {"said": said})
    return done(request, activity, said)
