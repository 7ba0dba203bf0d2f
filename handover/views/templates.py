"""The templates of departures: what is listed, changed, and tried with a person."""

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Action, can
from handover.forms.templates import AddForm, RowForm, TextsForm, TryForm
from handover.selectors import templates as ask
from handover.services import departures, templates
from kit.errors import NotAllowed
from kit.web import done, form_page, form_status, sent, show, submitted

both = require_http_methods(["GET", "HEAD", "POST"])


def editing(request):
    """Templates are seen and changed by those who may edit content."""
    if not can(request.user, Action.CONTENT_EDIT):
        raise NotAllowed()


def list_url(kind, group):
    return f"{reverse('handover:templates')}?kind={kind}&group={group}"


def rows_or_404(kind, group):
    rows = ask.listed(kind, group)
    if rows is None:
        raise Http404
    return rows


@require_safe
def index(request):
    """The rows of one template, for the case or a tier."""
    editing(request)
    kinds = ask.kinds()
    kind, group = request.GET.get("kind", ""), request.GET.get("group", "")
    kind = kind if kind in dict(kinds) else kinds[0][0]
    group = group if group in ask.GROUPS else ask.CASE
    tabs = [
        {"url": list_url(kind, name), "label": _("Case") if name == ask.CASE else
         _("Tier %(tier)s") % {"tier": name}, "current": name == group}
        for name in ask.GROUPS
    ]  # fmt: skip
    context = {
        "kinds": kinds, "kind": kind, "group": group, "tabs": tabs, "rows": ask.listed(kind, group),
        "can_try": can(request.user, Action.DEPARTURE_RUN),
    }  # fmt: skip
    return show(request, "handover/templates/index.html", context)


@both
def row(request, kind, group, task):
    """Day, who and weight of a task in a template."""
    editing(request)
    found = next((one for one in rows_or_404(kind, group) if one.key == task), None)
    if found is None:
        raise Http404
    known = {"offset": found.offset, "who": found.who, "blocking": found.blocking}
    form = RowForm(sent(request), initial=known)

    def act(data):
        return templates.set_row(actor=request.user, kind=kind, group=group, task=task, values=data)

    if submitted(request, form, act):
        return done(request, list_url(kind, group), _("Saved."))
    context = {"form": form, "row": found, "kind": kind, "group": group,
               "cancel": list_url(kind, group)}  # fmt: skip
    return show(request, "handover/templates/row.html", context, status=form_status(form))


@require_POST
def remove(request, kind, group, task):
    """Take a task out of a template."""
    editing(request)
    rows_or_404(kind, group)
    templates.remove_row(actor=request.user, kind=kind, group=group, task=task)
    return done(request, list_url(kind, group), _("The task is out of the template."))


@both
def add(request, kind, group):
    """Take a task of the library into a template."""
    editing(request)
    rows_or_404(kind, group)
    form = AddForm(sent(request), tasks=ask.addable(kind, group))

    def act(data):
        return templates.add_row(actor=request.user, kind=kind, group=group, **data)

    if submitted(request, form, act):
        return done(request, list_url(kind, group), _("Saved."))
    return form_page(request, form, _("Add a task"), list_url(kind, group))


@both
def texts(request, task):
    """What a task of the library says in both languages."""
    editing(request)
    found = ask.library().get(task)
    if found is None:
        raise Http404
    known = {f"{field}_{language}": found[field][language]
             for field in ("title", "evidence") for language in ("en", "zh")}  # fmt: skip
    form = TextsForm(sent(request), initial=known)

    def act(data):
        pairs = {field: {language: data[f"{field}_{language}"] for language in ("en", "zh")}
                 for field in ("title", "evidence")}  # fmt: skip
        return templates.set_texts(actor=request.user, task=task, texts=pairs)

    if submitted(request, form, act):
        return done(request, reverse("handover:templates"), _("Saved."))
    note = _("Counts for plans from now on; cases that have the task keep its text.")
    return form_page(
        request, form, _("Texts of the task"), reverse("handover:templates"), note=note
    )


@both
def trial(request):
    """What a template would create for somebody; nothing is written."""
    if not can(request.user, Action.DEPARTURE_RUN):
        raise NotAllowed()
    form = TryForm(
        sent(request), viewer=request.user, initial={"kind": request.GET.get("kind", "")}
    )

    def act(data):
        departures.check_terms(data["last_day"], data["kind"])
        return ask.trial(request.user, **data)

    found = submitted(request, form, act)
    context = {"form": form, "found": found}
    return show(request, "handover/templates/try.html", context, status=form_status(form))
