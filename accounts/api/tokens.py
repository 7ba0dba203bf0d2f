"""Sign-in of the API: personal tokens that die with the person's epoch."""

import re

from django.utils.translation import gettext_lazy as _
from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

from accounts.services.sessions import note_use

SHAPE = re.compile(rb"[0-9A-Za-z]{16,128}")


class EpochTokenAuthentication(TokenAuthentication):
    """knox's tokens, refused once the person is frozen, has left, or the epoch has moved on.

    It is the only way in: session cookies are not looked at, so there is nothing to forge across
    sites.
    """

    def authenticate_credentials(self, token):
        if not SHAPE.fullmatch(token):
            raise AuthenticationFailed(_("Invalid token."))
        return super().authenticate_credentials(token)

    def validate_user(self, auth_token):
        person = auth_token.user
        if not person.has_access or auth_token.epoch != person.auth_epoch:
            raise AuthenticationFailed(_("Invalid token."))
        note_use(auth_token)
        return person, auth_token
