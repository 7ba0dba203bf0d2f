"""The product's addresses, and the bare page B: one unfiltered query under the list's template."""

from django.shortcuts import render
from django.urls import path

from config.urls import urlpatterns as product
from crm.access import Sight
from crm.filters import customers as filters
from crm.selectors import customer_list
from crm.selectors import customers as rows

EVERYTHING = Sight(everything=True)


def bare(request):
    """Session, user and frame as everywhere; 25 customers by key, nobody asked who may see them.

    The rows have the columns of the list: B is the same template without the questions.
    """
    asked = filters.read(request.GET, request.user)
    found = list(rows.list_rows(asked.columns).order_by("pk")[:25])
    page = customer_list.Page(found, len(found), "", "", "name")
    context = {
        "asked": asked, "page": page, "views": [], "chips": [],
        "rows": [rows.row(customer, EVERYTHING) for customer in found], "most": 1_000,
        "columns": [(name, filters.COLUMNS[name]) for name in asked.columns],
    }  # fmt: skip
    return render(request, "crm/customers/index.html", context)


urlpatterns = [path("bench/bare", bare), *product]
