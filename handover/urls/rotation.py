"""Addresses of rotation."""

from django.urls import path

from handover.views import rotation, rotation_customer, rotation_rules

urlpatterns = [
    path("rotation", rotation.index, name="rotation"),
    path("rotation/plan", rotation.plan, name="rotation-plan"),
    path("rotation/swap", rotation.swap, name="rotation-swap"),
    path("rotation/rules", rotation_rules.index, name="rotation-rules"),
    path("rotation/mine", rotation_customer.mine, name="my-clocks"),
    path("rotation/files", rotation_customer.credits, name="rotation-files"),
    path("rotation/exemptions", rotation_customer.waiting, name="exemptions"),
    path("rotation/exemptions/<int:pk>/decide", rotation_customer.decide, name="exemption-decide"),
    path(
        "rotation/exemptions/<int:pk>/second-contact",
        rotation_customer.second_contact,
        name="exemption-second-contact",
    ),
    path("rotation/exemptions/<int:pk>/end", rotation_customer.end, name="exemption-end"),
    path("customers/<int:pk>/rotation", rotation_customer.one, name="customer-rotation"),
    path("customers/<int:pk>/rotation/exemption", rotation_customer.ask, name="customer-exemption"),
    path("customers/<int:pk>/rotation/gap", rotation_customer.gap, name="customer-gap"),
]
