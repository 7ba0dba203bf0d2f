"""The list, the contact's page and its forms."""

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.models import Activity, Contact, ContactChannel, Position
from crm.services import contacts
from kit.disclosure import Disclosure
from tests.crm.contacts_world import CLEAR, at_both, phone_of, sign_in, wang

SCRIPT = "<script>alert(1)</script>"
NEW = {"name": "周明", "function": "decision", "held_by": "company"}


def address(name, *keys):
    return reverse(f"crm:{name}", args=keys)


def text_of(answer):
    return answer.content.decode()


def test_list_shows_visible_contacts_with_visible_places_and_no_channels(cast, client):
    at_both(cast)
    contacts.create(actor=cast.wu, customer=cast.nanqiao, values={"name": "黄河"})
    page = text_of(sign_in(client, cast.li).get(address("contacts")))
    assert "Wang Fang" in page
    assert "华东机电" in page
    assert "Nanqiao" not in page
    assert "黄河" not in page
    assert "5678" not in page
    page = text_of(sign_in(client, cast.wu).get(address("contacts")))
    assert "Nanqiao" in page
    assert "华东机电" not in page


@pytest.mark.parametrize(
    "q", ["王", "王芳", "wang", "wangfang", "wf", "Wang F", "ＷＡＮＧ", "WANGFANG"]
)
def test_contact_is_found_by_name_pinyin_initials_and_latin_name(cast, client, q):
    wang(cast)
    contacts.create(actor=cast.li, customer=cast.huadong, values={"name": "李波"})
    page = text_of(sign_in(client, cast.li).get(address("contacts"), {"q": q}))
    assert "Wang Fang" in page
    assert "李波" not in page


def test_key_person_elsewhere_is_none_here(cast, client):
    at_both(cast)
    assert "Wang Fang" in text_of(sign_in(client, cast.li).get(address("contacts"), {"key": "1"}))
    assert "Wang Fang" not in text_of(
        sign_in(client, cast.wu).get(address("contacts"), {"key": "1"})
    )
    assert "Wang Fang" in text_of(client.get(address("contacts"), {"function": "other"}))
    assert "Wang Fang" not in text_of(client.get(address("contacts"), {"function": "purchase"}))


def test_pages_of_the_list_lead_forth_and_back_over_everybody_once(cast, client):
    for number in range(60):
        contacts.create(
            actor=cast.li, customer=cast.huadong, values={"name": f"Anna {number // 2:02}"}
        )
    sign_in(client, cast.li)
    seen, after = [], {}
    while True:
        answer = client.get(address("contacts"), after)
        seen += [contact.pk for contact in answer.context["contacts"]]
        if not answer.context["later"]:
            break
        after = {"after": answer.context["last"]}
    assert sorted(seen) == sorted(Contact.objects.values_list("pk", flat=True))
    back = client.get(address("contacts"), {"before": seen[50]})
    assert [contact.pk for contact in back.context["contacts"]] == seen[25:50]


@pytest.mark.parametrize("query", [{"after": "x"}, {"after": "9" * 40}, {"before": "-1"}, {"after": "٣"},
                                   {"q": "x" * 5000}, {"function": "nonsense"}, {"key": "7"}, {"q": "%_'\""}])  # fmt: skip
def test_strange_queries_of_the_list_are_answered(cast, client, query):
    wang(cast)
    assert sign_in(client, cast.li).get(address("contacts"), query).status_code == 200


def test_list_takes_few_statements_however_long(cast, client, django_assert_max_num_queries):
    sign_in(client, cast.li)
    for number in range(20):
        contacts.create(actor=cast.li, customer=cast.huadong, values={"name": f"Anna {number}"})
    client.get(address("contacts"))
    with django_assert_max_num_queries(8):  # five of the page; session, person, unread notices
        client.get(address("contacts"))


def test_page_masks_channels_everywhere_and_flags_the_private_one(cast, client):
    contact = wang(cast)
    for name in ("li", "chen", "he", "zhao", "sun", "fang"):
        page = text_of(sign_in(client, cast[name]).get(contact.get_absolute_url()))
        assert "138 **** 5678" in page
        assert "w***@h…" in page
        assert not any(value in page for value in CLEAR)
        assert page.count("Private channel") == 1


def test_each_rep_sees_the_own_side_of_a_shared_contact(cast, client):
    contact = at_both(cast)
    for customer, note in [(cast.huadong, "East talk"), (cast.nanqiao, "South talk")]:
        row = Activity.objects.create(
            customer=customer, author=cast.li, happened_at=timezone.now(), note=note
        )
        row.contacts.add(contact)
    mine = text_of(sign_in(client, cast.li).get(contact.get_absolute_url()))
    assert "East talk" in mine
    assert "South talk" not in mine
    assert "Nanqiao" not in mine
    theirs = text_of(sign_in(client, cast.wu).get(contact.get_absolute_url()))
    assert "South talk" in theirs
    assert "East talk" not in theirs
    assert "华东机电" not in theirs


def test_page_takes_few_statements(cast, client, django_assert_max_num_queries):
    contact = wang(cast)
    sign_in(client, cast.li)
    client.get(contact.get_absolute_url())
    with django_assert_max_num_queries(25):
        client.get(contact.get_absolute_url())


def test_script_in_a_name_is_shown_as_text(cast, client):
    contact = wang(cast, note=SCRIPT, name=SCRIPT)
    sign_in(client, cast.li)
    for page in (
        contact.get_absolute_url(),
        address("contacts"),
        address("customer-map", cast.huadong.pk),
    ):
        assert SCRIPT not in text_of(client.get(page))


def test_rep_adds_a_contact_by_the_form_and_twice_makes_one(cast, client):
    sign_in(client, cast.li)
    page = address("contact-new", cast.huadong.pk)
    form = NEW | {
        "client_uuid": str(client.get(page).context["form"].initial["client_uuid"]),
        "phone": "13812345678",
    }
    first = client.post(page, form)
    contact = Contact.objects.get()
    assert (first.status_code, first["Location"]) == (303, contact.get_absolute_url())
    assert client.post(page, form)["Location"] == contact.get_absolute_url()
    assert Contact.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [({"name": ""}, "name"), ({"name": "x" * 81}, "name"), ({"function": "king"}, "function"),
     ({"phone": "13812345678 / 13912345678"}, "phone"), ({"mail": "a@b.com c@d.com"}, "mail"),
     ({"phone": "1" * 5000}, "phone"), ({"started_on": "31.31.2026"}, "started_on"),
     ({"started_on": "0001-01-01"}, "started_on"), ({"held_by": "me"}, "held_by"),
     ({"client_uuid": "no-uuid"}, "client_uuid"), ({"note": "x" * 501}, "note")],
)  # fmt: skip
def test_bad_input_is_said_at_its_field_and_nothing_is_saved(cast, client, change, field):
    answer = sign_in(client, cast.li).post(address("contact-new", cast.huadong.pk), NEW | change)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Contact.objects.exists()


def test_editing_by_an_old_form_is_a_conflict_that_keeps_the_text(cast, client):
    contact = wang(cast)
    sign_in(client, cast.li)
    form = {"name": "王芳", "note": "first", "version": 1}
    assert client.post(address("contact-edit", contact.pk), form).status_code == 303
    answer = client.post(address("contact-edit", contact.pk), form | {"note": "second"})
    assert answer.status_code == 409
    assert "second" in text_of(answer)
    assert Contact.objects.get().note == "first"
    assert client.post(address("contact-edit", contact.pk), {"name": "X"}).status_code == 409


def test_rep_moves_a_contact_by_the_form(cast, client):
    contact = wang(cast)
    sign_in(client, cast.zhao)
    form = {
        "customer": "nanqiao hardware",
        "function": "purchase",
        "leaves": contact.positions.get().pk,
    }
    assert client.post(address("position-new", contact.pk), form).status_code == 303
    assert Position.objects.filter(ended_on=None).get().customer == cast.nanqiao


def test_customers_offered_for_a_new_place_are_counted_as_shown(cast, client):
    contact = wang(cast)
    sign_in(client, cast.li).get(address("position-new", contact.pk))
    assert Disclosure.objects.get(person_id=cast.li.pk).customer_ids == [cast.huadong.pk]


def test_a_foreign_customer_cannot_be_named_in_the_form(cast, client):
    contact = wang(cast)
    sign_in(client, cast.li)
    for typed in ("Nanqiao Hardware", "Nothing like it", "x" * 300):
        answer = client.post(
            address("position-new", contact.pk), {"customer": typed, "function": "other"}
        )
        assert answer.status_code == 422
        assert "customer" in answer.context["form"].errors
    assert Position.objects.count() == 1


def test_channel_is_added_edited_and_ended_by_forms(cast, client):
    contact = wang(cast)
    sign_in(client, cast.li)
    new = {"kind": "wechat", "value": "wxid_wang", "held_by": "company"}
    assert client.post(address("channel-new", contact.pk), new).status_code == 303
    old = contact.channels.get(kind="wechat")
    change = {"kind": "wechat", "value": "wxid_other", "held_by": "company"}
    assert client.post(address("channel-edit", old.pk), change).status_code == 303
    fresh = contact.channels.get(kind="wechat", ended_at=None)
    assert client.get(address("channel-end", fresh.pk)).status_code == 405
    assert client.post(address("channel-end", fresh.pk)).status_code == 303
    assert client.post(address("channel-end", fresh.pk)).status_code == 409
    assert not contact.channels.filter(kind="wechat", ended_at=None).exists()


def test_whoever_sees_but_may_not_edit_gets_403_and_a_stranger_the_one_404(cast, client):
    contact = wang(cast)
    channel, place = phone_of(contact), contact.positions.get()
    pages = [("contact-new", cast.huadong.pk), ("contact-edit", contact.pk), ("channel-new", contact.pk),
             ("channel-edit", channel.pk), ("channel-end", channel.pk), ("position-edit", place.pk),
             ("position-end", place.pk), ("link-new", contact.pk)]  # fmt: skip
    for name, key in pages:
        assert sign_in(client, cast.chen).post(address(name, key), {}).status_code == 403, name
        foreign = sign_in(client, cast.wu).post(address(name, key), {})
        unknown = client.post(address(name, 987654321), {})
        assert (foreign.status_code, foreign.content) == (404, unknown.content), name
    assert client.get(address("contact", contact.pk)).status_code == 404
    assert Contact.objects.get().version == 1
    assert ContactChannel.objects.filter(ended_at=None).count() == 2
    assert Position.objects.get().ended_on is None


def test_forged_keys_are_as_unknown_as_missing_ones(cast, client):
    sign_in(client, cast.li)
    for key in (0, 2**63, 10**30):
        assert client.get(f"/contacts/{key}").status_code == 404
        assert client.post(f"/channels/{key}/reveal").status_code == 404
        assert client.get(f"/customers/{key}/map").status_code == 404
