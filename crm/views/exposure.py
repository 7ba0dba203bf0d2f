"""Ten-minute exposure: the files of another system in, what hangs on whom out. Nothing is kept."""

from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from accounts.access import Action, Reach, reach
from crm.forms.exposure import ExposureForm
from crm.selectors import exposure_paper, exposure_report
from kit.errors import NotAllowed
from kit.web import file, form_status, sent, show, submitted


@require_http_methods(["GET", "HEAD", "POST"])
def files(request):
    """The form, or the report of the files in it: on the page, or as a file of its own.

    Django deletes the files when the answer has been sent.
    """
    if reach(request.user, Action.EXPOSURE_VIEW) < Reach.TEAM:
        raise NotAllowed()
    form = ExposureForm(
        sent(request), request.FILES if request.method == "POST" else None,
        oversized=getattr(request, "oversized", ()),
    )  # fmt: skip
    result = submitted(request, form, lambda given: report(form, given))
    if result and request.POST.get("as") == "file":
        return attachment(request, *result)
    if (
        sheets := result[0].sheets
        if result
        else getattr(form, "refused", None) and form.refused.sheets
    ):
        form.ask(sheets)
    context = {"form": form, "report": exposure_report.shape(*result) if result else None}
    page = "crm/exposure/area.html" if request.htmx else "crm/exposure/index.html"
    return show(request, page, context, status=200 if result else form_status(form))


def report(form, given):
    """The reading and the findings of the files that were sent."""
    kinds = ("accounts", "owners", "activities")
    paths = {kind: given[kind].temporary_file_path() for kind in kinds if given[kind]}
    chosen = {"as_of": given["as_of"], "day_order": given["day_order"] or None}
    return exposure_paper.report(paths, columns=form.columns(), shapes=form.shapes(), **chosen)


def attachment(request, reading, found):
    """The report in the language of the page, as a file that stands alone."""
    html = exposure_paper.paper(reading, found, [get_language()])
    return file(request, html, f"exposure-{found.facts.as_of}.html")
