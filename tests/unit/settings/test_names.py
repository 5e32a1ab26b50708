import pytest
from pydantic import TypeAdapter, ValidationError

from settings.types.accounts import GitHubOrganization, GoogleServiceAccount
from settings.types.names import DnsLabel, DnsName, GkeName, GoogleName, HubName, HubNamespace, ResourceName
from settings.types.text import Flag, Line, TimeOfDay, WholeNumber

RIGHT = [
    (DnsLabel, "a"),
    (DnsLabel, "7"),
    (DnsLabel, "a-b"),
    (DnsLabel, "a" * 63),
    (DnsName, "default-admin"),
    (DnsName, "a.b-c.d"),
    (DnsName, ".".join(["a" * 63] * 3)),
    (HubName, "tf-hub"),
    (HubName, "h" * 40),
    (HubNamespace, "n" * 53),
    (HubNamespace, "kubeflow"),
    (GitHubOrganization, "acme-"),
    (GitHubOrganization, "acme--lab"),
    (GitHubOrganization, "a" * 39),
    (GitHubOrganization, "acme:v1.0"),
    (GitHubOrganization, "acme:_staff--of-2024_"),
    (GitHubOrganization, "acme:" + "t" * 255),
    (GoogleName, "a"),
    (GoogleName, "example-org"),
    (GoogleName, "a" * 63),
    (GkeName, "a" * 40),
    (GoogleServiceAccount, "hub-01@my-project-123.iam.gserviceaccount.com"),
    (TimeOfDay, "00:00"),
    (TimeOfDay, "23:59"),
    (ResourceName, "nvidia.com/gpu"),
    (ResourceName, "example.org/Some_thing.1"),
    (Line, "gke_foo_europe-west1_hub"),
    (Line, "Zoë Example <zoe@example.org>"),
]
WRONG = [
    *((DnsLabel, text) for text in ["", "-a", "a-", "A", "a.b", "a_b", "a b", "a\n", "ä", "a" * 64]),
    *((DnsName, text) for text in ["", ".", "a.", ".a", "a..b", "A.b", "a/b", "a\n", "x." * 126 + "xx"]),
    *((HubName, text) for text in ["", "1a", "h" * 41]),
    *((HubNamespace, text) for text in ["", "n" * 54, "default", "kube-system", "kube-public"]),
    *((GoogleName, text) for text in ["", "1a", "-a", "a-", "A", "a.b", "a_b", "a\n", "a" * 64]),
    *((GkeName, text) for text in ["", "1a", "a" * 41]),
    *(
        (GoogleServiceAccount, text)
        for text in ["", "hub", "ada@example.org", "h@my-project-123.iam.gserviceaccount.com"]
    ),
    *((GoogleServiceAccount, f"hub-01@{text}") for text in ["", "my-project-123", "iam.gserviceaccount.com"]),
    *(
        (GoogleServiceAccount, f"{text}@my-project-123.iam.gserviceaccount.com")
        for text in ["Hub-01", "hub 01", "a@hub-01"]
    ),
    *(
        (TimeOfDay, text)
        for text in ["", "3:00", "24:00", "03:60", "03", "03:00:00", "03:00 ", "0300", "03:00\n", "٣3:00"]
    ),
    *(
        (ResourceName, text)
        for text in ["", "cpu", "memory", "nvidia.com/", "/gpu", "a/b/c", "Nvidia.com/gpu", "a b/c"]
    ),
    *((Line, text) for text in ["", " ", " a", "a ", "a\nb", "a\tb", "a\x00", "a\u2028b", "\ud800"]),
]


@pytest.mark.parametrize(("kind", "text"), RIGHT)
def test_a_valid_name_is_accepted_unchanged(kind: type[str], text: str) -> None:
    assert TypeAdapter[str](kind).validate_python(text) == text


@pytest.mark.parametrize(("kind", "text"), WRONG)
def test_an_invalid_name_is_refused(kind: type[str], text: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter[str](kind).validate_python(text)


def test_the_notebooks_namespace_of_the_longest_namespace_is_valid() -> None:
    TypeAdapter[str](DnsLabel).validate_python(f"{'n' * 53}-notebooks")


@pytest.mark.parametrize(
    ("value", "meaning"), [(True, True), ("true", True), ("True", True), (False, False), ("false", False)]
)
def test_a_flag_is_true_or_false_or_one_of_these_as_text(value: object, meaning: bool) -> None:  # noqa: FBT001 it is what the test is about
    assert TypeAdapter[bool](Flag).validate_python(value) is meaning


@pytest.mark.parametrize("value", ["", "yes", "no", "on", "1", "0", 1, 0, "tRUE", "true ", [True], None])
def test_other_values_are_not_flags(value: object) -> None:
    with pytest.raises(ValidationError, match="must be true or false"):
        TypeAdapter[bool](Flag).validate_python(value)


@pytest.mark.parametrize(("value", "meaning"), [(600, 600), ("600", 600), ("0", 0), ("-1", -1)])
def test_a_whole_number_can_be_text(value: object, meaning: int) -> None:
    assert TypeAdapter[int](WholeNumber).validate_python(value) == meaning


@pytest.mark.parametrize(
    "value", ["", "010", "0x1F", "1.0", 1.0, "1e3", " 1", "1 ", "1_000", "٣", True, None, "9" * 5000]
)
def test_other_values_are_not_whole_numbers(value: object) -> None:
    with pytest.raises(ValidationError, match="must be a whole number"):
        TypeAdapter[int](WholeNumber).validate_python(value)
