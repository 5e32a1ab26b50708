"""What OpenID providers do differently, as their documentation says."""

from typing import Any

import pytest

from hub.contract_oidc import IdentityProvider
from hub.errors import HubError, UpstreamError
from tests.doubles.openid_shapes import OpenIdShapes
from tests.unit.hub.openid_sign_ins import HubOfShapes, SignIns

UNIVERSITY = "https://idp.example.edu/idp/shibboleth"
WITHOUT_GROUPS: dict[str, Any] = {"groups_claim": None, "allowed_groups": (), "admin_groups": ()}
GOOGLE_IDP = "http://google.com/accounts/o8/id"


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
    hub_of_shapes: HubOfShapes, shapes: OpenIdShapes, claims: dict[str, Any], reason: str | None
) -> None:
    shapes.claims = {"sub": "1", "email": "Ada@Example.org", "email_verified": True, **claims}
    hub = hub_of_shapes(
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
    hub_of_shapes: HubOfShapes, shapes: OpenIdShapes
) -> None:
    """As with Google, which gives a refresh token only if it asks for consent each time."""
    shapes.refresh_token = None
    shapes.claims = {"sub": "1", "email": "ada@example.org", "email_verified": True, "hd": "example.org"}
    of_google = {"provider": "google", "username_claim": "email", "allow_all": True, **WITHOUT_GROUPS}
    hub = hub_of_shapes(**of_google, hosted_domains=("example.org",))
    ada = hub.signed_in("ada")
    shapes.token_status = 401  # after an hour
    assert hub.refresh(ada)["name"] == "ada@example.org"
    later = hub_of_shapes(**of_google, hosted_domains=("example.com",))
    later.stopped = hub.stopped
    assert later.refresh(ada) is False, "the settings are others now"
    assert hub.stopped == ["ada@example.org/"]


# Microsoft Entra

GRAPH = "/v1.0/me/transitiveMemberOf/microsoft.graph.group"
OVERAGE = {"_claim_names": {"groups": "src1"}, "_claim_sources": {"src1": {"endpoint": "https://graph.windows.net/x"}}}


@pytest.fixture
def entra(hub_of_shapes: HubOfShapes, shapes: OpenIdShapes) -> SignIns:
    """A hub whose user is in the group `staff`, and has an object ID."""
    shapes.claims["oid"] = "the-object"
    # Microsoft's userinfo has less.
    shapes.person = {"sub": "another"}
    hub = hub_of_shapes(provider="entra", scopes=("openid", "profile", "email", "offline_access", "User.Read"))
    hub.authenticator.graph_url = shapes.url
    return hub


def test_entra_accounts_are_known_by_their_object_id(entra: SignIns) -> None:
    model = entra.sign_in("ada")
    assert model
    assert model["user_info"]["account"]["id"] == "the-object"
    assert model["groups"] == ["staff"]


def test_groups_that_are_too_many_for_a_token_come_from_microsoft_graph(entra: SignIns, shapes: OpenIdShapes) -> None:
    del shapes.claims["groups"]
    shapes.claims |= OVERAGE
    more = f"{shapes.url}/more"
    shapes.pages[GRAPH] = (200, {"value": [{"id": f"g{number}"} for number in range(250)], "@odata.nextLink": more})
    shapes.pages["/more"] = (200, {"value": [{"id": "staff"}]})
    ada = entra.signed_in("ada")
    assert len(ada.groups) == 251
    shapes.pages["/more"] = (200, {"value": []})
    assert entra.refresh(ada) is False
    assert entra.stopped == ["Ada/".lower()]


@pytest.mark.parametrize("answer", [(403, {"error": {"code": "Forbidden"}}), (503, {}), (200, {"value": None})])
def test_an_error_of_microsoft_graph_is_no_answer(
    entra: SignIns, shapes: OpenIdShapes, answer: tuple[int, dict[str, Any]]
) -> None:
    ada = entra.signed_in("ada")
    del shapes.claims["groups"]
    shapes.claims |= OVERAGE
    shapes.pages[GRAPH] = answer
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
    shapes: OpenIdShapes,
    code: int,
    stops: bool,  # noqa: FBT001 a column
) -> None:
    ada = entra.signed_in("ada")
    shapes.refusal = (400, {"error": "invalid_grant", "error_description": f"AADSTS{code}", "error_codes": [code]})
    assert entra.refresh(ada) is False
    assert entra.stopped == (["ada/"] if stops else [])


# CILogon


@pytest.fixture
def cilogon(hub_of_shapes: HubOfShapes) -> SignIns:
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
    return hub_of_shapes(
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
    cilogon: SignIns, shapes: OpenIdShapes, claims: dict[str, Any], name: str | None
) -> None:
    shapes.claims = {"sub": "http://cilogon.org/serverA/users/1", **claims}
    model = cilogon.sign_in("ada")
    assert (model and model["name"]) == name


@pytest.mark.parametrize("idp", [{"idp": "https://evil.example", "idp_name": "Evil"}, {}])
def test_an_identity_provider_that_is_not_listed_lets_nobody_in(
    cilogon: SignIns, shapes: OpenIdShapes, idp: dict[str, str]
) -> None:
    shapes.claims = {"sub": "1", "email": "ada@example.org", "eppn": "ada@example.edu", **idp}
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
    hub_of_shapes: HubOfShapes, shapes: OpenIdShapes, kind: str, claim: str, claims: dict[str, Any], groups: list[str]
) -> None:
    shapes.claims = {"sub": "1", "preferred_username": "ada", **claims}
    hub = hub_of_shapes(provider=kind, groups_claim=claim, allow_all=True)
    ada = hub.signed_in("ada")
    assert [group.name for group in ada.groups] == groups
    assert hub.refresh(ada)["groups"] == groups


def test_an_issuer_may_have_a_path_and_a_slash_at_its_end(hub_of_shapes: HubOfShapes, shapes: OpenIdShapes) -> None:
    """As Auth0's; people forget the slash, and ID tokens have it."""
    shapes.path = "/realms/main/"
    assert hub_of_shapes(issuer=shapes.issuer.rstrip("/")).sign_in("ada")
    assert hub_of_shapes(issuer=shapes.issuer).sign_in("ada")


def test_a_client_that_may_use_one_method_only_works_with_it(hub_of_shapes: HubOfShapes, shapes: OpenIdShapes) -> None:
    shapes.discovery["token_endpoint_auth_methods_supported"] = None  # then Basic is the standard's
    hub = hub_of_shapes()
    assert hub.sign_in("ada")
    assert hub.authenticator.basic_auth is True


def test_people_are_led_to_the_provider_with_its_own_parameters(
    hub_of_shapes: HubOfShapes, shapes: OpenIdShapes
) -> None:
    hub = hub_of_shapes(authorize_parameters={"kc_idp_hint": "university"})
    assert hub.sign_in("ada")
    assert shapes.asked[-1]["kc_idp_hint"] == "university"
    assert shapes.asked[-1]["scope"] == "openid profile email"
