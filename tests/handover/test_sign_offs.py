"""Sign-offs: in order, by whom they are for, with what is missing in them, and never changed after."""

import pytest
from django.db import ProgrammingError, connection, transaction
from django.urls import reverse

from handover.models import SignOff
from handover.selectors import sign_offs as shapes
from handover.services import sign_offs
from kit.digests import digest_of
from kit.errors import Conflict, NotAllowed, Refused
from tests.handover import world


@pytest.fixture
def departure(cast):
    departure = world.case(cast, witness=cast.qian)
    world.task(cast, departure, cast.li, key="private_channels", blocking=False)
    return departure


def sign(departure, person, signer, agreed=(0, 1)):
    slot = shapes.slot_of(departure, person, signer)
    seen = digest_of(shapes.to_sign(departure, slot, person)) if slot else "x"
    return sign_offs.sign(
        actor=person, departure=departure, signer=signer, agreed=agreed, seen=seen
    )


def all_sign(cast, departure):
    """Everybody signs in order; nobody of IT is there, which HR notes."""
    sign(departure, cast.li, "leaver")
    sign(departure, cast.chen, "successor")
    sign(departure, cast.qian, "witness")
    sign(departure, cast.he, "supervisor")
    world.task(cast, departure, cast.tang, key="open_money", blocking=False)
    sign(departure, cast.tang, "finance")
    sign_offs.note_missing(actor=cast.hu, departure=departure, signer="it", why="No IT here")
    return sign(departure, cast.hu, "hr")


def test_the_leaver_signs_what_is_missing_with_the_rest(cast, departure):
    open_task = world.task(cast, departure, cast.li)
    row = sign(departure, cast.li, "leaver")
    assert row.is_intact and row.person == cast.li
    missing = {(one["gate"], one["task"]) for one in row.content["missing"]}
    assert ("tasks", open_task.pk) in missing and ("told", None) in missing
    assert "华东" not in str(row.content)  # keys, no names


def test_everybody_signs_one_after_the_other(cast, departure):
    all_sign(cast, departure)
    rows = SignOff.objects.filter(departure=departure)
    assert [row.signer for row in rows] == list(SignOff.Signer.values)
    assert rows.last().content["before"] == [row.digest for row in rows][:-1]


def test_who_signs_out_of_order_is_refused(cast, departure):
    with pytest.raises(Conflict):
        sign(departure, cast.chen, "successor")
    assert not SignOff.objects.exists()


def test_nobody_signs_for_somebody_else(cast, departure):
    for person, signer in [(cast.hu, "leaver"), (cast.wu, "successor"), (cast.he, "witness")]:
        assert shapes.slot_of(departure, person, signer) is None
    with pytest.raises(NotAllowed):
        sign_offs.sign(actor=cast.he, departure=departure, signer="leaver", agreed=[0, 1], seen="")
    assert not SignOff.objects.exists()


def test_nobody_signs_twice_what_has_not_changed(cast, departure):
    sign(departure, cast.li, "leaver")
    with pytest.raises(Conflict):
        sign(departure, cast.li, "leaver")


def test_both_statements_are_ticked_or_nothing_is_signed(cast, departure):
    with pytest.raises(Refused):
        sign(departure, cast.li, "leaver", agreed=[0])
    assert not SignOff.objects.exists()


def test_what_was_not_read_is_not_signed(cast, departure):
    with pytest.raises(Conflict):
        sign_offs.sign(actor=cast.li, departure=departure, signer="leaver", agreed=[0, 1], seen="a")


def test_a_case_that_changed_after_a_signature_says_so_and_is_signed_again(cast, departure):
    sign(departure, cast.li, "leaver")
    world.task(cast, departure, cast.li)
    slot = shapes.slots(departure)[0]
    assert slot.changed and shapes.may_sign(slot)
    sign(departure, cast.li, "leaver")
    assert not shapes.slots(departure)[0].changed
    assert SignOff.objects.count() == 2


def test_a_successor_signs_only_what_they_take(cast):
    departure = world.case(cast, customers=[cast.huadong, cast.nanqiao])
    departure.customers.filter(customer=cast.nanqiao).update(successor=cast.wu)
    slot = next(one for one in shapes.slots(departure) if one.person == cast.wu)
    content = shapes.to_sign(departure, slot, cast.wu)
    assert [row["customer"] for row in content["customers"]] == [cast.nanqiao.pk]


@pytest.mark.parametrize("name", ["li", "chen", "he"])
def test_the_witness_is_neutral(cast, departure, name):
    with pytest.raises(Refused):
        sign_offs.name_witness(actor=cast.hu, departure=departure, person=cast[name])
    departure.refresh_from_db()
    assert departure.witness == cast.qian


def test_a_witness_who_became_successor_does_not_sign(cast, departure):
    sign(departure, cast.li, "leaver")
    departure.customers.update(successor=cast.qian)
    sign(departure, cast.qian, "successor")
    with pytest.raises(Refused):
        sign(departure, cast.qian, "witness")


def test_nobody_notes_a_missing_signature_but_hr(cast, departure):
    with pytest.raises(NotAllowed):
        sign_offs.note_missing(actor=cast.he, departure=departure, signer="leaver", why="Away")
    with pytest.raises(Refused):
        sign_offs.note_missing(actor=cast.hu, departure=departure, signer="leaver", why=" ")
    assert not SignOff.objects.exists()


def test_a_signature_is_never_changed(cast, departure):
    row = sign(departure, cast.li, "leaver")
    for sql in ("UPDATE handover_signoff SET digest = ''", "DELETE FROM handover_signoff"):
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    row.refresh_from_db()
    assert row.is_intact


def test_signing_asks_for_the_password(cast, departure, client):
    client.force_login(cast.li)
    world.task(cast, departure, cast.li)
    address = reverse("handover:sign", args=[departure.pk, "leaver"])
    assert "reauthenticate" in client.get(address)["Location"]
    client.post(reverse("account_reauthenticate"), {"password": "holdfast-test"})
    page = client.get(address)
    assert page.status_code == 200
    seen = page.context["digest"]
    assert client.post(address, {"seen": seen, "agreed": ["0"]}).status_code == 422
    assert client.post(address, {"seen": "old", "agreed": ["0", "1"]}).status_code == 409
    assert client.post(address, {"seen": seen, "agreed": ["0", "1"]}).status_code == 303
    assert SignOff.objects.get().person == cast.li


def test_who_does_not_see_the_case_finds_no_sign_offs(cast, departure, client):
    client.force_login(cast.wu)
    for name, args in [("sign-offs", []), ("sign", ["leaver"]), ("witness", [])]:
        address = reverse(f"handover:{name}", args=[departure.pk, *args])
        assert client.get(address).status_code == 404


def test_who_has_but_a_part_in_a_case_reads_the_own_signature_alone(cast, departure, client):
    rows = {"leaver": sign(departure, cast.li, "leaver")}
    sign_offs.note_missing(actor=cast.hu, departure=departure, signer="successor",
                           person=cast.chen, why="Quarrels with everybody")  # fmt: skip
    rows["successor"] = SignOff.objects.get(signer="successor")
    sees = {"li": ["leaver"], "chen": ["successor"]}
    sees |= {name: ["leaver", "successor"] for name in ("he", "hu", "sun", "qian")}
    for name, signers in sees.items():
        client.force_login(cast[name])
        for signer, row in rows.items():
            address = reverse("handover:sign-off", args=[departure.pk, row.pk])
            assert client.get(address).status_code == (200 if signer in signers else 404), name
        page = client.get(reverse("handover:sign-offs", args=[departure.pk])).content.decode()
        assert ("Quarrels" in page) is ("successor" in signers), name
        assert page.count("/sign-offs/") >= len(signers)


def test_a_case_that_has_to_be_signed_again_waits_on_the_home_of_hr(cast, departure, client):
    all_sign(cast, departure)
    assert shapes.waiting([departure])[departure.pk][0] is None
    world.task(cast, departure, cast.li, key="assets2")  # something is missing since
    slot, signed, needed = shapes.waiting([departure])[departure.pk]
    assert slot.is_next and signed < needed
    client.force_login(cast.hu)
    assert "Sign-offs that wait" in client.get(reverse("handover:hr")).content.decode()
