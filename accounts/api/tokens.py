"""Sign-in of the API: personal tokens that die with the person's epoch."""

from django.utils.translation import gettext_lazy as _
from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed


class EpochTokenAuthentication(TokenAuthentication):
    """knox's tokens, refused once the person is frozen, has left, or the epoch has moved on."""

    def validate_user(self, auth_token):
        person = auth_token.user
        if not person.has_access or auth_token.epoch != person.auth_epoch:
            raise AuthenticationFailed(_("Invalid token."))
        return person, auth_token
