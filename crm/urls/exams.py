"""Addresses: file exams."""

from django.urls import path

from crm.views import exams as views

urlpatterns = [
    path("exams", views.index, name="exams"),
    path("exams/<int:pk>", views.exam, name="exam"),
    path("exams/<int:pk>/begin", views.begin, name="exam-begin"),
    path("exams/<int:pk>/remark", views.remark, name="exam-remark"),
    path("customers/<int:pk>/exam", views.start, name="customer-exam"),
]
