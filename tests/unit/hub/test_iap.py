"""The real authenticator with the test double of Identity-Aware Proxy, with real keys."""

import asyncio
import time
from collections.abc import Callable, Generator
from types import SimpleNamespace
from typing import Any

import jwt
import pytest
from tornado.httputil import HTTPHeaders
from traitlets.config import Config

from hub.contract import HubConfig, Iap
from hub.errors import HubError, UpstreamError
from tests.doubles.iap import AUDIENCE, HEADER, new_key
from tests.doubles.iap import Iap as IapDouble
from tests.hub_configs import LoadConfig
from tests.unit.hub.users import Users

MINUTES = 60


@pytest.fixture
def google() -> Generator[IapDouble]:
    with IapDouble() as iap:
        yield iap


class Hub:
    """A configured authenticator, and sign-ins with it."""

    def __init__(self, google: IapDouble, config: Config) -> None:
        self.users = Users()
        config.IapAuthenticator.keys_url = google.keys_url
        self.authenticator: Any = config.JupyterHub.authenticator_class(config=config)
        self.now = 0.0

    def sign_in(self, *assertions: str) -> dict[str, Any]:
        """Sign in with these header values."""
        model = asyncio.run(self.authenticator.get_authenticated_user(self._handler(*assertions), None))
        self.users.store(model)
        return model

    def refresh(self, name: str, *assertions: str, by: str | None = None) -> Any:  # noqa: ANN401 a model or a boolean
        """Refresh a user, in a request of the user or of another one (`by`)."""
        user = self.users.find_user(name) or SimpleNamespace(
            name=name, spawners={}, user_info=None, get_auth_state=_nothing
        )
        handler = self._handler(*assertions)
        handler.current_user = user if by is None else SimpleNamespace(name=by)
        return asyncio.run(self.authenticator.refresh_user(user, handler))

    def _handler(self, *assertions: str) -> SimpleNamespace:
        headers = HTTPHeaders()
        for assertion in assertions:
            headers.add(HEADER.lower(), assertion)
        request = SimpleNamespace(headers=headers)
        users = self.users
        return SimpleNamespace(request=request, get_token=lambda: None, find_user=users.find_user, db=users.db)


async def _nothing() -> None:
    """Return no auth state."""


MakeHub = Callable[..., Hub]


@pytest.fixture
def make_hub(google: IapDouble, load_config: LoadConfig, hub_config: HubConfig) -> MakeHub:
    def make(*, audience: str = AUDIENCE, allow_all: bool = True, **changes: object) -> Hub:
        iap = Iap(audience=audience, allow_all=allow_all)
        sign_in = hub_config.sign_in.model_copy(update={"type": "iap", "iap": iap, **changes})
        return Hub(google, load_config(hub_config.model_copy(update={"sign_in": sign_in})))

    return make


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The clock for the age of keys, in seconds."""
    clock = SimpleNamespace(now=1000.0)
    monkeypatch.setattr("hub.jwks.time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock


def test_a_user_of_iap_is_signed_in_by_email(google: IapDouble, make_hub: MakeHub) -> None:
    hub = make_hub(admin_users=("grace@example.org",))
    assert hub.authenticator.auto_login
    ada, grace = (hub.sign_in(google.sign(email)) for email in ("Ada@example.org", "grace@example.org"))
    assert (ada["name"], ada["admin"]) == ("ada@example.org", False)
    assert (grace["name"], grace["admin"]) == ("grace@example.org", True)


def test_an_email_is_a_valid_user_name(google: IapDouble, make_hub: MakeHub) -> None:
    assert make_hub().authenticator.validate_username(make_hub().sign_in(google.sign("a.da+x@example.org"))["name"])


def test_a_request_that_bypasses_iap_is_refused_with_a_hint(make_hub: MakeHub) -> None:
    with pytest.raises(HubError, match=r"did not pass through it.*public URL") as caught:
        make_hub().sign_in()
    assert caught.value.status_code == 403


def _unsigned(google: IapDouble) -> str:
    claims = jwt.decode(google.sign("ada@example.org"), options={"verify_signature": False})
    return jwt.encode(claims, "", algorithm="none", headers={"kid": "first"})


def _signed_with_the_public_key(google: IapDouble) -> str:
    """Algorithm confusion: the public key as the secret of a symmetric signature."""
    claims = jwt.decode(google.sign("ada@example.org"), options={"verify_signature": False})
    numbers = google.keys["first"].public_key().public_numbers()
    return jwt.encode(claims, numbers.x.to_bytes(32, "big"), algorithm="HS256", headers={"kid": "first"})


FORGED: dict[str, tuple[Callable[[IapDouble], str], str]] = {
    "expired": (lambda google: google.sign("ada@example.org", exp=int(time.time()) - MINUTES), "expired"),
    "of-the-future": (lambda google: google.sign("ada@example.org", iat=int(time.time()) + MINUTES), "iat"),
    "another-service": (
        lambda google: google.sign("ada@example.org", aud="/projects/0/global/backendServices/1"),
        "its audience is /projects/0/global/backendServices/1, and not",
    ),
    "several-services": (lambda google: google.sign("ada@example.org", aud=[AUDIENCE, "x"]), "its audience is"),
    "another-issuer": (lambda google: google.sign("ada@example.org", iss="https://accounts.google.com"), "issuer"),
    "another-key": (lambda google: google.sign("ada@example.org", key=new_key()), "Signature verification failed"),
    "no-signature": (_unsigned, "alg value is not allowed"),
    "public-key-as-secret": (_signed_with_the_public_key, "alg value is not allowed"),
    "no-expiry": (lambda google: google.sign("ada@example.org", exp=None), '"exp"'),
    "no-e-mail": (lambda google: google.sign("", email=None), '"email"'),
    "no-google-account": (
        lambda google: google.sign("securetoken.google.com/project/tenant:ada@example.org"),
        "is not the e-mail of a Google account",
    ),
    "no-token": (lambda _: "ada@example.org", "Not enough segments"),
    "an-unknown-key": (
        lambda google: IapDouble(keys={"other": google.keys["first"]}).sign("ada@example.org"),
        "a key that Google does not know",
    ),
}


@pytest.mark.parametrize("kind", FORGED)
def test_a_forged_header_is_refused_with_the_reason(kind: str, google: IapDouble, make_hub: MakeHub) -> None:
    forge, reason = FORGED[kind]
    with pytest.raises(HubError, match="is not valid for this hub") as caught:
        make_hub().sign_in(forge(google))
    assert not isinstance(caught.value, UpstreamError)
    assert reason in caught.value.jupyterhub_message
    assert caught.value.status_code == 403


def test_a_clock_skew_of_half_a_minute_is_accepted(google: IapDouble, make_hub: MakeHub) -> None:
    now = int(time.time())
    assert make_hub().sign_in(google.sign("ada@example.org", iat=now + 20, exp=now + 620))
    assert make_hub().sign_in(google.sign("ada@example.org", iat=now - 620, exp=now - 20))


@pytest.mark.parametrize(
    ("audience", "welcome"),
    [
        ("/projects/0/global/backendServices/1", True),
        ("/projects/0/global/backendServices/1234567890123456789", True),
        ("/projects/0/global/backendServices/", False),
        ("/projects/0/global/backendServices/1/x", False),
        ("/projects/00/global/backendServices/1", False),
        ("/projects/0/apps/project", False),
    ],
)
def test_without_a_backend_service_any_of_the_project_is_accepted(
    audience: str,
    welcome: bool,  # noqa: FBT001 a column
    google: IapDouble,
    make_hub: MakeHub,
) -> None:
    hub = make_hub(audience="/projects/0/global/backendServices/")
    assertion = google.sign("ada@example.org", aud=audience)
    if welcome:
        assert hub.sign_in(assertion)
    else:
        with pytest.raises(HubError, match="its audience is"):
            hub.sign_in(assertion)


def test_a_hub_without_an_audience_authorizes_nobody(google: IapDouble, make_hub: MakeHub) -> None:
    with pytest.raises(HubError, match="its audience is"):
        make_hub(audience="").sign_in(google.sign("ada@example.org", aud=""))


def test_allowed_and_blocked_users_apply_with_iap(google: IapDouble, make_hub: MakeHub) -> None:
    by_name = make_hub(allow_all=False, allowed_users=("ada@example.org",), admin_users=("grace@example.org",))
    assert by_name.sign_in(google.sign("ada@example.org"))
    assert by_name.sign_in(google.sign("grace@example.org"))
    with pytest.raises(HubError, match="may not use this hub"):
        by_name.sign_in(google.sign("eve@example.org"))
    blocking = make_hub(blocked_users=("mallory@example.org",))
    with pytest.raises(HubError, match="may not use this hub"):
        blocking.sign_in(google.sign("mallory@example.org"))


def test_keys_are_fetched_once_and_again_for_a_new_key_id(
    google: IapDouble, make_hub: MakeHub, clock: SimpleNamespace
) -> None:
    hub = make_hub()
    for _ in range(3):
        hub.sign_in(google.sign("ada@example.org"))
    assert google.key_requests == 1
    google.keys["second"] = new_key()
    clock.now += 11
    assert hub.sign_in(google.sign("ada@example.org"))
    assert google.key_requests == 2


def test_unknown_key_ids_are_rate_limited(google: IapDouble, make_hub: MakeHub, clock: SimpleNamespace) -> None:
    hub = make_hub()
    assert clock.now
    stranger = IapDouble(keys={"other": new_key()})
    for _ in range(5):
        with pytest.raises(HubError):
            hub.sign_in(stranger.sign("ada@example.org"))
    assert google.key_requests == 1


def test_a_withdrawn_key_is_valid_for_an_hour_at_most(
    google: IapDouble, make_hub: MakeHub, clock: SimpleNamespace
) -> None:
    hub, old = make_hub(), google.sign("ada@example.org")
    hub.sign_in(old)
    google.keys = {"second": new_key()}
    assert hub.sign_in(old)
    clock.now += 3601
    with pytest.raises(HubError, match="does not know"):
        hub.sign_in(old)


def test_an_outage_of_google_keeps_the_cached_keys(
    google: IapDouble, make_hub: MakeHub, clock: SimpleNamespace
) -> None:
    hub = make_hub()
    hub.sign_in(google.sign("ada@example.org"))
    google.down = True
    clock.now += 3601
    assert hub.sign_in(google.sign("ada@example.org"))
    assert google.key_requests == 2


def test_an_outage_without_cached_keys_is_reported(
    google: IapDouble, make_hub: MakeHub, clock: SimpleNamespace
) -> None:
    hub = make_hub()
    google.down = True
    for _ in range(2):
        with pytest.raises(UpstreamError, match="Google does not answer") as caught:
            hub.sign_in(google.sign("ada@example.org"))
        assert caught.value.status_code == 503
    google.down = False
    clock.now += 11
    assert hub.sign_in(google.sign("ada@example.org"))


def test_a_request_that_gives_up_does_not_make_unknown_keys_invalid(
    google: IapDouble, make_hub: MakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = make_hub()

    async def fetch(*_: object, **__: object) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr("hub.jwks.AsyncHTTPClient", lambda: SimpleNamespace(fetch=fetch))
    monkeypatch.setattr("hub.refresh._PATIENCE", 0.1)
    assert hub.refresh("ada@example.org", google.sign("ada@example.org")) is True
    with pytest.raises(UpstreamError, match="no answer"):
        hub.sign_in(google.sign("ada@example.org"))


@pytest.mark.parametrize(
    "body", ["<html>", "", "null", "[]", '{"keys": []}', '{"keys": 1}', '{"keys": [1]}', "[" * 100_000]
)
def test_an_invalid_key_set_is_an_outage(
    body: str, google: IapDouble, make_hub: MakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fetch(*_: object, **__: object) -> SimpleNamespace:
        return SimpleNamespace(body=body)

    monkeypatch.setattr("hub.jwks.AsyncHTTPClient", lambda: SimpleNamespace(fetch=fetch))
    with pytest.raises(UpstreamError):
        make_hub().sign_in(google.sign("ada@example.org"))


def test_another_google_account_in_the_browser_needs_a_new_sign_in(google: IapDouble, make_hub: MakeHub) -> None:
    hub = make_hub(admin_users=("ada@example.org",))
    assert hub.refresh("ada@example.org", google.sign("Ada@example.org"))["admin"] is True
    assert hub.refresh("ada@example.org", google.sign("bob@example.org")) is False
    assert hub.refresh("ada@example.org", "forged") is False


def test_a_renamed_google_account_stays_the_same_user(google: IapDouble, make_hub: MakeHub) -> None:
    hub = make_hub(admin_users=("ada@example.org",))
    hub.sign_in(google.sign("ada@example.org", sub="accounts.google.com:1"))
    renamed = google.sign("countess@example.org", sub="accounts.google.com:1")
    assert hub.refresh("ada@example.org", renamed)["admin"] is True
    assert hub.sign_in(renamed)["name"] == "ada@example.org"


def test_an_email_that_a_new_colleague_gets_is_refused(google: IapDouble, make_hub: MakeHub) -> None:
    hub = make_hub(admin_users=("ada@example.org",))
    hub.sign_in(google.sign("ada@example.org", sub="accounts.google.com:1"))
    of_another = google.sign("ada@example.org", sub="accounts.google.com:2")
    assert hub.refresh("ada@example.org", of_another) is False
    with pytest.raises(HubError, match="belongs to another account") as caught:
        hub.sign_in(of_another)
    assert caught.value.status_code == 403


def test_requests_without_the_header_are_checked_by_the_user_lists(google: IapDouble, make_hub: MakeHub) -> None:
    hub = make_hub(allow_all=False, allowed_users=("ada@example.org",))
    assert hub.refresh("ada@example.org")
    assert hub.refresh("ada@example.org", google.sign("grace@example.org"), by="grace@example.org")
    assert hub.refresh("bob@example.org") is False


def test_users_stay_signed_in_during_an_outage_of_google(google: IapDouble, make_hub: MakeHub) -> None:
    google.down = True
    assert make_hub().refresh("ada@example.org", google.sign("bob@example.org")) is True


def test_a_hub_json_without_an_audience_ends_the_hub(make_hub: MakeHub) -> None:
    with pytest.raises(ValueError, match=r"hub\.json has no IAP audience"):
        make_hub(iap=None)
