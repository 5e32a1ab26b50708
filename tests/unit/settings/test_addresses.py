import pytest
from pydantic import TypeAdapter, ValidationError

from settings.types.addresses import HostName, IpAddress, PublicUrl, host_of, is_loopback, url_of

ADDRESS = TypeAdapter[str](IpAddress)
URL = TypeAdapter[str](PublicUrl)
HOST = TypeAdapter[str](HostName)


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("127.100.0.10", "127.100.0.10"),
        ("2001:DB8:0::7", "2001:db8::7"),
        ("::1", "::1"),
    ],
)
def test_an_address_is_converted_to_its_short_form(text: str, short: str) -> None:
    assert ADDRESS.validate_python(text) == short


@pytest.mark.parametrize(
    "text",
    [
        *["", "localhost", "203.0.113", "203.0.113.256", "203.0.113.07", "10.0.0.0/8", "::", "224.0.0.1"],
        *["fe80::1%eth0", "[::1]", "203.0.113.7:80", "203.0.113.7\n", " ::1", "3405803783"],
    ],
)
def test_a_text_that_is_not_the_address_of_one_machine_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="is not the address of one machine"):
        ADDRESS.validate_python(text)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://hub.example.org", "https://hub.example.org"),
        ("https://hub.example.org/", "https://hub.example.org"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://203.0.113.7:65535", "http://203.0.113.7:65535"),
        ("http://[2001:db8::7]:8080/", "http://[2001:db8::7]:8080"),
    ],
)
def test_the_slash_at_the_end_of_a_public_url_is_removed(text: str, url: str) -> None:
    assert URL.validate_python(text) == url


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hub.example.org",
        "//hub.example.org",
        "ftp://hub.example.org",
        "https:hub.example.org",
        "https://",
        "https:///",
        "https://hub.example.org/hub",
        "https://hub.example.org//",
        "https://hub.example.org?x=1",
        "https://hub.example.org#x",
        "https://me:pw@hub.example.org",
        "https://hub.example.org:",
        "https://hub.example.org:0",
        "https://hub.example.org:65536",
        "https://hub.example.org:http",
        "https://hub_1.example.org",
        "https://-hub.example.org",
        "https://hub..example.org",
        "https://hub.example.org\n",
        "https://hub example.org",
        "https://[::1",
        "https://[::1::2]",
        "https://[zz]",
        "https://" + "a." * 200 + "org",
    ],
)
def test_a_url_that_browsers_or_oauth_providers_reject_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="is not the URL of a site"):
        URL.validate_python(text)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "127.100.0.10", "::1"])
def test_loopback_addresses_and_localhost_are_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["", "203.0.113.7", "10.0.0.1", "::2", "localhost.example.org", "127.0.0.1.nip.io"])
def test_other_hosts_are_not_loopback(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize("address", ["203.0.113.7", "2001:db8::7"])
def test_the_host_of_the_url_of_an_address_is_the_address(address: str) -> None:
    assert URL.validate_python(url_of(address))
    assert host_of(url_of(address)) == address


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("hub.example.org", "hub.example.org"),
        ("example.org.", "example.org"),
        ("1.2.example.xn--p1ai", "1.2.example.xn--p1ai"),
        ("a." * 125 + "org", "a." * 125 + "org"),
    ],
)
def test_the_dot_at_the_end_of_a_host_name_is_removed(text: str, name: str) -> None:
    assert HOST.validate_python(text) == name


@pytest.mark.parametrize(
    "text",
    [
        *[
            "",
            ".",
            "hub",
            "localhost",
            "Hub.example.org",
            "203.0.113.7",
            "2001:db8::7",
            "hub.example.org..",
            ".example.org",
        ],
        *["https://hub.example.org", "hub.example.org/", "hub.example.org:443", "*.example.org", "hub_1.example.org"],
        *[
            "-hub.example.org",
            "hub-.example.org",
            "hub..example.org",
            "hub.example.org\n",
            "hub .example.org",
            "hüb.example.org",
        ],
        *["a" * 64 + ".org", "a." * 126 + "org", "a." * 100_000 + "org"],
    ],
)
def test_a_text_that_is_not_a_full_host_name_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="is not a full host name"):
        HOST.validate_python(text)
