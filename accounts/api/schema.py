"""How the schema describes the sign-in by token."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class TokenScheme(OpenApiAuthenticationExtension):
    """`Authorization: Token …`."""

    target_class = "accounts.api.tokens.EpochTokenAuthentication"
    name = "personalToken"

    def get_security_definition(self, auto_schema):
        return {
            "type": "apiKey", "in": "header", "name": "Authorization",
            "description": "A personal token from the profile, as `Token …`. It lives 90 days at most.",
        }  # fmt: skip
