"""Whatever is sent, the API answers with a problem, and changes nothing it should not."""

import json
from uuid import uuid4

import pytest
from django.db import DataError, models

from crm.models import Activity, Contact, Customer, Link
from crm.services import links
from tests.api.conftest import disclosed
from tests.crm.contacts_world import phone_of, wang

LISTS = ["customers", "contacts", "visits", "links", "people"]
INJECTIONS = [
    {"author__password__startswith": "m"}, {"author__password": "m"}, {"owner": "1"},
    {"_connector": "OR"}, {"_negated": "1"}, {"pk__in": "1,2"}, {"id__gt": "0"}, {"id": "1"},
    {"customer__name": "x"}, {"customer__legal_name__startswith": "N"}, {"a.b": "1"},
    {"assignments__person": "4"}, {"key__wrapped": "x"}, {"search_key__contains": "x"},
    {"order_by": "password"}, {"ordering": "author__password"}, {"fields": "password"},
    {"expand": "author"}, {"format": "api"}, {"user": "1"}, {"actor": "1"}, {"page": "2"},
    {"offset": "1"}, {"sort": "author__password"}, {"sort": "-key"}, {"sort": "name; drop"},
    {"limit": "0"}, {"limit": "101"}, {"limit": "x"}, {"limit": "9" * 5000}, {"limit": "1.5"},
    {"cursor": "x"}, {"cursor": "9" * 5000}, {"cursor": "W10:1abc:def"}, {"cursor": ""},
    {"customer": "x"}, {"customer": "-1"}, {"customer": "9" * 30}, {"q": "x" * 1_000_000},
    {"tier": "Z"}, {"region": "1 OR 1=1"}, {"region": "424242"}, {"since": "yesterday"},
    {"since": "2026-01-01T00:00:00"}, {"at": "0000-00-00"}, {"x" * 100_000: "1"},
]  # fmt: skip


@pytest.mark.parametrize("path", LISTS)
def test_unknown_or_wrong_parameters_are_400_and_show_nothing(cast, api, path):
    li = api("li")
    for query in INJECTIONS:
        answer = li.get(path, **query)
        assert answer.status_code == 400, (path, str(query)[:60], answer.content[:200])
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.data["errors"]
    assert disclosed(cast.li) == []


@pytest.mark.parametrize("path", ["customers/{}", "customers/{}/seats", "me", "people/{}"])
def test_single_objects_take_no_unknown_parameter_either(cast, api, path):
    for query in ({"id__gt": "0"}, {"cursor": "x"}, {"format": "json"}):
        assert api("li").get(path.format(cast.huadong.pk), **query).status_code == 400


def test_a_parameter_said_twice_is_400_but_for_those_that_may_be(cast, api):
    client = api("li").client
    assert client.get("/api/v1/customers?sort=name&sort=-name").status_code == 400
    both = client.get("/api/v1/customers?tier=A&tier=B&status=active")
    assert [row["name"] for row in both.json()["results"]] == ["华东机电"]
    assert client.get("/api/v1/customers?tier=C").json()["results"] == []


@pytest.mark.parametrize(
    "query", ["q=%00", "q=%ED%A0%80", "q=%FF", "%00=1", "q=" + "%E4%B8%AD" * 30]
)
def test_strange_bytes_in_the_address_never_break(api, query):
    for path in LISTS:
        assert api("li").client.get(f"/api/v1/{path}?{query}").status_code in (200, 400)


def test_a_strange_charset_never_breaks(api, cast):
    client = api("li").client
    for charset in ("rot13", "hex", "undefined", "nonsense", "utf-16", "\x7f"):
        kind = f"application/json; charset={charset}"
        answer = client.generic("GET", "/api/v1/customers?q=x", content_type=kind)
        assert answer.status_code in (200, 400), charset
        body = json.dumps({"name": "新城" + charset}).encode()
        answer = client.generic("POST", "/api/v1/customers", body, content_type=kind)
        assert answer.status_code in (201, 400, 422), charset


NESTED = b"[" * 200_000
BROKEN = [b"{", b"nul", b'{"a": NaN}', b"\xff\xfe", b'{"name": "\\ud800"}', b'{"\\udfff": 1}', NESTED,
          b'{"name": "' + b"9" * 10 + b'", "tier": 1' + b"9" * 5000 + b"}"]  # fmt: skip


def addresses(cast):
    """Every writing address with something of the person's own, and a body that would do."""
    contact = wang(cast)
    link = links.add(actor=cast.li, customer=cast.huadong, contact=contact, person=cast.li,
                     values={"through": "visit"})  # fmt: skip
    visit = Activity.objects.create(
        customer=cast.huadong, author=cast.li, happened_at="2026-01-05T10:00Z"
    )
    c = cast.huadong.pk
    return [
        ("post", "customers", {"name": "新城", "client_uuid": str(uuid4())}),
        ("patch", f"customers/{c}", {"name": "新城", "version": 1}),
        ("post", f"customers/{c}/tier", {"tier": "C", "reason": "x"}),
        ("post", f"customers/{c}/contacts", {"name": "周敏", "place": {"title": "x"}, "channels": []}),
        ("patch", f"contacts/{contact.pk}", {"name": "周敏", "version": 1}),
        ("post", f"channels/{phone_of(contact).pk}/reveal", {"reason": "x"}),
        ("post", "links", {"contact": contact.pk, "through": "phone", "since_on": "2026-01-01"}),
        ("post", f"links/{link.pk}/end", {"ended_on": "2026-01-01"}),
        ("post", "visits", {"customer": c, "client_uuid": str(uuid4()), "contacts": [contact.pk]}),
        ("patch", f"visits/{visit.pk}", {"note": "x", "version": 1}),
    ]  # fmt: skip


def test_a_body_that_cannot_be_read_is_400_and_one_of_another_kind_415(cast, api, unchanged):
    everything = addresses(cast)
    with unchanged():
        for method, path, _body in everything:
            for raw in BROKEN:
                answer = getattr(api("he"), method)(path, raw)
                assert answer.status_code == 400, (path, raw[:20])
                assert answer["Content-Type"] == "application/problem+json"
            for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
                answer = getattr(api("he"), method)(path, b"name=x", content_type=kind)
                assert answer.status_code == 415, (path, kind)


def test_a_body_beyond_the_limit_is_413(cast, api, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = api("li").post("customers", {"name": "x" * 1000})
    assert answer.status_code == 413


WRONG = [
    None, [], True, -1, 1.5, 2**63, "", "x", "a\u0000b", "\u202e", "9" * 400, "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00", [{}], [None], [10**40], {"id": 1}, "x" * 1_000_000,
]  # fmt: skip


def test_wrong_shapes_are_refused_and_never_break(cast, api):
    he, answered = api("he"), set()
    for method, path, body in addresses(cast):
        for wrong in ([], None, "x", 5, True):
            sent = getattr(he, method)(path, json.dumps(wrong))
            assert sent.status_code == 422, (path, wrong)
        for field in body:
            for wrong in WRONG:
                answer = getattr(he, method)(path, body | {field: wrong})
                assert answer.status_code < 500, (path, field, str(wrong)[:60])
                answered.add(answer.status_code)
    assert answered <= {200, 201, 403, 404, 409, 422, 428, 429}


def fields_of(model):
    """Every name that could reach a column of a model, and some of other products."""
    names = {field.name for field in model._meta.get_fields()}
    names |= {f"{field.name}_id" for field in model._meta.fields if field.is_relation}
    return names | {"id", "pk", "owner", "owner_id", "team", "is_staff", "is_superuser", "state",
                    "frozen_at", "created_by", "user", "actor", "author", "author_id", "roles",
                    "auth_epoch", "version", "sort_key", "home_unit"}  # fmt: skip


def values(row):
    """Its columns, as they are now."""
    return model_values(row.__class__._base_manager.get(pk=row.pk))


def model_values(row):
    return {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields
            if not isinstance(f, models.GeneratedField)}  # fmt: skip


def test_no_field_of_a_model_can_be_set_that_the_endpoint_does_not_offer(cast, api):
    contact = wang(cast)
    link = links.add(actor=cast.li, customer=cast.huadong, contact=contact, person=cast.li,
                     values={"through": "visit"})  # fmt: skip
    visit = Activity.objects.create(
        customer=cast.huadong, author=cast.li, happened_at="2026-01-05T10:00Z", note="Old"
    )
    li = api("li")
    offered = {
        Customer: {"name", "legal_name", "status", "region", "industry", "address", "version"},
        Contact: {"name", "latin_name", "form_of_address", "note", "do_not_contact", "version", "customer"},
        Activity: {"kind", "happened_at", "note", "contacts", "next_step", "next_step_on", "version"},
        Link: {"ended_on", "customer"},
    }  # fmt: skip
    for row, method, path in [
        (cast.huadong, "patch", f"customers/{cast.huadong.pk}"),
        (contact, "patch", f"contacts/{contact.pk}"),
        (visit, "patch", f"visits/{visit.pk}"),
        (link, "post", f"links/{link.pk}/end"),
    ]:
        before = values(row)
        for name in sorted(fields_of(type(row)) - offered[type(row)]):
            sent = {name: cast.wu.pk} | ({"version": 1} if method == "patch" else {})
            answer = getattr(li, method)(path, sent)
            assert answer.status_code == 422, (path, name)
            assert name in answer.data["errors"]
        assert values(row) == before


@pytest.mark.parametrize("path", ["customers", "visits", "links", "customers/{}/contacts"])
def test_creating_takes_no_identity_and_no_column_from_the_body(cast, api, path, unchanged):
    good = {
        "customers": {"name": "新城"},
        "visits": {"customer": cast.huadong.pk, "client_uuid": str(uuid4())},
        "links": {"contact": 1},
        "customers/{}/contacts": {"name": "周敏"},
    }[path]
    model = {"customers": Customer, "visits": Activity, "links": Link}.get(path, Contact)
    offered = {
        "customers": {"name", "legal_name", "status", "region", "industry", "address", "kind", "tier",
                      "origin", "origin_person", "manager", "client_uuid", "anyway"},
        "visits": {"customer", "client_uuid", "kind", "happened_at", "note", "contacts", "visitors",
                   "next_step", "next_step_on"},
        "links": {"contact", "person", "through", "since_on", "note", "customer"},
        "customers/{}/contacts": {"name", "latin_name", "form_of_address", "note", "do_not_contact",
                                  "place", "channels", "client_uuid"},
    }[path]  # fmt: skip
    with unchanged():
        for name in sorted(fields_of(model) - offered):
            answer = api("li").post(path.format(cast.huadong.pk), good | {name: cast.wu.pk})
            assert answer.status_code == 422, name
            assert name in answer.data["errors"]


@pytest.mark.parametrize("sort", ["name", "-name", "last_activity", "-last_activity"])
def test_pages_hold_every_row_once_while_others_are_added(cast, api, sort):
    from crm.services import customers

    for number in range(7):
        customers.create(actor=cast.li, values={"name": f"Customer {number:02}"})
    li = api("li")
    first = li.get("customers", sort=sort, limit=3).data
    for name in ("AAA", "ZZZ", "Customer 03b"):
        customers.create(actor=cast.li, values={"name": name})
    seen, cursor = [row["id"] for row in first["results"]], first["next"]
    while cursor:
        page = li.get("customers", sort=sort, limit=3, cursor=cursor).data
        seen, cursor = seen + [row["id"] for row in page["results"]], page["next"]
    assert len(seen) == len(set(seen))
    old = Customer.objects.visible_to(cast.li).exclude(name__in=["AAA", "ZZZ", "Customer 03b"])
    assert set(old.values_list("pk", flat=True)) <= set(seen)


def test_a_cursor_belongs_to_its_list_and_order(cast, api):
    he = api("zhao")
    cursor = he.get("customers", limit=1).data["next"]
    assert he.get("customers", limit=1, cursor=cursor).status_code == 200
    assert he.get("customers", limit=1, cursor=cursor, sort="-last_activity").status_code == 400
    for path in ("contacts", "people", "visits"):
        assert he.get(path, cursor=cursor).status_code == 400
    assert he.get("people", cursor=he.get("people", limit=1).data["next"]).status_code == 200
    assert he.get(f"customers/{cast.huadong.pk}/timeline", cursor="x").status_code == 400


def test_a_value_the_database_cannot_hold_is_422_and_never_an_unknown_address(
    cast, api, monkeypatch
):
    def too_large(**_arguments):
        raise DataError("numeric field overflow")

    monkeypatch.setattr("crm.services.customers.edit", too_large)
    body = {"address": "x", "version": cast.huadong.version}
    answer = api("li").patch(f"customers/{cast.huadong.pk}", body)
    assert answer.status_code == 422 and answer.data["errors"]["detail"]
