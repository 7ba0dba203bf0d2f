"""Notices by mail, for whoever says so in their profile; the inbox has every one of them anyway.

A mail leaves the house: it says in its reader's language what waits and where, and names no customer
unless MAIL_NAMES_CUSTOMERS is set. It is an effect of its own, so that a mail server that is down
delays mails and nothing else.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import Notice
from accounts.selectors.notifications import outside_words, with_lines
from accounts.services.notifications import receiver
from kit import outbox
from kit.dates import zone_of
from kit.disclosure import Disclosure, shown_to
from kit.models import Effect


@outbox.handler("mail")
def send(effect):
    """Send one notice; not where it has been read, or somebody else answers by now, or none may see it."""
    notice = Notice.objects.select_related("person").filter(pk=effect.payload["notice"]).first()
    if notice is None or notice.read_at or not wanted(notice):
        return
    person = notice.person
    with translation.override(person.language), timezone.override(zone_of(person)):
        with_lines(person, [notice])
        if notice.line.leads:
            message(notice).send()
    if notice.line.leads and settings.MAIL_NAMES_CUSTOMERS:
        shown_to(person, notice.line.customers, Disclosure.Kind.DETAIL, f"mail {notice.url}")


def wanted(notice):
    """Whether its person still has an address and wants mails, and still answers for what it is about."""
    person, source = notice.person, Effect.objects.filter(pk=notice.effect_id).first()
    answers = receiver(source.payload) if source else person
    return bool(person.by_mail and person.email and person.has_access and answers == person)


def message(notice):
    """The mail of a notice with its `line`, in the language of the moment. The subject names nobody."""
    names = settings.MAIL_NAMES_CUSTOMERS
    context = {
        "person": notice.person, "notice": notice, "kind": notice.get_kind_display(),
        "text": notice.line.text if names else outside_words(notice),
        "link": address(notice.url or reverse("accounts:inbox")),
        "profile": address(reverse("accounts:profile")),
    }  # fmt: skip
    body = render_to_string("accounts/notifications/mail.txt", context)
    # The same number each time: where a sending was cut off, the second one is known as a double.
    headers = {
        "Message-ID": f"<notice-{notice.pk}@{urlsplit(settings.SITE_URL).hostname}>",
        "Auto-Submitted": "auto-generated",
    }
    subject = f"Holdfast: {outside_words(notice)}"
    return EmailMessage(subject, body, None, [notice.person.email], headers=headers)


def address(path):
    """A page of this installation as a whole address."""
    return settings.SITE_URL.rstrip("/") + path
