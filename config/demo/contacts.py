"""Plans who is known at each customer, how they are reached, and who of ours knows them."""

from datetime import timedelta

from config.demo.names import POSTS
from crm.models import Contact, Customer, Link, Position

DAY = timedelta(days=1)
SIZES = {"A": (4, 6), "B": (2, 4), "C": (1, 3)}  # how many contacts
MAILED = ("decision", "finance")  # functions whose mail address is known
ABROAD = {"europe", "pacific"}


class Contacts:
    """The part of `Files` about contacts; takes chance, names, days and people from there."""

    def contacts(self, file, region):
        """Who is known at a customer, the most important first."""
        alone = file.customer.kind == Customer.Kind.PERSON
        least, most = (1, 1) if alone else SIZES[file.customer.tier]
        for place, post in enumerate(POSTS[: self.chance.randint(least, most)]):
            file.contacts.append(self.contact(file, region, place, post, alone))

    def contact(self, file, region, place, post, alone):
        post_zh, post_en, function, key = post
        contact = Contact(**self.called(file, region, alone))
        contact.created_at = file.began + (place * 40 * DAY if place < 2 else DAY)
        contact.created_at = min(contact.created_at, self.now - DAY)
        days = self.chance.randint(200, 3_000)
        position = Position(
            contact=contact, customer=file.customer, function=function, is_key_person=key,
            title="" if alone else post_zh if file.chinese else post_en,
            started_on=None if alone else (self.now - days * DAY).date(),
        )  # fmt: skip
        if place >= 2 and self.chance.random() < 0.06:
            position.ended_on = (self.now - self.chance.randint(20, 150) * DAY).date()
        return contact, position, self.channels(file, region, function)

    def called(self, file, region, alone):
        """The names of a contact: the customer's own, Chinese, foreign, or both."""
        if alone:
            return {"name": file.customer.name}
        if file.team in ABROAD:
            return {"name": self.names.abroad(region)}
        if not file.chinese and self.chance.random() < 0.35:
            return {"name": self.names.abroad("")}
        return {"name": self.names.chinese()}

    def channels(self, file, region, function):
        """A phone mostly; mail for those who decide, a chat for those who buy. None can be real."""
        found, tail = [], f"{self.chance.randint(100, 999_999):06d}"
        if self.chance.random() < (0.9 if function in MAILED else 0.98):
            found.append(("phone", self.names.phone(region), "company"))
        if function in MAILED or not file.chinese:
            house = f"customer{file.customer.created_at:%j}{tail[:2]}.example"
            found.append(("mail", f"{function}.{tail[:3]}@{house}", "company"))
        if function == "purchase" and file.chinese:
            held = self.chance.choice(["company", "company", "private"])
            found.append((self.chance.choice(["wechat", "wecom"]), f"buy_{tail}", held))
        return [{"kind": kind, "value": value, "held_by": held, "label": ""}
                for kind, value, held in found]  # fmt: skip

    # -- who knows whom ------------------------------------------------------------------------

    def links(self, file):
        """What was recorded: managers know the first contacts, backups and members the very first."""
        here = [contact for contact, position, _channels in file.contacts if not position.ended_on]
        for login, start, end in file.stints:
            for contact in here[: 1 + len(here) // 2]:
                through = "mail" if file.team in ABROAD else "visit"
                self.link(file, login, contact, through, start, end)
        if file.backup and self.chance.random() < 0.7:
            self.link(file, file.backup, here[0], "phone", file.backup_since)
        for login in file.members:
            self.link(file, login, here[0], "event", file.began)

    def link(self, file, login, contact, through, start, end=None):
        since = max(start, self.joined[login]) + self.chance.randint(0, 30) * DAY
        last = None if end is None or login == file.manager else max(since, end).date()
        since = min(since, self.now - DAY)
        if last and last >= self.days.today:
            last = max(since.date(), self.days.today - DAY)
        if any(
            (link.person, link.contact) == (self.people[login], contact)
            for _file, link in file.links
        ):
            return
        file.links.append((file, Link(
            person=self.people[login], contact=contact, through=through, since_on=since.date(),
            ended_on=last,
        )))  # fmt: skip
