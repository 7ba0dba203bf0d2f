"""The index is derived: it can be compared with the truth, and made again."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from crm.models import CustomerAccess
from crm.seats import Seat
from crm.services import ownership
from crm.tasks import check_access, purge_access
from kit import jobs
from kit.clock import database_now
from kit.models import Job


def check():
    out = StringIO()
    try:
        call_command("rebuild_access", check=True, stdout=out)
    except SystemExit as end:
        return end.code, out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def damaged(cast):
    """One row gone, one too many, one with other rights."""
    rows = CustomerAccess.objects.filter(customer=cast.huadong)
    rows.filter(principal=cast.li.pk * 4).delete()
    rows.filter(principal=cast.chen.pk * 4).update(rights=1023)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO crm_customeraccess (customer_id, principal, rights, valid_from, valid_to,"
            " name_key, search_key) VALUES (%s, %s, 1, now(), 'infinity', '', '')",
            [cast.nanqiao.pk, cast.li.pk * 4],
        )


def test_check_is_quiet_where_index_and_truth_agree(cast):
    assert check() == (0, "The access index agrees with the truth.\n")


def test_check_names_each_row_that_is_missing_extra_or_wrong(cast, damaged):
    code, text = check()
    assert code == 1
    assert f"missing: customer {cast.huadong.pk}, person {cast.li.pk} (book)" in text
    assert f"wrong: customer {cast.huadong.pk}, person {cast.chen.pk} (book)" in text
    assert f"extra: customer {cast.nanqiao.pk}, person {cast.li.pk} (book)" in text
    assert text.endswith("3 faults.\n")


def test_rebuild_repairs_what_check_found(cast, damaged):
    call_command("rebuild_access", stdout=StringIO())
    assert check()[0] == 0


def test_the_nightly_check_is_one_job_that_counts_faults(cast, damaged):
    check_access()
    check_access()
    job = Job.objects.get(kind="access.check")
    assert jobs.run(jobs.claim(job.pk)) == Job.State.DONE
    job.refresh_from_db()
    assert (job.payload["faults"], job.done) == (3, 2)


def test_purge_drops_only_what_is_over(cast):
    ownership.assign(
        actor=cast.he, customer=cast.huadong, seat=Seat.ACCOUNT_MANAGER, person=cast.he
    )
    row = CustomerAccess.objects.filter(principal=cast.he.pk * 4)
    CustomerAccess.objects.filter(principal=cast.chen.pk * 4).update(valid_to=database_now())
    purge_access()
    assert row.exists()
    assert not CustomerAccess.objects.filter(principal=cast.chen.pk * 4).exists()
