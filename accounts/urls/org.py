"""Addresses: org, and its calendar."""

from django.urls import path

from accounts.views import calendar, org

urlpatterns = [
    path("organisation", org.index, name="org"),
    path("organisation/units/new", org.new, name="unit-new"),
    path("organisation/units/<int:pk>", org.unit, name="unit"),
    path("organisation/units/<int:pk>/edit", org.edit, name="unit-edit"),
    path("organisation/units/<int:pk>/move", org.move, name="unit-move"),
    path("organisation/units/<int:pk>/head", org.head, name="unit-head"),
    path("organisation/units/<int:pk>/members/new", org.join, name="unit-join"),
    path("organisation/units/<int:pk>/members/<int:person>/end", org.leave, name="unit-leave"),
    path("organisation/calendar", calendar.index, name="calendar"),
    path("organisation/calendar/new", calendar.new, name="calendar-new"),
    path("organisation/calendar/<str:day>/clear", calendar.clear, name="calendar-clear"),
    path("organisation/company", calendar.company, name="company"),
]
