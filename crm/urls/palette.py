"""Address of the palette."""

from django.urls import path

from crm.views import palette

urlpatterns = [path("search", palette.index, name="palette")]
