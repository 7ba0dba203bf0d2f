"""A server goes away under the running product: every page says so, and it works again by itself."""

import json
import os
import re
import signal
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from contextlib import closing, contextmanager
from http.cookiejar import CookieJar
from uuid import uuid4

import psycopg2
import pytest

from tests.launcher.conftest import wait

pytestmark = pytest.mark.slow
PAGES = ["/", "/customers", "/log", "/trail", "/accounts/login/", "/nothing"]


class Browser:
    """A person at the running product; without a name, a visitor."""

    def __init__(self, folder, name=""):
        self.url, self.folder = folder.told["url"], folder
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self.opener = urllib.request.build_opener(cookies)
        if name:
            password = folder.told["logins"][name]["password"]
            status, body, _ = self.post("/accounts/login/", login=name, password=password)
            assert status == 200 and "/accounts/logout/" in body, self.logged()

    def logged(self):
        """The last words of the pages, for a test that fails."""
        return (self.folder.path / "log" / "web.log").read_text()[-3_000:]

    def get(self, path, data=None, **headers):
        """(status, body, headers) of the last answer after redirects."""
        request = urllib.request.Request(
            self.url + path, data, headers={"Referer": self.url} | headers
        )
        try:
            answer = self.opener.open(request, timeout=60)
        except urllib.error.HTTPError as error:
            answer = error
        return answer.status, answer.read().decode(), answer.headers

    def post(self, path, **fields):
        """Send a form with what its page has hidden in it."""
        page = self.get(path)[1]
        for name in ("csrfmiddlewaretoken", "seen"):
            if found := re.search(rf'name="{name}" value="([^"]*)"', page):
                fields.setdefault(name, found[1])
        return self.get(path, urllib.parse.urlencode(fields).encode())


def first_customer(browser):
    return int(re.search(r'href="/customers/(\d+)"', browser.get("/customers")[1])[1])


def family(pid):
    """A process and its children."""
    told = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout
    return [pid, *map(int, told.split())]


@contextmanager
def frozen(pid):
    """The server is there, takes connections and says nothing."""
    those = family(pid)
    for one in those:
        os.kill(one, signal.SIGSTOP)
    try:
        yield
    finally:
        for one in those:
            os.kill(one, signal.SIGCONT)


def says_so(answer):
    status, body, headers = answer
    return (
        status == 503
        and headers["Retry-After"]
        and "cannot be reached" in body
        and "系统暂时无法使用" in body
    )


def test_without_postgresql_every_page_is_an_honest_503_and_works_again_afterwards(product):
    rep = Browser(product, "rep.east")
    pid = int(product.exports()["HOLDFAST_PID_POSTGRES"])
    with frozen(pid):
        assert all(says_so(rep.get(path)) for path in PAGES[:3])
        assert rep.get("/healthz")[0] == 200
    assert wait(lambda: rep.get("/customers")[0] == 200, 20)
    os.kill(pid, signal.SIGKILL)
    assert all(says_so(rep.get(path)) for path in PAGES)
    assert rep.get("/readyz")[0] == 503 and rep.get("/healthz")[0] == 200
    product.exports()  # starts the server again, and nothing else
    assert wait(lambda: rep.get("/customers")[0] == 200, 30)


def test_without_the_broker_work_goes_on_and_its_effects_follow(product):
    exports = product.exports()
    os.kill(int(exports["HOLDFAST_PID_VALKEY"]), signal.SIGKILL)  # what it held is gone as well
    rep, lead = Browser(product, "rep.east"), Browser(product, "lead.east")
    customer = first_customer(rep)
    token = product.dev("manage", "token", "--as", "rep.east").stdout.split()[-1]

    def api(path, body=None):
        sent = json.dumps(body).encode() if body else None
        kind = {"Authorization": f"Token {token}", "Content-Type": "application/json"}
        status, text, _ = rep.get(f"/api/v1/{path}", sent, **kind)
        return status, json.loads(text)

    assert api("visits", {"client_uuid": str(uuid4()), "customer": customer})[0] == 201
    contacts = api(f"contacts?customer={customer}")[1]["results"]
    assert api(f"channels/{a_channel(api, contacts)}/reveal", {"reason": "Call"})[0] == 200
    assign(lead, customer)
    product.exports()  # starts the broker again, and nothing else

    def open_effects():
        with closing(psycopg2.connect(exports["DATABASE_URL"])) as line, line.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM kit_effect WHERE done_at IS NULL AND due_at <= now()"
            )
            return cursor.fetchone()[0]

    assert wait(lambda: open_effects() == 0, 90)


def a_channel(api, contacts):
    shown = (api(f"contacts/{row['id']}")[1]["channels"] for row in contacts)
    return next(channels[0]["id"] for channels in shown if channels)


def assign(lead, customer):
    """The lead gives the seat of the backup to somebody else."""
    path = f"/customers/{customer}/seats/backup/assign"
    people = re.findall(r'name="person" value="(\d+)"', lead.get(path)[1])
    sent = (lead.post(path, person=one, why="workload") for one in people)
    assert any(answer[0] == 200 for answer in sent)
