"""All addresses. Nouns, plural, stable."""

from django.urls import include, path

from accounts.views.language import switch
from config import health, palette, ui  # noqa: F401 (the palette is told the places)

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("ui", ui.index, name="ui"),
    path("language", switch, name="set_language"),
    path("accounts/", include("config.signin")),
    path("api/v1/", include("config.api")),  # before the pages, of which there are hundreds
    path("", include("accounts.urls")),
    path("", include("crm.urls")),
    path("", include("handover.urls")),
]

handler404 = "kit.middleware.not_found"
handler500 = "kit.middleware.server_error"
