"""Routes of the REST API; every viewset answers with the same sight as the pages."""

from django.urls import include, path
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.routers import SimpleRouter

from accounts.api import schema  # noqa: F401 (describes the sign-in)
from accounts.api.people import MeViewSet, PersonViewSet
from crm.api.activities import TimelineViewSet, VisitViewSet
from crm.api.channels import ChannelViewSet
from crm.api.contacts import ContactViewSet, NewContactViewSet
from crm.api.customers import CustomerViewSet
from crm.api.links import LinkViewSet
from crm.api.ownership import SeatViewSet

app_name = "api"

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("customers", CustomerViewSet, "customers")
router.register("contacts", ContactViewSet, "contacts")
router.register("channels", ChannelViewSet, "channels")
router.register("links", LinkViewSet, "links")
router.register("visits", VisitViewSet, "visits")
router.register("people", PersonViewSet, "people")


def of_customer(word, viewset, method, action):
    """An endpoint below a customer."""
    view = viewset.as_view({method: action}, basename=f"customers_{word}")
    return path(f"customers/<int:pk>/{word}", view, name=f"customers-{word}")


urlpatterns = [
    path("schema", SpectacularJSONAPIView.as_view(), name="schema"),
    path("me", MeViewSet.as_view({"get": "retrieve"}, basename="me"), name="me"),
    of_customer("seats", SeatViewSet, "get", "retrieve"),
    of_customer("timeline", TimelineViewSet, "get", "retrieve"),
    of_customer("contacts", NewContactViewSet, "post", "create"),
    path("", include(router.urls)),
]
