"""The palette: a dialog where scripts run, the same answers as a page where none do."""

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from crm.filters import palette
from kit.web import paged


@require_safe
def index(request):
    """What the words find, or what is offered before any: groups of links."""
    asked = palette.read(request.user, request.GET.get("q", ""), request.GET.get("here", ""))
    groups = palette.groups(asked)
    entries = [entry for group in groups for entry in group.entries]
    paged(request, entries, [pk for entry in entries for pk in entry.customers])
    context = {"groups": groups, "q": asked.text, "words": asked.words, "said": said(len(entries))}
    page = "_found.html" if request.htmx else "index.html"
    return render(request, f"crm/palette/{page}", context)


def said(number):
    """How many, in words."""
    text = ngettext("%(count)s result", "%(count)s results", number)
    return text % {"count": number} if number else _("Nothing found.")
