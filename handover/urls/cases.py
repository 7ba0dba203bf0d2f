"""Addresses of cases."""

from django.urls import path

from handover.views import added_tasks, cases, handover_tasks, handovers

urlpatterns = [
    path("hr", cases.hr, name="hr"),
    path("departures/mine", cases.mine, name="my-tasks"),
    path("customers/<int:customer>/handover", handovers.panel, name="of-customer"),
    path("departures", cases.index, name="departures"),
    path("departures/<int:pk>", cases.case, name="departure"),
    path("departures/<int:pk>/open", cases.open_case, name="departure-open"),
    path("departures/<int:pk>/withdraw", cases.withdraw, name="departure-withdraw"),
    path("departures/<int:pk>/reopen", cases.reopen, name="departure-reopen"),
    path("departures/<int:pk>/customers", cases.customers, name="departure-customers"),
    path("departures/<int:pk>/missing", cases.missing, name="departure-missing"),
    path("departures/<int:pk>/missing/waive", cases.waive, name="departure-waive"),
    path("departures/<int:pk>/tasks/new", added_tasks.add, name="task-add"),
    path("departures/<int:case>/tasks/<int:pk>", handover_tasks.detail, name="task"),
    path("departures/<int:case>/tasks/<int:pk>/start", handover_tasks.start, name="task-start"),
    path("departures/<int:case>/tasks/<int:pk>/finish", handover_tasks.finish, name="task-finish"),
    path(
        "departures/<int:case>/tasks/<int:pk>/problem", handover_tasks.problem, name="task-problem"
    ),
    path("departures/<int:case>/tasks/<int:pk>/give", handover_tasks.give, name="task-give"),
    path("departures/<int:case>/tasks/<int:pk>/reopen", handover_tasks.reopen, name="task-reopen"),
    path("departures/<int:case>/customers/<int:pk>", handovers.sheet, name="customer"),
    path("departures/<int:case>/customers/<int:pk>/brief", handovers.brief, name="customer-brief"),
    path(
        "departures/<int:case>/customers/<int:pk>/accept", handovers.accept, name="customer-accept"
    ),
    path(
        "departures/<int:case>/customers/<int:pk>/return",
        handovers.give_back,
        name="customer-return",
    ),
    path("departures/<int:case>/customers/<int:pk>/tell", handovers.tell, name="customer-tell"),
    path("departures/<int:case>/customers/<int:pk>/react", handovers.react, name="customer-react"),
    path(
        "departures/<int:case>/customers/<int:pk>/confirm",
        handovers.confirm,
        name="customer-confirm",
    ),
    path("departures/<int:case>/customers/<int:pk>/call", handovers.call, name="customer-call"),
]
