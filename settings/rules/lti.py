"""Rules of sign-in by LTI 1.3."""

from settings.groups.auth import AuthSettings
from settings.groups.hub import HubSettings
from settings.groups.lti import LtiSettings
from settings.rules.effects import without_effect


def effect_errors(auth: AuthSettings, lti: LtiSettings) -> list[str]:
    """Report keys of LTI with another sign-in."""
    if auth.type == "lti":
        return []
    why = f"with auth.type {auth.type}; to let people sign in from a course platform: pulumi config set auth.type lti"
    return without_effect("lti", lti, LtiSettings.model_fields, why)


def platform_errors(auth: AuthSettings, lti: LtiSettings) -> list[str]:
    """Report missing parts of the registration at the platform."""
    if auth.type != "lti":
        return []
    commands = {
        "issuer": "pulumi config set lti.issuer URL",
        "client_ids": "pulumi config set --path '[\"lti.clientIds\"][0]' ID",
        "authorization_url": "pulumi config set lti.authorizationUrl URL",
        "keys_url": "pulumi config set lti.keysUrl URL",
    }
    return [
        f"lti.{LtiSettings.model_fields[name].alias}: is not set; register the hub at the platform as a tool of LTI "
        f"1.3, which then shows it (docs/sign-in.md#lti-13): {command}"
        for name, command in commands.items()
        if not getattr(lti, name)
    ]


def https_errors(auth: AuthSettings, public_url: str | None) -> list[str]:
    """Report a hub without https: browsers send it no cookie with the form that the platform's page sends."""
    if auth.type != "lti" or (public_url or "").startswith("https://"):
        return []
    return [
        (
            "auth.type: lti needs https, as a browser sends cookies from another site's page with https only; set "
            "endpoint.hostname and endpoint.tlsSecret, or publicUrl if another program ends https: docs/https.md"
        )
    ]


def group_errors(auth: AuthSettings, lti: LtiSettings, hub: HubSettings) -> list[str]:
    """Report groups beside roles, which become the groups of a user."""
    if auth.type != "lti" or not (lti.admin_roles and hub.groups):
        return []
    return [
        (
            "hub.groups: has no effect with lti.adminRoles, as groups then come from the platform; list admins in "
            "auth.adminUsers in its place: pulumi config rm lti.adminRoles; or: pulumi config rm hub.groups"
        )
    ]
