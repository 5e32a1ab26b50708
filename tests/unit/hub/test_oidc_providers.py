"""What OpenID providers do differently, as their documentation says, and answers that no honest provider gives."""

from collections.abc import Callable, Generator
from typing import Any

import pytest

from hub.contract import HubConfig
from hub.contract_oidc import IdentityProvider
from hub.errors import HubError, UpstreamError
from tests.doubles.openid_shapes import OpenIdShapes
from tests.hub_configs import LoadConfig
from tests.unit.hub.openid_sign_ins import SignIns

Make = Callable[..., SignIns]
UNIVERSITY = "https://idp.example.edu/idp/shibboleth"
WITHOUT_GROUPS: dict[str, Any] = {"groups_claim": None, "allowed_groups": (), "admin_groups": ()}
GOOGLE_IDP = "http://google.com/accounts/o8/id"


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Generator[OpenIdShapes]:
    monkeypatch.setenv("OIDC_CLIENT_ID", "hub")
    monkeypatch.setenv("OIDC_CLIENT_SECRET", "a secret of the tests")
    with OpenIdShapes() as provider:
        provider.claims = {"sub": "1", "preferred_username": "Ada", "groups": ["staff"]}
        yield provider


@pytest.fixture
def make_hub(provider: OpenIdShapes, load_config: LoadConfig, hub_config: HubConfig) -> Make:
    def make(**changes: object) -> SignIns:
        return SignIns(provider, load_config, hub_config, **{"issuer": provider.issuer, **changes})

    return make


# Google


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"hd": "example.org"}, None),
        ({"hd": "example.com"}, "This hub is for Google accounts of example.org"),
        ({}, "This hub is for Google accounts of example.org"),
    ],
    ids=["workspace", "another workspace", "a private account with an address of the domain"],
)
def test_google_accounts_are_those_of_the_workspace_by_its_claim(
    make_hub: Make, provider: OpenIdShapes, claims: dict[str, Any], reason: str | None
) -> None:
    provider.claims = {"sub": "1", "email": "Ada@Example.org", "email_verified": True, **claims}
    hub = make_hub(
        provider="google",
        username_claim="email",
        strip_domain="example.org",
        **WITHOUT_GROUPS,
        hosted_domains=("example.org",),
        allow_all=True,
    )
    if reason:
        with pytest.raises(HubError, match=reason):
            hub.finish(hub.authorize("ada"))
    else:
        assert hub.signed_in("ada").name == "ada"


def test_without_groups_and_refresh_token_the_claims_of_the_sign_in_count(
    make_hub: Make, provider: OpenIdShapes
) -> None:
    """As with Google, which gives a refresh token only if it asks for consent each time."""
    provider.refresh_token = None
    provider.claims = {"sub": "1", "email": "ada@example.org", "email_verified": True, "hd": "example.org"}
    of_google = {"provider": "google", "username_claim": "email", "allow_all": True, **WITHOUT_GROUPS}
    hub = make_hub(**of_google, hosted_domains=("example.org",))
    ada = hub.signed_in("ada")
    provider.token_status = 401  # after an hour
    assert hub.refresh(ada)["name"] == "ada@example.org"
    later = make_hub(**of_google, hosted_domains=("example.com",))
    later.stopped = hub.stopped
    assert later.refresh(ada) is False, "the settings are others now"
    assert hub.stopped == ["ada@example.org/"]


# Microsoft Entra

GRAPH = "/v1.0/me/transitiveMemberOf/microsoft.graph.group"
OVERAGE = {"_claim_names": {"groups": "src1"}, "_claim_sources": {"src1": {"endpoint": "https://graph.windows.net/x"}}}


@pytest.fixture
def entra(make_hub: Make, provider: OpenIdShapes) -> SignIns:
    """A hub whose user is in the group `staff`, and has an object ID."""
    provider.claims["oid"] = "the-object"
    # Microsoft's userinfo has less.
    provider.person = {"sub": "another"}
    hub = make_hub(provider="entra", scopes=("openid", "profile", "email", "offline_access", "User.Read"))
    hub.authenticator.graph_url = provider.url
    return hub


def test_entra_accounts_are_known_by_their_object_id(entra: SignIns) -> None:
    model = entra.sign_in("ada")
    assert model
    assert model["user_info"]["account"]["id"] == "the-object"
    assert model["groups"] == ["staff"]


def test_groups_that_are_too_many_for_a_token_come_from_microsoft_graph(entra: SignIns, provider: OpenIdShapes) -> None:
    del provider.claims["groups"]
    provider.claims |= OVERAGE
    more = f"{provider.url}/more"
    provider.pages[GRAPH] = (200, {"value": [{"id": f"g{number}"} for number in range(250)], "@odata.nextLink": more})
    provider.pages["/more"] = (200, {"value": [{"id": "staff"}]})
    ada = entra.signed_in("ada")
    assert len(ada.groups) == 251
    provider.pages["/more"] = (200, {"value": []})
    assert entra.refresh(ada) is False
    assert entra.stopped == ["Ada/".lower()]


@pytest.mark.parametrize("answer", [(403, {"error": {"code": "Forbidden"}}), (503, {}), (200, {"value": None})])
def test_an_error_of_microsoft_graph_is_no_answer(
    entra: SignIns, provider: OpenIdShapes, answer: tuple[int, dict[str, Any]]
) -> None:
    ada = entra.signed_in("ada")
    del provider.claims["groups"]
    provider.claims |= OVERAGE
    provider.pages[GRAPH] = answer
    assert entra.refresh(ada) is True
    assert entra.stopped == []
    with pytest.raises(UpstreamError, match=r"Microsoft Graph|Example University"):
        entra.finish(entra.authorize("ada"))


@pytest.mark.parametrize(
    ("code", "stops"),
    [(50057, True), (50034, True), (50020, True), (50105, True), (50173, False), (700082, False), (53003, False)],
)
def test_only_entras_errors_about_the_account_end_a_server(
    entra: SignIns,
    provider: OpenIdShapes,
    code: int,
    stops: bool,  # noqa: FBT001 a column
) -> None:
    ada = entra.signed_in("ada")
    provider.refusal = (400, {"error": "invalid_grant", "error_description": f"AADSTS{code}", "error_codes": [code]})
    assert entra.refresh(ada) is False
    assert entra.stopped == (["ada/"] if stops else [])


# CILogon


@pytest.fixture
def cilogon(make_hub: Make) -> SignIns:
    """A hub for a university, and for Google accounts of a domain."""
    university = IdentityProvider(
        id=UNIVERSITY,
        username_claim="eppn",
        strip_domain="example.edu",
        prefix=None,
        allow_all=True,
        allowed_domains=(),
    )
    google = IdentityProvider(
        id=GOOGLE_IDP,
        username_claim="email",
        strip_domain=None,
        prefix="google",
        allow_all=False,
        allowed_domains=("example.org",),
    )
    return make_hub(
        provider="cilogon",
        username_claim="email",
        needs_verified_email=False,
        **WITHOUT_GROUPS,
        identity_providers=(university, google),
    )


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"idp": UNIVERSITY, "eppn": "Ada@example.edu", "email": "a@b.example"}, "ada"),
        ({"idp": GOOGLE_IDP, "email": "ada@example.org"}, "google:ada@example.org"),
        ({"idp": GOOGLE_IDP, "email": "ada@example.com"}, None),
    ],
)
def test_cilogon_names_and_rights_follow_the_identity_provider(
    cilogon: SignIns, provider: OpenIdShapes, claims: dict[str, Any], name: str | None
) -> None:
    provider.claims = {"sub": "http://cilogon.org/serverA/users/1", **claims}
    model = cilogon.sign_in("ada")
    assert (model and model["name"]) == name


@pytest.mark.parametrize("idp", [{"idp": "https://evil.example", "idp_name": "Evil"}, {}])
def test_an_identity_provider_that_is_not_listed_lets_nobody_in(
    cilogon: SignIns, provider: OpenIdShapes, idp: dict[str, str]
) -> None:
    provider.claims = {"sub": "1", "email": "ada@example.org", "eppn": "ada@example.edu", **idp}
    cilogon.authenticator.allowed_users = {"ada"}
    with pytest.raises(HubError, match="is not among the identity providers of this hub"):
        cilogon.finish(cilogon.authorize("ada"))


# Keycloak, Auth0, Okta and others


@pytest.mark.parametrize(
    ("kind", "claim", "claims", "groups"),
    [
        ("keycloak", "groups", {"groups": ["/science/physics", "/a"]}, ["a", "science", "science/physics"]),
        ("keycloak", "realm_access.roles", {"realm_access": {"roles": ["staff"]}}, ["staff"]),
        ("auth0", "https://example.org/groups", {"https://example.org/groups": ["staff"]}, ["staff"]),
        ("okta", "groups", {"groups": ["Everyone", "staff"]}, ["Everyone", "staff"]),
        ("other", "groups", {"groups": "staff"}, ["staff"]),
        ("other", "groups", {"groups": ["staff", 7, None, "", "a" * 256, "a\nb"]}, ["staff"]),
        ("other", "groups", {"groups": []}, []),
    ],
)
def test_groups_are_read_in_the_form_of_each_provider(
    make_hub: Make, provider: OpenIdShapes, kind: str, claim: str, claims: dict[str, Any], groups: list[str]
) -> None:
    provider.claims = {"sub": "1", "preferred_username": "ada", **claims}
    hub = make_hub(provider=kind, groups_claim=claim, allow_all=True)
    ada = hub.signed_in("ada")
    assert [group.name for group in ada.groups] == groups
    assert hub.refresh(ada)["groups"] == groups


def test_an_issuer_may_have_a_path_and_a_slash_at_its_end(make_hub: Make, provider: OpenIdShapes) -> None:
    """As Auth0's; people forget the slash, and ID tokens have it."""
    provider.path = "/realms/main/"
    assert make_hub(issuer=provider.issuer.rstrip("/")).sign_in("ada")
    assert make_hub(issuer=provider.issuer).sign_in("ada")


def test_a_client_that_may_use_one_method_only_works_with_it(make_hub: Make, provider: OpenIdShapes) -> None:
    provider.discovery["token_endpoint_auth_methods_supported"] = None  # then Basic is the standard's
    hub = make_hub()
    assert hub.sign_in("ada")
    assert hub.authenticator.basic_auth is True


def test_people_are_led_to_the_provider_with_its_own_parameters(make_hub: Make, provider: OpenIdShapes) -> None:
    hub = make_hub(authorize_parameters={"kc_idp_hint": "university"})
    assert hub.sign_in("ada")
    assert provider.asked[-1]["kc_idp_hint"] == "university"
    assert provider.asked[-1]["scope"] == "openid profile email"


# Groups and answers without them


def test_a_claim_without_groups_is_told_in_the_log(
    make_hub: Make, provider: OpenIdShapes, caplog: pytest.LogCaptureFixture
) -> None:
    del provider.claims["groups"]
    hub = make_hub(allow_all=True)
    with hub.told(caplog):
        model = hub.sign_in("ada")
    assert model
    assert model["groups"] == []
    assert "the claim groups (oidc.groupsClaim) is none of aud, exp, iat, iss, preferred_username, sub" in caplog.text


def test_an_answer_without_an_id_token_is_no_answer_about_its_groups(make_hub: Make, provider: OpenIdShapes) -> None:
    provider.person = {"sub": "1"}
    hub = make_hub()
    ada = hub.signed_in("ada")
    provider.sends_id_token_again = False
    assert hub.refresh(ada) is True
    assert hub.stopped == []
    provider.person = {"sub": "1", "groups": ["staff"]}
    assert hub.refresh(ada)["groups"] == ["staff"]
    assert ada.state
    assert ada.state["id_token"], "for signing out at the provider"
    provider.person = {"sub": "1", "groups": []}
    assert hub.refresh(ada) is False
    assert hub.stopped == ["ada/"]


def test_without_a_refresh_token_the_access_token_tells_groups_until_it_ends(
    make_hub: Make, provider: OpenIdShapes
) -> None:
    provider.refresh_token = None
    hub = make_hub()
    ada = hub.signed_in("ada")
    assert hub.refresh(ada)["groups"] == ["staff"]
    provider.token_status = 401
    assert hub.refresh(ada) is False, "a sign-in is needed"
    assert hub.stopped == []
    provider.token_status = 200
    provider.claims["groups"] = []
    assert hub.refresh(ada) is False
    assert hub.stopped == ["ada/"]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, {"error": "server_error"}),
        (503, {}),
        (429, {"error": "too_many_requests"}),
        (403, {"error": "access_denied"}),
        (404, {}),
        (400, {}),
        (401, {}),
        (400, {"error": "temporarily_unavailable"}),
        (400, {"error": "invalid_request"}),
        (401, {"error": "invalid_client"}),
        (200, {}),
        (200, {"access_token": "access"}),
    ],
)
def test_an_error_of_the_provider_is_never_taken_for_a_no(
    make_hub: Make, provider: OpenIdShapes, status: int, body: dict[str, Any]
) -> None:
    hub = make_hub(scopes=("openid", "offline_access"))
    ada = hub.signed_in("ada")
    provider.refusal = (status, body)
    expected = hub.refresh(ada)
    assert expected is True or expected["name"] == "ada"
    assert hub.stopped == []


# Answers that no honest provider gives


@pytest.mark.parametrize(
    "forged",
    [
        {"protocol": {"aud": "another"}},
        {"protocol": {"aud": ["hub", "another"], "azp": "another"}},
        {"protocol": {"iss": "https://evil.example"}},
        {"protocol": {"exp": 1}},
        {"algorithm": "none"},
        {"algorithm": "HS256"},
    ],
    ids=str,
)
def test_an_id_token_for_others_or_without_the_providers_signature_is_refused(
    make_hub: Make, provider: OpenIdShapes, forged: dict[str, Any]
) -> None:
    for name, value in forged.items():
        setattr(provider, name, value)
    hub = make_hub()
    with pytest.raises(HubError, match="The ID token of Example University is not valid for this hub") as caught:
        hub.finish(hub.authorize("ada"))
    assert caught.value.status_code == 403


def test_claims_of_another_user_are_refused(make_hub: Make, provider: OpenIdShapes) -> None:
    provider.person = {"sub": "2", "groups": ["staff", "admins"]}
    hub = make_hub()
    with pytest.raises(UpstreamError, match="claims of another user"):
        hub.finish(hub.authorize("ada"))


@pytest.mark.parametrize(
    ("discovery", "reason"),
    [
        ({"issuer": "https://evil.example"}, "it calls itself https://evil.example"),
        ({"issuer": None}, "its discovery document has no issuer"),
        ({"token_endpoint": None}, "its discovery document has no token_endpoint"),
    ],
)
def test_a_discovery_document_of_another_issuer_is_refused_with_the_key_to_change(
    make_hub: Make, provider: OpenIdShapes, discovery: dict[str, Any], reason: str
) -> None:
    provider.discovery = discovery
    hub = make_hub()
    with pytest.raises(HubError, match=reason) as caught:
        hub.run(hub.authenticator.discover)
    assert "pulumi config set oidc.issuer URL" in caught.value.jupyterhub_message
    assert caught.value.status_code == 500


def test_an_issuer_without_discovery_document_is_reported_with_the_key_to_change(
    make_hub: Make, provider: OpenIdShapes
) -> None:
    hub = make_hub(issuer=f"{provider.url}/realms/wrong")
    with pytest.raises(HubError, match="it has no discovery document") as caught:
        hub.run(hub.authenticator.discover)
    assert "pulumi config set oidc.issuer URL" in caught.value.jupyterhub_message


@pytest.mark.parametrize("name", [None, "", " ", 7, ["ada"], "a/b"])
def test_an_account_without_a_usable_name_is_refused(make_hub: Make, provider: OpenIdShapes, name: object) -> None:
    provider.claims["preferred_username"] = name
    hub = make_hub()
    with pytest.raises(HubError, match=r"does not tell the hub your user name|cannot be a user name") as caught:
        hub.finish(hub.authorize("ada"))
    assert caught.value.status_code == 403


@pytest.mark.parametrize(
    ("verified", "needed", "welcome"),
    [(True, True, True), ("true", True, True), (False, True, False), (None, True, False), (None, False, True)],
)
def test_an_email_address_is_a_name_only_if_the_provider_vouches_for_it(
    make_hub: Make,
    provider: OpenIdShapes,
    verified: object,
    needed: bool,  # noqa: FBT001 a column
    welcome: bool,  # noqa: FBT001 a column
) -> None:
    provider.claims |= {"email": "ada@example.org", "email_verified": verified}
    hub = make_hub(username_claim="email", needs_verified_email=needed)
    if welcome:
        assert hub.signed_in("ada").name == "ada@example.org"
    else:
        with pytest.raises(HubError, match="verified"):
            hub.finish(hub.authorize("ada"))


def test_signing_out_needs_no_address_of_the_provider(make_hub: Make, caplog: pytest.LogCaptureFixture) -> None:
    hub = make_hub(logout_at_provider=True)
    ada = hub.signed_in("ada")
    with hub.told(caplog):
        assert hub.logout_address(ada) is None
    assert "no end_session_endpoint" in caplog.text
