"""What a service may answer instead of doing its work. Views and API turn these into messages."""

from django.utils.translation import gettext_lazy as _


class Refused(Exception):
    """A service will not do this. `fields` maps a form field ("" = the whole form) to a message.

    `tells`: keys of customers that the refusal itself discloses, for the counter.
    """

    status = 422
    code = "refused"

    def __init__(self, message, *, field="", code=None, tells=()):
        super().__init__(str(message))
        self.message = message
        self.fields = {field: message}
        self.code = code or self.code
        self.tells = tells


class NotAllowed(Refused):
    """The subject is visible, the act is not this person's to do."""

    status = 403
    code = "not_allowed"

    def __init__(self, message=_("You may see this, but this is not yours to do.")):
        super().__init__(message)


class Conflict(Refused):
    """Somebody else got there first; nothing was changed."""

    status = 409
    code = "conflict"


class OverBudget(Refused):
    """A counted budget is spent."""

    status = 429
    code = "over_budget"

    def __init__(self, message, *, seconds=3_600, **more):
        """seconds: after how many it may be tried again."""
        super().__init__(message, **more)
        self.seconds = seconds
