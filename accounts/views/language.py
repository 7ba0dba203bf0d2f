"""The language switch: this page, in the other language."""

from django.conf import settings
from django.views.decorators.http import require_POST

from accounts import adapter
from accounts.services import profile
from kit.web import back, done


@require_POST
def switch(request):
    """Speak another language from now on, on the page from which it was asked, filters kept."""
    response = done(request, back(request, "/"))
    language = request.POST.get("language")
    if language not in dict(settings.LANGUAGES):
        return response
    if request.user.is_authenticated:
        if request.user.language != language:
            values = {"language": language}
            profile.update(actor=request.user, person=request.user, values=values)
    else:
        adapter.remember(response, adapter.PICKED, language, age=600)
    adapter.remember(response, settings.LANGUAGE_COOKIE_NAME, language)
    return response
