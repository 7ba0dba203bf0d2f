"""Redis is killed and everything it held is deleted while people work: only hints are lost."""

import time
import uuid

from tests.drill.fleet import Fleet
from tests.drill.load import Browser, Crew, reminder, visit

AWAY = 8  # seconds without a broker, unless --seconds says another number
PAGES = ["/customers", "/", "/inbox", "/customers?q=hua"]
DONE_WITHIN = 120


def run(options):
    """--points losses, each of --seconds; then everything due must be done within two minutes."""
    away = options.seconds or AWAY
    with Fleet() as fleet:
        from accounts.models import Notice
        from crm.models import Activity
        from kit.models import Effect
        from tests.cast import Cast

        cast, crew, looked = Cast(), Crew(), Looks()
        address, sent = fleet.addresses[0], Sent()
        li, chen, reader = (Browser(address, one) for one in (cast.li, cast.chen, cast.li))
        crew.hire(sent.visits(li, cast.huadong.pk, crew))
        crew.hire(sent.visits(chen, cast.huadong.pk, crew))
        crew.hire(sent.reminders(cast.wu.pk, crew))
        crew.hire(looked.at(reader, crew))
        for _ in range(options.points):
            fleet.work(lambda: False, seconds=4)
            fleet.lose_broker()
            looked.while_away = True
            fleet.work(lambda: False, seconds=away)
            looked.while_away = False
            fleet.valkey.start()
        back = time.monotonic()
        crew.stop()
        done = fleet.work(
            lambda: not Effect.objects.filter(done_at=None).exists(), seconds=DONE_WITHIN
        )
        took = time.monotonic() - back
        stored = Activity.objects.filter(client_uuid__in=sent.keys).count()
        notices = Notice.objects.filter(url__in=[f"/today?{mark}" for mark in sent.marks]).count()
    figures = {
        "losses": options.points, "seconds away": away,
        "visits": len(sent.keys), "lost visits": len(sent.keys) - stored,
        "reminders": len(sent.marks), "lost or twice reminders": len(sent.marks) - notices,
        "all due work done after (s)": round(took, 1), "done": done,
        "pages while away": looked.asked, "answered": looked.answered,
    }  # fmt: skip
    kept = stored == len(sent.keys) and notices == len(sent.marks)
    return kept and done and looked.answered >= 0.99 * looked.asked > 0, figures


class Sent:
    """What people have sent and been told is stored, as long as the crew works."""

    def __init__(self):
        self.keys, self.marks = [], []

    def visits(self, browser, customer, crew):
        while not crew.stopped.is_set():
            key = uuid.uuid4()
            yield visit(browser, customer, key, "Drill")
            self.keys.append(key)
            time.sleep(0.2)

    def reminders(self, person, crew):
        while not crew.stopped.is_set():
            mark = uuid.uuid4().hex
            yield reminder(person, mark)
            self.marks.append(mark)
            time.sleep(0.2)


class Looks:
    """Somebody who reads pages, and counts those that answered while the broker was away."""

    def __init__(self):
        self.while_away, self.asked, self.answered = False, 0, 0

    def at(self, browser, crew):
        turn = 0
        while not crew.stopped.is_set():
            page, away = PAGES[turn % len(PAGES)], self.while_away
            status = browser.get(page)
            self.asked += away
            self.answered += away and status == 200
            turn += 1
            yield lambda: True
