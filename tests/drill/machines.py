"""Several machines: web, worker and beat twice, against one PostgreSQL and one Redis."""

import uuid

from tests.drill.fleet import Fleet, ask
from tests.drill.load import STORED, Browser, Crew, visit

VISITS = 40


def run(options):
    """--points machines, each with a web, a worker and a beat process of its own."""
    with Fleet(webs=options.points, workers=options.points, beats=options.points) as fleet:
        from accounts.models import Notice
        from crm.models import Activity
        from kit.models import Beat, Effect
        from tests.cast import Cast

        cast, crew = Cast(), Crew()
        keys = [uuid.uuid4() for _ in range(VISITS)]
        for number, address in enumerate(fleet.addresses):  # each visit is sent to every machine
            order = keys[number:] + keys[:number]
            browser = Browser(address, cast.li)
            crew.hire([visit(browser, cast.huadong.pk, key, "Drill") for key in order])
        fleet.work(crew.finished, seconds=90)
        seen = moved(fleet, cast)
        locked = locked_everywhere(fleet)
        frozen = frozen_everywhere(fleet, cast)
        fleet.work(lambda: not Effect.objects.filter(done_at=None).exists(), seconds=60)
        fleet.work(lambda: Beat.objects.filter(name="beat").exists(), seconds=60)
        fleet.watched.running["beat-0"].kill()
        before = Beat.objects.get(name="beat").beat_at
        goes_on = fleet.work(lambda: Beat.objects.get(name="beat").beat_at > before, seconds=60)
        stored = Activity.objects.filter(client_uuid__in=keys).count()
        rows = Activity.objects.filter(note="Drill").count()
        told = Notice.objects.count()
        different = Notice.objects.values("effect_id", "person").distinct().count()
        busy = [name for name in fleet.watched.commands if name.startswith("worker")
                and "succeeded" in (fleet.folder / "log" / f"{name}.log").read_text()]  # fmt: skip
    figures = {
        "machines": options.points, "visits sent to each": VISITS, "stored": stored, "rows": rows,
        "a session holds on every machine": seen,
        "failures are counted over all machines": locked,
        "a freeze holds everywhere at once": frozen,
        "workers that worked": len(busy), "notices": told, "notices twice": told - different,
        "heartbeat goes on without the first beat": goes_on,
    }  # fmt: skip
    good = stored == rows == VISITS and seen and locked and frozen and goes_on
    return good and told == different and len(busy) == options.points, figures


def moved(fleet, cast):
    """A session that began at one machine is known at the others."""
    browser = Browser(fleet.addresses[0], cast.he)
    return all(ask(address, "/customers", browser.cookies) == 200 for address in fleet.addresses)


def locked_everywhere(fleet):
    """Five failures, spread over the machines: the sixth is refused, also with the password."""
    from tests.cast import PASSWORD

    def sign_in(address, password):
        return Visitor(address).post("/accounts/login/", {"login": "rep.south", "password": password})  # fmt: skip

    turns = [fleet.addresses[n % len(fleet.addresses)] for n in range(5)]
    failed = [sign_in(address, "wrong") for address in turns]
    return set(failed) == {200} and {sign_in(a, PASSWORD) for a in fleet.addresses} == {429}


class Visitor(Browser):
    """Somebody who has not signed in."""

    def __init__(self, address):
        self.token = uuid.uuid4().hex
        self.cookies, self.address, self.link = f"csrftoken={self.token}", address, None


def frozen_everywhere(fleet, cast):
    """The freeze of one machine is the freeze of all."""
    browsers = [Browser(address, cast.chen) for address in fleet.addresses]
    before = {browser.get("/customers") for browser in browsers}
    admin = Browser(fleet.addresses[0], cast.hu)
    done = admin.post(f"/people/{cast.chen.pk}/state", {"state": "frozen", "reason": "Drill"})
    if done not in STORED:
        raise SystemExit(f"The freeze was answered with {done}.")
    return before == {200} and {b.get("/customers") for b in browsers} == {302}
