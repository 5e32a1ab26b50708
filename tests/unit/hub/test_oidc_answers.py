"""Answers of OpenID providers that are no answers, and some that no honest provider gives."""

from typing import Any

import pytest

from hub.errors import HubError, UpstreamError
from tests.doubles.openid_shapes import OpenIdShapes
from tests.unit.hub.openid_sign_ins import HubOfShapes

# Groups and answers without them


def test_a_claim_without_groups_is_told_in_the_log(
    hub_of_shapes: HubOfShapes, shapes: OpenIdShapes, caplog: pytest.LogCaptureFixture
) -> None:
    del shapes.claims["groups"]
    hub = hub_of_shapes(allow_all=True)
    with hub.told(caplog):
        model = hub.sign_in("ada")
    assert model
    assert model["groups"] == []
    assert "the claim groups (oidc.groupsClaim) is none of aud, exp, iat, iss, preferred_username, sub" in caplog.text


def test_an_answer_without_an_id_token_is_no_answer_about_its_groups(
    hub_of_shapes: HubOfShapes, shapes: OpenIdShapes
) -> None:
    shapes.person = {"sub": "1"}
    hub = hub_of_shapes()
    ada = hub.signed_in("ada")
    shapes.sends_id_token_again = False
    assert hub.refresh(ada) is True
    assert hub.stopped == []
    shapes.person = {"sub": "1", "groups": ["staff"]}
    assert hub.refresh(ada)["groups"] == ["staff"]
    assert ada.state
    assert ada.state["id_token"], "for signing out at the provider"
    shapes.person = {"sub": "1", "groups": []}
    assert hub.refresh(ada) is False
    assert hub.stopped == ["ada/"]


def test_without_a_refresh_token_the_access_token_tells_groups_until_it_ends(
    hub_of_shapes: HubOfShapes, shapes: OpenIdShapes
) -> None:
    shapes.refresh_token = None
    hub = hub_of_shapes()
    ada = hub.signed_in("ada")
    assert hub.refresh(ada)["groups"] == ["staff"]
    shapes.token_status = 401
    assert hub.refresh(ada) is False, "a sign-in is needed"
    assert hub.stopped == []
    shapes.token_status = 200
    shapes.claims["groups"] = []
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
    hub_of_shapes: HubOfShapes, shapes: OpenIdShapes, status: int, body: dict[str, Any]
) -> None:
    hub = hub_of_shapes(scopes=("openid", "offline_access"))
    ada = hub.signed_in("ada")
    shapes.refusal = (status, body)
    expected = hub.refresh(ada)
    assert expected is True or expected["name"] == "ada"
    assert hub.stopped == []


@pytest.mark.parametrize(("granted", "stops"), [("openid offline_access", True), (None, True), ("openid", False)])
def test_a_refused_refresh_token_stops_servers_only_if_it_was_to_last(
    hub_of_shapes: HubOfShapes,
    shapes: OpenIdShapes,
    granted: str | None,
    stops: bool,  # noqa: FBT001 a column
) -> None:
    hub = hub_of_shapes(scopes=("openid", "offline_access"))
    shapes.granted = granted
    ada = hub.signed_in("ada")
    assert hub.refresh(ada)["name"] == "ada"
    shapes.refusal = (400, {"error": "invalid_grant", "error_description": "Session not active"})
    assert hub.refresh(ada) is False
    assert hub.stopped == (["ada/"] if stops else [])


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
    hub_of_shapes: HubOfShapes, shapes: OpenIdShapes, forged: dict[str, Any]
) -> None:
    for name, value in forged.items():
        setattr(shapes, name, value)
    hub = hub_of_shapes()
    with pytest.raises(HubError, match="The ID token of Example University is not valid for this hub") as caught:
        hub.finish(hub.authorize("ada"))
    assert caught.value.status_code == 403


def test_claims_of_another_user_are_refused(hub_of_shapes: HubOfShapes, shapes: OpenIdShapes) -> None:
    shapes.person = {"sub": "2", "groups": ["staff", "admins"]}
    hub = hub_of_shapes()
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
    hub_of_shapes: HubOfShapes, shapes: OpenIdShapes, discovery: dict[str, Any], reason: str
) -> None:
    shapes.discovery = discovery
    hub = hub_of_shapes()
    with pytest.raises(HubError, match=reason) as caught:
        hub.run(hub.authenticator.discover)
    assert "pulumi config set oidc.issuer URL" in caught.value.jupyterhub_message
    assert caught.value.status_code == 500


def test_an_issuer_without_discovery_document_is_reported_with_the_key_to_change(
    hub_of_shapes: HubOfShapes, shapes: OpenIdShapes
) -> None:
    hub = hub_of_shapes(issuer=f"{shapes.url}/realms/wrong")
    with pytest.raises(HubError, match="it has no discovery document") as caught:
        hub.run(hub.authenticator.discover)
    assert "pulumi config set oidc.issuer URL" in caught.value.jupyterhub_message


@pytest.mark.parametrize("name", [None, "", " ", 7, ["ada"], "a/b"])
def test_an_account_without_a_usable_name_is_refused(
    hub_of_shapes: HubOfShapes, shapes: OpenIdShapes, name: object
) -> None:
    shapes.claims["preferred_username"] = name
    hub = hub_of_shapes()
    with pytest.raises(HubError, match=r"does not tell the hub your user name|cannot be a user name") as caught:
        hub.finish(hub.authorize("ada"))
    assert caught.value.status_code == 403


@pytest.mark.parametrize(
    ("verified", "needed", "welcome"),
    [(True, True, True), ("true", True, True), (False, True, False), (None, True, False), (None, False, True)],
)
def test_an_email_address_is_a_name_only_if_the_provider_vouches_for_it(
    hub_of_shapes: HubOfShapes,
    shapes: OpenIdShapes,
    verified: object,
    needed: bool,  # noqa: FBT001 a column
    welcome: bool,  # noqa: FBT001 a column
) -> None:
    shapes.claims |= {"email": "ada@example.org", "email_verified": verified}
    hub = hub_of_shapes(username_claim="email", needs_verified_email=needed)
    if welcome:
        assert hub.signed_in("ada").name == "ada@example.org"
    else:
        with pytest.raises(HubError, match="verified"):
            hub.finish(hub.authorize("ada"))


def test_signing_out_needs_no_address_of_the_provider(
    hub_of_shapes: HubOfShapes, caplog: pytest.LogCaptureFixture
) -> None:
    hub = hub_of_shapes(logout_at_provider=True)
    ada = hub.signed_in("ada")
    with hub.told(caplog):
        assert hub.logout_address(ada) is None
    assert "no end_session_endpoint" in caplog.text
