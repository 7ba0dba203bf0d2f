"""Pages of the working calendar and of the company."""

from django.http import Http404
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Action, can
from accounts.forms.calendar import CompanyForm, DayForm
from accounts.models import CalendarDay, Company
from accounts.selectors import calendar as selectors
from accounts.services import calendar as service
from kit.dates import company_zone, today
from kit.errors import NotAllowed
from kit.web import done, form_page, get_visible_or_404, sent, show, submitted

both = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def index(request):
    """The days of a year that differ from the plain week."""
    year = year_of(request)
    context = {
        "year": year, "year_words": str(year), "around": (year - 1, year + 1), "days": selectors.days_of(year).visible_to(request.user),
        "company": Company.objects.visible_to(request.user).get(pk=1),
        "can_edit": can(request.user, Action.ORG_EDIT),
    }  # fmt: skip
    return show(request, "accounts/calendar/index.html", context)


def year_of(request):
    """The year asked for if it is one, else this one."""
    asked = request.GET.get("year", "")
    known = asked.isdecimal() and len(asked) == 4 and 2000 <= int(asked) <= 2100
    return int(asked) if known else today(company_zone()).year


def of_year(day):
    return f"{reverse('accounts:calendar')}?year={day.year}"


@both
def new(request):
    """Say of a day that people work, or that nobody does."""
    allowed(request)
    form = DayForm(sent(request))
    row = submitted(request, form, lambda given: service.set_day(actor=request.user, **given))
    if row:
        return done(request, of_year(row.day), _("The calendar is changed."))
    return form_page(request, form, _("Add a day"), reverse("accounts:calendar"))


@require_POST
def clear(request, day):
    """Take a day out of the calendar again."""
    allowed(request)
    try:
        day = parse_date(day)
    except ValueError:
        day = None
    if day is None:
        raise Http404
    row = get_visible_or_404(CalendarDay, request, pk=day)
    service.clear_day(actor=request.user, day=row.day)
    return done(request, of_year(row.day), _("The calendar is changed."))


@both
def company(request):
    """The settings of the company; to be read by all, changed by some."""
    row = get_visible_or_404(Company, request, pk=1)
    if not can(request.user, Action.ORG_EDIT):
        if request.method == "POST":
            raise NotAllowed()
        return show(request, "accounts/calendar/company.html", {"company": row})
    form = CompanyForm(sent(request), instance=row)
    if submitted(
        request, form, lambda given: service.edit_company(actor=request.user, values=given)
    ):
        return done(request, reverse("accounts:company"), _("Saved."))
    return form_page(request, form, _("Company"), reverse("accounts:org"))


def allowed(request):
    if not can(request.user, Action.ORG_EDIT):
        raise NotAllowed()
