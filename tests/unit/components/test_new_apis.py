"""Requests to an API that was enabled a moment ago."""

import asyncio

import pulumi
import pytest

from components.gke import new_apis
from tests.stacks import record_gke

DISABLED = (
    "googleapi: Error 403: Compute Engine API has not been used in project 1 before or it is disabled. Enable it by "
    "visiting https://console.developers.google.com/apis/api/compute.googleapis.com/overview?project=1 then retry. "
    "If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry., "
    "accessNotConfigured"
)


@pytest.fixture(autouse=True)
def _no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(new_apis, "_SECONDS", 0)


def retries(*errors: str) -> bool:
    args = pulumi.ErrorHookArgs("urn", "", "network", "gcp:compute/network:Network", errors=[*errors])
    return asyncio.run(new_apis.retries(args))


def test_all_resources_behind_an_enabled_api_are_retried() -> None:
    record = record_gke({"backup.days": 14, "registry.remotes": ["quay.io"], "database.type": "cloud-sql"})
    google = [resource for resource in record.resources if resource.type.startswith("gcp:")]
    assert len(google) > 30
    for resource in google:
        assert ("new-apis" in resource.error_hooks) == (resource.kind != "Service"), resource.name


@pytest.mark.parametrize(
    "error",
    [DISABLED, "googleapi: Error 403: Cloud DNS API is off. Details: [...] reason: SERVICE_DISABLED, forbidden"],
)
def test_an_api_that_does_not_answer_yet_is_asked_again(error: str) -> None:
    assert retries(error)
    assert retries(error, error, "another error")


@pytest.mark.parametrize(
    "error",
    [
        "googleapi: Error 403: Permission 'compute.networks.create' denied on 'projects/p/[...]', forbidden",
        "googleapi: Error 429: Quota exceeded for quota metric 'Write requests', rateLimitExceeded",
        "timeout while waiting for state to become 'DONE'",
    ],
)
def test_other_errors_are_reported_at_once(error: str) -> None:
    assert not retries(error)
    assert not retries(error, DISABLED)


def test_a_disabled_api_is_reported_in_the_end() -> None:
    assert not retries(*[DISABLED] * 30)
