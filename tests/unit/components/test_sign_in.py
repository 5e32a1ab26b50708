"""The sign-in in `hub.json`: what follows from the settings of OpenID Connect."""

from collections.abc import Mapping

import pytest

from components import hub_secret
from components.sign_in import sign_in
from hub.contract_oidc import Oidc
from tests.stacks import LTI, OIDC, record_hub, settings_with

_ADA = {"oidc.issuer": "", "oidc.allowedGroups": [], "auth.allowedUsers": ["ada"]}
_TENANT = "0f8fad5b-d9cb-469f-a165-70867728950E"
_NONE: set[str] = set()
_IDP = {"id": "https://idp.example.edu", "allowAll": True}


def oidc_of(changes: Mapping[str, object]) -> Oidc:
    found = sign_in(settings_with({**OIDC, **changes}), "https://hub.example.org", None).oidc
    assert found
    return found


@pytest.mark.parametrize(
    ("changes", "issuer", "title"),
    [
        ({}, "https://sso.example.org/realms/main", "sso.example.org"),
        ({"oidc.title": "Example University"}, "https://sso.example.org/realms/main", "Example University"),
        ({**_ADA, "oidc.provider": "google"}, "https://accounts.google.com", "Google"),
        (
            {**_ADA, "oidc.provider": "entra", "oidc.tenant": _TENANT},
            f"https://login.microsoftonline.com/{_TENANT.lower()}/v2.0",
            "Microsoft",
        ),
        ({**_ADA, "oidc.provider": "cilogon", "oidc.identityProviders": [_IDP]}, "https://cilogon.org", "CILogon"),
    ],
)
def test_the_issuer_and_its_name_follow_from_the_provider(
    changes: Mapping[str, object], issuer: str, title: str
) -> None:
    found = oidc_of(changes)
    assert (found.issuer, found.title) == (issuer, title)


@pytest.mark.parametrize(
    ("changes", "scopes", "parameters"),
    [
        ({"oidc.scopes": ["offline_access"]}, {"offline_access"}, {}),
        ({"oidc.provider": "okta"}, {"groups"}, {}),
        (
            {"oidc.provider": "entra", "oidc.issuer": "", "oidc.tenant": _TENANT},
            {"offline_access", "User.Read"},
            {},
        ),
        ({**_ADA, "oidc.provider": "entra", "oidc.tenant": _TENANT}, _NONE, {}),
        (
            {
                **_ADA,
                "oidc.provider": "google",
                "oidc.scopes": ["offline_access"],
                "oidc.hostedDomains": ["example.org"],
            },
            _NONE,
            {"access_type": "offline", "prompt": "consent", "hd": "example.org"},
        ),
        (
            {
                **_ADA,
                "oidc.provider": "cilogon",
                "oidc.identityProviders": [_IDP, {"id": "urn:b"}],
                "oidc.authorizeParameters": {"skin": "example"},
            },
            {"org.cilogon.userinfo"},
            {"selected_idp": "https://idp.example.edu,urn:b", "skin": "example"},
        ),
    ],
)
def test_providers_get_the_scopes_and_parameters_that_they_need(
    changes: Mapping[str, object], scopes: set[str], parameters: Mapping[str, str]
) -> None:
    found = oidc_of(changes)
    assert {*found.scopes} == {"openid", "profile", "email", *scopes}
    assert found.authorize_parameters == parameters


@pytest.mark.parametrize(
    ("changes", "claim"),
    [
        ({}, "groups"),
        ({"oidc.allowedGroups": [], "oidc.allowAll": True}, None),
        ({"oidc.allowedGroups": [], "oidc.allowAll": True, "oidc.groupsClaim": "roles"}, "roles"),
        (
            {
                "oidc.allowedGroups": [],
                "oidc.allowAll": True,
                "notebook.folders": [{"name": "a", "path": "/a", "claim": "a", "writers": {"groups": ["staff"]}}],
            },
            "groups",
        ),
        ({**_ADA, "oidc.provider": "google"}, None),
    ],
)
def test_groups_are_the_providers_if_a_setting_names_some(changes: Mapping[str, object], claim: str | None) -> None:
    assert oidc_of(changes).groups_claim == claim


def test_client_id_and_secret_reach_the_hub_by_its_secret_only() -> None:
    settings = settings_with(OIDC)
    assert {"OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"} <= {*hub_secret.variables(settings)}
    assert "a-marker-of-oidc" not in record_hub(OIDC).one("ConfigMap").inputs["data"]["hub.json"]


def test_the_address_after_signing_out_is_exported_if_it_has_to_be_registered() -> None:
    without, with_it = record_hub(OIDC), record_hub({**OIDC, "oidc.logoutAtProvider": True})
    assert "oauth_logout_url" not in without.outputs[without.one("JupyterHub").urn]
    found = with_it.outputs[with_it.one("JupyterHub").urn]
    assert found["oauth_logout_url"] == "http://127.100.0.10/hub/logout"


def test_what_a_course_platform_asks_for_is_exported() -> None:
    found = record_hub({**LTI, "hub.baseUrl": "/jupyter"})
    assert found.outputs[found.one("JupyterHub").urn]["lti_urls"] == {
        "initiate_login_url": "https://hub.example.org/jupyter/hub/lti13/oauth_login",
        "redirect_url": "https://hub.example.org/jupyter/hub/lti13/oauth_callback",
        "target_link_url": "https://hub.example.org/jupyter/hub",
    }


def test_a_course_platform_without_a_title_is_named_by_its_host() -> None:
    lti = sign_in(settings_with(LTI), "https://hub.example.org", None).lti
    assert lti
    assert (lti.title, lti.client_ids, lti.deployment_ids) == ("moodle.example.edu", ("client-1",), ())
