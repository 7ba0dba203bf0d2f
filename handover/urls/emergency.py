"""Addresses of sudden departures: freezes, calls, incidents."""

from django.urls import path

from handover.views import calls, emergency, incidents

urlpatterns = [
    path("emergency", emergency.index, name="emergency"),
    path("people/<int:person>/freeze", emergency.of_person, name="person-freeze"),
    path("emergency/calls", calls.mine, name="freeze-my-calls"),
    path("emergency/<int:pk>", emergency.detail, name="freeze"),
    path("emergency/<int:pk>/confirm", emergency.confirm, name="freeze-confirm"),
    path("emergency/<int:pk>/lift", emergency.lift, name="freeze-lift"),
    path("emergency/<int:pk>/calls", calls.of_freeze, name="freeze-calls"),
    path("emergency/<int:pk>/calls/<int:call>", calls.detail, name="freeze-call"),
    path("emergency/<int:pk>/calls/<int:call>/attempt", calls.attempt, name="freeze-call-attempt"),
    path("emergency/<int:pk>/calls/<int:call>/take", calls.take, name="freeze-call-take"),
    path("emergency/<int:pk>/meetings", calls.plan, name="freeze-meetings"),
    path("emergency/<int:pk>/briefing", calls.briefing, name="freeze-briefing"),
    path("emergency/<int:pk>/statement", calls.statement, name="freeze-statement"),
    path("incidents", incidents.index, name="incidents"),
    path("incidents/<int:pk>", incidents.detail, name="incident"),
    path("incidents/<int:pk>/close", incidents.close, name="incident-close"),
    path("customers/<int:pk>/incidents/new", incidents.new, name="incident-new"),
]
