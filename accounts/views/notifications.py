"""The inbox: what waits for one's decision, one's act, or to be known."""

from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Notice
from accounts.selectors import notifications as selectors
from accounts.services import notifications as service
from kit.web import done, get_visible_or_404, paged, show


@require_safe
def index(request):
    """One page of the inbox, grouped; unread ones unless all are asked for."""
    everything = request.GET.get("view") == "all"
    after = request.GET.get("after", "")
    after = int(after) if after.isdecimal() and len(after) < 19 else None
    notices, more = selectors.inbox(request.user, unread=not everything, after=after)
    context = {
        "groups": selectors.grouped(notices), "tabs": tabs(everything), "everything": everything,
        "notices": notices, "after": notices[-1].pk if more else None,
    }  # fmt: skip
    paged(request, notices, [pk for notice in notices for pk in notice.line.customers])
    return show(request, "accounts/notifications/index.html", context)


def tabs(everything):
    home = reverse("accounts:inbox")
    return [
        {"url": home, "label": _("Waiting"), "current": not everything},
        {"url": f"{home}?view=all", "label": _("All"), "current": everything},
    ]


@require_POST
def opened(request, pk):
    """Mark a notice as read and go where it leads."""
    notice = get_visible_or_404(Notice, request, pk=pk)
    service.read(person=request.user, notices=Notice.objects.filter(pk=notice.pk))
    inside = url_has_allowed_host_and_scheme(notice.url, None) and notice.url.startswith("/")
    return done(request, notice.url if inside else reverse("accounts:inbox"))


@require_POST
def read(request):
    """Mark the notice named by `notice`, or all up to the newest one seen, as read."""
    one, newest = request.POST.get("notice", ""), request.POST.get("newest", "")
    notices = Notice.objects.visible_to(request.user)
    if one.isdecimal() and len(one) < 19:
        service.read(person=request.user, notices=notices.filter(pk=one))
    elif newest.isdecimal() and len(newest) < 19:
        service.read(person=request.user, notices=notices.filter(pk__lte=newest))
    return done(request, reverse("accounts:inbox"))
