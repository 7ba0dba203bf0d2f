"""Imports: the history, a new one in steps, what came of it, and taking it back."""

from uuid import uuid4

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Action, can
from crm.forms.imports import ColumnsForm, FileForm, RowsForm, WishesForm
from crm.imports import matching, shown
from crm.imports.kinds import KINDS
from crm.imports.run import may
from crm.imports.undo_plan import plan_undo
from crm.models import Import
from crm.services import imports
from crm.views.downloads import table
from kit.errors import NotAllowed, Refused
from kit.rows import Unreadable
from kit.rows.wording import sentence
from kit.templatetags.fields import control
from kit.web import done, form_status, get_visible_or_404, sent, show, submitted

State = Import.State
OPEN = (State.MATCHING, State.CHECKED, State.REFUSED)  # still to be decided on
PAGE = 25


def the_import(request, pk):
    """The import of the address with its job and its maker, or the fixed 404."""
    rows = Import.objects.select_related("job", "made_by", "key")
    return get_visible_or_404(rows, request, pk=pk)


def allowed(request):
    """Only who imports has a use for these pages."""
    if not can(request.user, Action.IMPORT_RUN):
        raise NotAllowed()


def address(imported, name="crm:import"):
    return reverse(name, args=[imported.pk])


@require_safe
def index(request):
    """Every import one sees, the newest first."""
    allowed(request)
    found = Import.objects.visible_to(request.user).select_related("made_by", "job")
    after = RowsForm(request.GET).given()["after"]
    if after:
        found = found.filter(pk__lt=after)
    rows = list(found.order_by("-pk")[: PAGE + 1])
    for one in rows:
        one.maker, one.is_stopped = shown.maker(one), shown.stopped(one)
        one.can_be_undone = shown.may_undo(one)
    context = {"imports": rows[:PAGE], "kinds": kinds_of(request.user), "first_page": not after}
    if len(rows) > PAGE:
        context["next_page"] = f"{request.path}?after={rows[PAGE - 1].pk}"
    return show(request, "crm/imports/index.html", context)


def kinds_of(person):
    """What this person may import."""
    return [kind for kind in KINDS.values() if may(person, kind)]


@require_http_methods(["GET", "HEAD", "POST"])
def create(request):
    """Step 1: the file. It is read, sealed row by row, and gone."""
    allowed(request)
    form = FileForm(
        sent(request), request.FILES if request.method == "POST" else None,
        kinds=kinds_of(request.user), sources=shown.sources(request.user),
        oversized=getattr(request, "oversized", ()),
        initial={"once": uuid4(), "kind": "customers"},
    )  # fmt: skip
    if imported := submitted(request, form, lambda given: receive(request, given)):
        return done(request, address(imported, "crm:import-columns"))
    context = {"form": form, "kinds": kinds_of(request.user)}
    return show(request, "crm/imports/new.html", context, status=form_status(form))


def receive(request, given):
    """Seal the file; what cannot be read is said at its field."""
    try:
        return matching.receive(
            actor=request.user, kind=given["kind"], source=given["source"], once=given["once"],
            path=given["file"].temporary_file_path(), file_name=given["file"].name,
        )  # fmt: skip
    except Unreadable as error:
        raise Refused(error.message, field="file", code="unreadable") from error


@require_http_methods(["GET", "HEAD", "POST"])
def columns(request, pk):
    """Step 2: which column is which. Only who brought the file sees its first rows."""
    imported = the_import(request, pk)
    if not shown.is_own(request.user, imported):
        raise NotAllowed(_("Only who brought this file may go on with it."))
    if imported.state not in OPEN:
        return done(request, address(imported))
    imports.unerased(imported)
    known = matching.recognition(imported)
    form = ColumnsForm(
        sent(request), imported=imported, recognition=known,
        initial={"partial": "yes" if imported.options.get("partial") else "no",
                 "keep_incomplete": imported.options.get("keep_incomplete", False)},
    )  # fmt: skip
    if submitted(request, form, lambda given: matched(request, imported, form)):
        return done(request, address(imported))
    context = {
        "imported": imported, "form": form, "columns": choices(form, matching.sample(imported)),
        "more": len(imported.options["headers"]) - len(form.headers),
        "notes": [sentence(code, params) for code, params in imported.options.get("remarks", [])],
        "separator": separator(imported.options.get("about", {}).get("separator")),
    }  # fmt: skip
    return show(request, "crm/imports/columns.html", context, status=form_status(form))


def matched(request, imported, form):
    given = form.cleaned_data
    return matching.match(
        actor=request.user, imported=imported, mapping=form.mapping, partial=given["partial"],
        keep_incomplete=given.get("keep_incomplete", False),
    )  # fmt: skip


def choices(form, sample):
    """Each column with its control and the first values under it."""
    return [
        {"field": column, "control": control(column, column.help_text, "", {}),
         "values": [text for _number, cells in sample if (text := cells.get(header, ""))][:3]}
        for header, column in zip(form.headers, form.columns(), strict=True)
    ]  # fmt: skip


def separator(sign):
    """What parts the cells, in words where it cannot be seen."""
    return {"\t": _("tabs"), ",": _("commas"), ";": _("semicolons")}.get(sign, sign or "")


@require_safe
def detail(request, pk):
    """Where an import stands: at work, checked, or what came of it."""
    imported = the_import(request, pk)
    own = shown.is_own(request.user, imported)
    if imported.state == State.MATCHING and own:
        return done(request, address(imported, "crm:import-columns"))
    context = standing(request, imported) | {"own": own}
    customers = [line.customer for line in context.get("lines", ())]
    page = "crm/imports/_area.html" if request.htmx else "crm/imports/show.html"
    return show(request, page, context, customers=customers)


def standing(request, imported):
    """The facts of the page of an import."""
    context = {"imported": imported, "maker": shown.maker(imported), "working": shown.is_working(imported),
               "stopped": shown.stopped(imported), "notes": []}  # fmt: skip
    imported.is_stopped = context["stopped"]
    if context["working"] or context["stopped"]:
        return context | progress(request, imported)
    context |= {
        "refused": shown.refused_groups(request.user, imported),
        "remarks": shown.remark_groups(request.user, imported),
        "notes": [shown.reasons.note(note) for note in imported.notes],
        "may_undo": shown.may_undo(imported),
        "is_open": imported.state in OPEN, "erased": imported.key_id is None,
    }  # fmt: skip
    context["stops"] = any(group.stops for group in context["refused"])
    context["leaves"] = any(group.left for group in context["refused"])
    if imported.state in (State.DONE, State.UNDONE):
        context["lines"], context["more"] = shown.lines(request.user, imported)
        context["lines"] = context["lines"][:10]
    return context


def progress(request, imported):
    """How far the job is; a quarter more than was said before is said aloud."""
    job = imported.job
    total, did = (job.total, min(job.done, job.total)) if job else (0, 0)
    quarter = 25 * (4 * did // total) if total else 0
    return {
        "total": total, "did": did, "minutes": shown.minutes_left(imported), "quarter": quarter,
        "say": str(quarter) != request.GET.get("said"),
    }  # fmt: skip


@require_POST
def start(request, pk):
    """Carry out what was checked. Sent twice, it starts once."""
    imported = the_import(request, pk)
    if imported.state not in (State.RUNNING, State.DONE):
        imports.start(actor=request.user, imported=imported)
    return done(request, address(imported))


@require_POST
def check(request, pk):
    """Check again with other wishes: leave the faulty rows out, or keep the incomplete ones."""
    imported = the_import(request, pk)
    if imported.state == State.CHECKING:
        return done(request, address(imported))
    form = WishesForm(request.POST)
    form.is_valid()
    wishes = {name: form.cleaned_data.get(name) or imported.options.get(name, False)
              for name in ("partial", "keep_incomplete")}  # fmt: skip
    matching.again(actor=request.user, imported=imported, go="go" in request.POST, **wishes)
    return done(request, address(imported))


@require_POST
def resume(request, pk):
    """Go on where a fault stopped the job."""
    imported = the_import(request, pk)
    imports.resume(actor=request.user, imported=imported)
    return done(request, address(imported))


@require_POST
def discard(request, pk):
    """Forget a file that has changed nothing."""
    imported = the_import(request, pk)
    name = imported.file_name
    imports.discard(actor=request.user, imported=imported)
    return done(request, reverse("crm:imports"), _("%(file)s is forgotten.") % {"file": name})


@require_safe
def rows(request, pk):
    """Row by row: what became of it, and what is said about it."""
    imported = the_import(request, pk)
    asked = RowsForm(request.GET).given()
    lines, more = shown.lines(request.user, imported, **asked)
    context = {"imported": imported, "lines": lines, "more": more, "asked": asked,
               "outcomes": outcomes(imported, asked["outcome"])}  # fmt: skip
    customers = [line.customer for line in lines]
    return show(request, "crm/imports/rows.html", context, customers=customers)


def outcomes(imported, chosen):
    """The tabs over the rows: all, and each outcome that occurs."""
    counts = dict(imported.rows.order_by().values_list("outcome").annotate(n=Count("pk")))
    base = address(imported, "crm:import-rows")
    tabs = [{"url": base, "label": _("All"), "current": not chosen, "count": sum(counts.values())}]
    return tabs + [
        {"url": f"{base}?outcome={name}", "label": label, "current": chosen == name, "count": counts[name]}
        for name, label in shown.Outcome.choices if name in counts
    ]  # fmt: skip


@require_safe
def bad_rows(request, pk):
    """The refused rows as a file, to be corrected and sent again. Only for who brought them."""
    imported = the_import(request, pk)
    if not shown.is_own(request.user, imported):
        raise NotAllowed(_("Only who brought this file may read its rows."))
    imports.unerased(imported)
    name = f"bad-rows-{imported.pk}"
    return table(request, name, *shown.bad_rows(imported))


@require_safe
def template(request):
    """An empty table with the headers of one kind in the language of the reader."""
    allowed(request)
    kind = KINDS.get(request.GET.get("kind", "customers"))
    if kind is None or not may(request.user, kind):
        kind = next(iter(kinds_of(request.user)))
    return table(request, f"{kind.name}-template", [str(spec.label) for spec in kind.fields], [])


@require_http_methods(["GET", "HEAD", "POST"])
def undo(request, pk):
    """What an undo would take back and what would stay; then the undo itself."""
    imported = the_import(request, pk)
    if request.method == "POST":
        if imported.state not in (State.UNDOING, State.UNDONE):
            imports.undo(actor=request.user, imported=imported)
        return done(request, address(imported))
    if not shown.may_undo(imported):
        return done(request, address(imported))
    context = {"imported": imported, "plan": plan_undo(imported)}
    return show(request, "crm/imports/undo.html", context)
