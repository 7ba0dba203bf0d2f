"""Agreements: what is mine to sign, the register of HR, one text, one signature."""

from allauth.account.decorators import reauthentication_required
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Action, Reach, can, reach
from accounts.forms.agreements import AskForm, PaperForm, PublishForm, SignForm, TextForm
from accounts.models import Agreement, AgreementRequest, AgreementSignature
from accounts.selectors import agreements as ask_for
from accounts.selectors.people import directory
from accounts.services import agreements as service
from kit.digests import digest_of
from kit.errors import NotAllowed
from kit.web import done, form_page, form_status, get_visible_or_404, sent, show, submitted

both = require_http_methods(["GET", "HEAD", "POST"])


def overseeing(request):
    """The register is for those who see everybody's agreements."""
    if reach(request.user, Action.AGREEMENT_VIEW) < Reach.ALL:
        raise NotAllowed()


def running(request):
    """Texts, versions and requests are HR's."""
    if not can(request.user, Action.AGREEMENT_RUN):
        raise NotAllowed()


def address(key):
    return reverse("accounts:agreement", args=[key])


def draft_or_404(key):
    found = ask_for.draft(key)
    if found is None:
        raise Http404
    return found


def current_or_404(key):
    found = ask_for.current().get(key)
    if found is None:
        raise Http404
    return found


@require_safe
def index(request):
    """One's own agreements; for those who oversee them, the register of all."""
    viewer = request.user
    sees_all = reach(viewer, Action.AGREEMENT_VIEW) == Reach.ALL
    rows = register(viewer) if sees_all else []
    return show(request, "accounts/agreements/index.html", {
        "mine": ask_for.of_person(viewer), "rows": rows, "sees_all": sees_all,
        "runs": can(viewer, Action.AGREEMENT_RUN),
    })  # fmt: skip


def register(viewer):
    """Every text with its version that counts and how many have signed that."""
    published = ask_for.current()
    standings = ask_for.standings(viewer, list(published.values()))
    rows = []
    for draft in ask_for.drafts():
        agreement, people = published.get(draft["id"]), standings.get(draft["id"], [])
        rows.append({
            "draft": draft, "agreement": agreement, "most": len(people),
            "signed": sum(not one.to_sign for one in people),
            "changed": ask_for.differs(draft, agreement),
        })  # fmt: skip
    return rows


@require_safe
def detail(request, key):
    """One agreement for those who oversee it: the version that counts, and who has not signed it."""
    overseeing(request)
    draft = draft_or_404(key)
    agreement = ask_for.current().get(key)
    standings = ask_for.standings(request.user, [agreement])[key] if agreement else []
    asked = AgreementRequest.objects.visible_to(request.user).filter(key=key, ended_at=None)
    requests = dict(asked.values_list("person", "pk"))
    for one in standings:
        one.request = requests.get(one.person.pk)
    return show(request, "accounts/agreements/detail.html", {
        "draft": draft, "agreement": agreement, "changed": ask_for.differs(draft, agreement),
        "open": [one for one in standings if one.to_sign],
        "signed": [one for one in standings if not one.to_sign],
        "runs": can(request.user, Action.AGREEMENT_RUN), "problems": ask_for.problems(draft),
    })  # fmt: skip


@both
def edit(request, key):
    """Work on a text."""
    running(request)
    row = draft_or_404(key)
    known = {f"{name}_{language}": row[name][language] for name in ("title", "text")
             for language in ("en", "zh")}  # fmt: skip
    form = TextForm(sent(request), initial=known | {"seen": digest_of(row)})

    def act(given):
        return service.write(actor=request.user, key=key, texts=form.texts(), seen=given["seen"])

    if submitted(request, form, act):
        return done(request, address(key), _("Saved. It counts when it is published."))
    if form_status(form) == 409:  # the next save keeps what is typed here
        form.data = form.data.copy()
        form.data["seen"] = digest_of(draft_or_404(key))
    return form_page(request, form, _("Change the text"), address(key))


@both
def new(request):
    """Begin a new text."""
    running(request)
    form = TextForm(sent(request))

    def act(_given):
        return service.write(actor=request.user, texts=form.texts())

    if key := submitted(request, form, act):
        return done(request, address(key), _("Saved. It counts when it is published."))
    return form_page(request, form, _("New agreement"), reverse("accounts:agreements"))


@both
def publish(request, key):
    """Read what would be published, and publish it."""
    running(request)
    row, last = draft_or_404(key), ask_for.current().get(key)
    known = {"seen": digest_of(row), "audience": last.audience if last else "everybody",
             "months": last and last.months, "months_after": last and last.months_after}  # fmt: skip
    form = PublishForm(sent(request), initial=known)

    def act(given):
        return service.publish(actor=request.user, key=key, terms=form.terms(), seen=given["seen"])

    if made := submitted(request, form, act):
        text = _("Version %(number)s is published.") % {"number": made.number}
        return done(request, address(key), text)
    return show(request, "accounts/agreements/publish.html", {
        "draft": row, "form": form, "problems": ask_for.problems(row), "last": last,
    }, status=form_status(form))  # fmt: skip


@both
def ask(request, key):
    """Ask somebody by name."""
    running(request)
    draft_or_404(key)
    form = AskForm(sent(request), people=people())
    saved = submitted(
        request, form,
        lambda given: service.ask(actor=request.user, key=key, person=given["person"]),
    )  # fmt: skip
    if saved:
        return done(request, address(key), _("They are asked to sign."))
    return form_page(request, form, _("Request a signature"), address(key))


def people():
    """Who can be asked."""
    return directory().with_access().order_by("sort_key")


@require_POST
def take_back(request, pk):
    """No longer ask somebody."""
    row = get_visible_or_404(AgreementRequest, request, pk=pk)
    service.take_back(actor=request.user, request=row)
    return done(request, address(row.key), _("They are not asked any more."))


@require_POST
def remind(request, key):
    """Remind those who have not signed."""
    running(request)
    number = service.remind(actor=request.user, agreement=current_or_404(key))
    text = ngettext("%(number)s person is reminded.", "%(number)s people are reminded.", number)
    return done(request, address(key), text % {"number": number})


@both
def paper(request, key):
    """Note a signature on paper."""
    running(request)
    agreement = current_or_404(key)
    form = PaperForm(sent(request), people=people().exclude(pk=request.user.pk))
    saved = submitted(
        request, form,
        lambda given: service.note_paper(actor=request.user, agreement=agreement, **given),
    )  # fmt: skip
    if saved:
        return done(request, address(key), _("The signature is noted."))
    return form_page(request, form, _("Signed on paper"), address(key))


@both
@reauthentication_required
def sign(request, key):
    """Read an agreement and sign it, after the password was asked for again."""
    agreement, viewer = current_or_404(key), request.user
    get_visible_or_404(Agreement, request, pk=agreement.pk)
    standing = ask_for.standing(viewer, agreement)
    given = ask_for.to_sign(agreement, viewer)
    form = SignForm(sent(request), initial={"seen": digest_of(given)})

    def act(said):
        return service.sign(actor=viewer, person=viewer, agreement=agreement, seen=said["seen"])

    if made := submitted(request, form, act):
        return done(request, reverse("accounts:agreement-signature", args=[made.pk]), _("Signed."))
    return show(request, "accounts/agreements/sign.html", {
        "agreement": agreement, "standing": standing, "form": form, "digest": digest_of(given),
        "text": ask_for.filled(agreement, viewer, given),
    }, status=form_status(form))  # fmt: skip


@require_safe
def signature(request, pk):
    """One signature with the whole text, to be read, printed and kept."""
    row = get_visible_or_404(
        AgreementSignature.objects.select_related("agreement", "person", "made_by"), request, pk=pk
    )
    return show(request, "accounts/agreements/signature.html", {
        "row": row, "agreement": row.agreement,
        "text": ask_for.filled(row.agreement, row.person, row.content),
    })  # fmt: skip


@require_safe
def of_person(request, pk):
    """What somebody has signed, what is missing, and what binds after leaving."""
    person = get_visible_or_404(directory(), request, pk=pk)
    if not can(request.user, Action.AGREEMENT_VIEW, person):
        raise NotAllowed()
    return show(request, "accounts/agreements/person.html", {
        "person": person, "standings": ask_for.of_person(person),
        "sees_all": reach(request.user, Action.AGREEMENT_VIEW) == Reach.ALL,
    })  # fmt: skip
