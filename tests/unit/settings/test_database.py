import pytest

import settings
from settings.reading.keys import SECRETS

BASE = {
    "auth.type": "dummy",
    "endpoint.address": "127.100.0.10",
    "images.repository": "registry.example.org/hub",
    "database.type": "postgresql",
}


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://hub:s3cret@db.example.org/hub",
        "postgresql+psycopg2://hub:s3cret@10.0.0.7:5432/hub",
        "postgresql://hub@localhost/hub",
        "postgresql://hub:s%40c%2Fr%3At!@[2001:db8::7]:5432/hub-1",
        "postgresql://hub:s3cret@db.example.org/hub?sslmode=verify-full&connect_timeout=5",
    ],
)
def test_a_url_with_user_host_and_name_is_accepted_unchanged(url: str) -> None:
    found = settings.parse({**BASE, "database.url": url}, encrypted=SECRETS)
    assert found.database.url
    assert found.database.url.get_secret_value() == url
    assert "s3cret" not in repr(found)


@pytest.mark.parametrize(
    "url",
    [
        "s3cret",
        "postgres://hub:s3cret@db.example.org/hub",
        "mysql://hub:s3cret@db.example.org/hub",
        "sqlite:////s3cret",
        "postgresql://hub:s3cret@db.example.org",
        "postgresql://hub:s3cret@db.example.org/",
        "postgresql://hub:s3cret@/hub",
        "postgresql://hub:@db.example.org/hub",
        "postgresql://:s3cret@db.example.org/hub",
        "postgresql://db.example.org/hub",
        "postgresql://hub:s3/cret@db.example.org/hub",
        "postgresql://hub:s3@cret@db.example.org/hub",
        "postgresql://hub:s3#cret@db.example.org/hub",
        "postgresql://hub:s3%cret@db.example.org/hub",
        "postgresql://hub:s3cret@db.example.org:port/hub",
        "postgresql://hub:s3cret@db.example.org:0/hub",
        "postgresql://hub:s3cret@db.example.org/hub?sslmode=require x",
        "postgresql://hub:s3cret@db.example.org/hub\n",
        "postgresql+asyncpg://hub:s3cret@db.example.org/hub",
        "postgresql://hub:s3cret@" + "a." * 50_000,
        "postgresql://hub:s3cret@\ud800/hub",
        "postgresql://hub@db.example.org/hub?password=s3cret",
        "postgresql://hub@db.example.org/hub?sslmode=require&PASSWOR%44=s3cret",
    ],
)
def test_another_url_is_refused_by_a_message_without_it(url: str) -> None:
    with pytest.raises(settings.SettingsError) as caught:
        settings.parse({**BASE, "database.url": url}, encrypted=SECRETS)
    (mistake,) = caught.value.mistakes
    assert mistake.startswith("database.url: the value (secret) ")
    for part in ("cret", "example.org", "s3", "hub@"):
        assert part not in mistake.removeprefix("database.url: the value (secret) ")


def test_an_encrypted_value_is_accepted_as_a_url() -> None:
    assert settings.parse({**BASE, "database.url": {"secure": "v1:abc="}}).database.url
