"""Nothing more is written about a person who was erased (crm/services/erasure.py)."""

from django.utils.translation import gettext as _

from kit.errors import Refused


def refuse_erased(subject):
    """Refused, where a contact or private customer was erased."""
    if subject.erased_at is not None:
        raise Refused(_("This person has been erased."))
