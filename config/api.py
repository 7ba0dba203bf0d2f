"""Routes of the REST API; every viewset answers with the same sight as the pages."""

from django.urls import include, path
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.routers import SimpleRouter

from accounts.api import schema  # noqa: F401 (describes the sign-in)
from accounts.api.agreements import AgreementViewSet, PersonAgreementsViewSet
from accounts.api.audit import TrailViewSet
from accounts.api.devices import DeviceViewSet
from accounts.api.holdings import HoldingsViewSet
from accounts.api.notifications import NoticeViewSet
from accounts.api.org import CalendarViewSet, CompanyViewSet, UnitViewSet
from accounts.api.people import AbsenceViewSet, MeViewSet, PersonAbsenceViewSet, PersonViewSet
from crm.api import late_visits
from crm.api.access import CustomerShareViewSet, ShareViewSet, WhyViewSet
from crm.api.activities import TimelineViewSet, VisitViewSet
from crm.api.assignments import AssignmentsViewSet
from crm.api.capacity import LoadViewSet, RulesViewSet
from crm.api.changesets import ChangeSetViewSet
from crm.api.channels import ChannelViewSet, NewChannelViewSet
from crm.api.contacts import ContactViewSet, NewContactViewSet
from crm.api.contributions import LedgerViewSet
from crm.api.customer_documents import CustomerDocumentViewSet, DocumentViewSet
from crm.api.customer_file import CustomerFileViewSet, FileFieldViewSet
from crm.api.customers import CustomerViewSet
from crm.api.depth import ContactDepthViewSet, CustomerDepthViewSet, DepthViewSet
from crm.api.erasure import ErasureViewSet, HoldViewSet
from crm.api.exams import CustomerExamViewSet, ExamViewSet
from crm.api.important_dates import CustomerDatesViewSet, ImportantDateViewSet
from crm.api.imports import ImportViewSet
from crm.api.key_accounts import MemberViewSet
from crm.api.late_visits import LateVisitViewSet
from crm.api.links import LinkViewSet, MapViewSet
from crm.api.ownership import SeatViewSet
from crm.api.palette import SearchViewSet
from crm.api.person_seats import HeldViewSet
from crm.api.positions import NewPositionViewSet, PositionViewSet
from crm.api.private_file import PrivateFileViewSet
from crm.api.qualification import CustomerManViewSet
from crm.api.rates import RateViewSet
from crm.api.saved_views import SavedViewViewSet, SelectionViewSet
from crm.api.tasks import TaskViewSet
from crm.api.territories import IndustryViewSet, RegionViewSet, TerritoryViewSet
from crm.api.tiers import TierViewSet
from crm.api.trade import OrderViewSet, PaymentViewSet
from handover.api.closing import ClosingViewSet, FollowUpViewSet
from handover.api.departures import DepartureViewSet
from handover.api.emergency import (
    CallViewSet,
    FreezeViewSet,
    IncidentViewSet,
    PersonFreezeViewSet,
)
from handover.api.exposure import ExposureViewSet, ReadinessViewSet
from handover.api.final_pay import FinalPayViewSet
from handover.api.handover_tasks import HandoverTaskViewSet
from handover.api.handovers import HandoverViewSet
from handover.api.overview import OverviewViewSet
from handover.api.rotation import ExemptionViewSet, RotationViewSet
from kit.api.schema import Once

app_name = "api"

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("customers", CustomerViewSet, "customers")
router.register("contacts", ContactViewSet, "contacts")
router.register("positions", PositionViewSet, "positions")
router.register("channels", ChannelViewSet, "channels")
router.register("links", LinkViewSet, "links")
router.register("imports", ImportViewSet, "imports")
router.register("visits", VisitViewSet, "visits")
router.register("erasures", ErasureViewSet, "erasures")
router.register("holds", HoldViewSet, "holds")
router.register("late-visits", LateVisitViewSet, "late_visits")
router.register("tasks", TaskViewSet, "tasks")
router.register("exams", ExamViewSet, "exams")
router.register("documents", DocumentViewSet, "documents")
router.register("changesets", ChangeSetViewSet, "changesets")
router.register("departures", DepartureViewSet, "departures")
router.register("shares", ShareViewSet, "shares")
router.register("regions", RegionViewSet, "regions")
router.register("industries", IndustryViewSet, "industries")
router.register("territories", TerritoryViewSet, "territories")
router.register("orders", OrderViewSet, "orders")
router.register("payments", PaymentViewSet, "payments")
router.register("rates", RateViewSet, "rates")
router.register("saved-views", SavedViewViewSet, "saved_views")
router.register("selections", SelectionViewSet, "selections")
router.register("devices", DeviceViewSet, "devices")
router.register("people", PersonViewSet, "people")
router.register("absences", AbsenceViewSet, "absences")
router.register("freezes", FreezeViewSet, "freezes")
router.register("freeze-calls", CallViewSet, "freeze_calls")
router.register("incidents", IncidentViewSet, "incidents")
router.register("handovers", HandoverViewSet, "handovers")
router.register("handover-tasks", HandoverTaskViewSet, "handover_tasks")
router.register("units", UnitViewSet, "units")
router.register("calendar", CalendarViewSet, "calendar")
router.register("notices", NoticeViewSet, "notices")
router.register("trail", TrailViewSet, "trail")
router.register("rotation/exemptions", ExemptionViewSet, "rotation-exemptions")
router.register("rotation", RotationViewSet, "rotation")

READ, LIST, NEW = {"get": "retrieve"}, {"get": "list"}, {"post": "create"}
CHANGE = {"patch": "partial_update"}


def only(word, viewset, **methods):
    """An address of which there is one."""
    name = word.replace("/", "-")
    return path(word, viewset.as_view(methods, basename=name.replace("-", "_")), name=name)


def below(owner, word, viewset, **methods):
    """An address below one object of `owner`."""
    name = f"{owner}-{word.replace('/', '-')}"
    view = viewset.as_view(methods, basename=name.replace("-", "_"))
    return path(f"{owner}/<int:pk>/{word}", view, name=name)


urlpatterns = [
    path("schema", SpectacularJSONAPIView.as_view(generator_class=Once), name="schema"),
    path("sync/late", late_visits.take, name="sync-late"),
    only("me", MeViewSet, **READ, **CHANGE),
    only("search", SearchViewSet, **READ),
    only("company", CompanyViewSet, **READ, **CHANGE),
    only("calendar/clear", CalendarViewSet, post="clear"),
    below("customers", "seats", SeatViewSet, **READ, post="assign"),
    only("ownership-rules", RulesViewSet, **READ, **CHANGE),
    only("load", LoadViewSet, **LIST),
    only("overview", OverviewViewSet, **READ),
    only("assignments", AssignmentsViewSet, **LIST),
    only("agreements", AgreementViewSet, **LIST),
    below("people", "agreements", PersonAgreementsViewSet, **LIST),
    below("people", "load", LoadViewSet, **READ, **CHANGE),
    below("customers", "seats/duty", MemberViewSet, post="duty"),
    below("customers", "seats/end", SeatViewSet, post="end"),
    below("customers", "seats/cancel", SeatViewSet, post="cancel"),
    below("customers", "shares", CustomerShareViewSet, **LIST, **NEW),
    below("customers", "access", WhyViewSet, **READ),
    only("file-fields", FileFieldViewSet, **READ),
    below("customers", "file", CustomerFileViewSet, **READ),
    below("customers", "file/save", CustomerFileViewSet, post="save"),
    below("customers", "file/confirm", CustomerFileViewSet, post="confirm"),
    below("customers", "file/ask", CustomerFileViewSet, post="ask"),
    below("customers", "private", PrivateFileViewSet, **READ),
    below("customers", "private/save", PrivateFileViewSet, post="save"),
    below("customers", "private/reveal", PrivateFileViewSet, post="reveal"),
    below("customers", "exam", CustomerExamViewSet, post="start"),
    below("customers", "made-by", LedgerViewSet, **READ, post="note"),
    below("customers", "made-by/take-back", LedgerViewSet, post="take_back"),
    below("customers", "tier", TierViewSet, **READ, post="override"),
    below("customers", "tier/end", TierViewSet, post="end"),
    below("customers", "documents", CustomerDocumentViewSet, **LIST, **NEW),
    below("documents", "versions", DocumentViewSet, post="renew"),
    below("customers", "man", CustomerManViewSet, **READ),
    below("customers", "man/save", CustomerManViewSet, post="save"),
    below("customers", "man/step", CustomerManViewSet, post="step"),
    below("customers", "depth", CustomerDepthViewSet, **READ),
    below("contacts", "depth", ContactDepthViewSet, **LIST, post="save"),
    below("depth", "confirm", DepthViewSet, post="confirm"),
    below("customers", "dates", CustomerDatesViewSet, **LIST, **NEW),
    only("important-dates", ImportantDateViewSet, **LIST),
    below("important-dates", "change", ImportantDateViewSet, post="change"),
    below("important-dates", "remove", ImportantDateViewSet, post="remove"),
    below("customers", "timeline", TimelineViewSet, **READ),
    below("customers", "map", MapViewSet, **READ),
    below("customers", "contacts", NewContactViewSet, **NEW),
    below("contacts", "positions", NewPositionViewSet, **NEW),
    below("contacts", "channels", NewChannelViewSet, **NEW),
    below("people", "absences", PersonAbsenceViewSet, **LIST, **NEW),
    below("people", "freeze", PersonFreezeViewSet, post="freeze"),
    below("people", "seats", HeldViewSet, **LIST),
    below("people", "holdings", HoldingsViewSet, **READ),
    below("people", "exposure", ExposureViewSet, **READ),
    only("me/readiness", ReadinessViewSet, **READ),
    below("departures", "documents", ClosingViewSet, get="documents"),
    below("departures", "documents/tick", ClosingViewSet, post="tick"),
    below("departures", "sign-offs", ClosingViewSet, get="sign_offs"),
    below("departures", "certificate", ClosingViewSet, get="certificate"),
    below("departures", "certificate/file", ClosingViewSet, get="certificate_file"),
    below("departures", "evidence", ClosingViewSet, post="evidence"),
    below("departures", "final-pay", FinalPayViewSet, **READ, post="decide"),
    below("departures", "outcome", ClosingViewSet, get="outcome"),
    only("follow-ups", FollowUpViewSet, **LIST),
    path(
        "follow-ups/<int:pk>",
        FollowUpViewSet.as_view(READ, basename="follow_ups"),
        name="follow-up",
    ),
    below("follow-ups", "save", FollowUpViewSet, post="save"),
    path("", include(router.urls)),
]
