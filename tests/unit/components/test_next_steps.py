"""The export `next_steps`: what people do after `pulumi up`, in order."""

from collections.abc import Mapping

import pytest

from tests.doubles.monitor import Record
from tests.stacks import GATEWAY, GKE, IAP, INGRESS, LTI, OIDC, ROUTE, record_gke, record_hub

HOST = "hub.example.org"
OF_GATEWAY = "the address that the cluster has assigned: kubectl get gateways --all-namespaces"
OF_INGRESS = "the address that the cluster has assigned: kubectl -n jupyterhub get ingress tf-hub"


def _steps(record: Record) -> list[str]:
    return record.outputs[record.one("JupyterHub").urn]["next_steps"]


@pytest.mark.parametrize(
    ("changes", "steps"),
    [
        ({}, ["Open http://127.100.0.10"]),
        (
            {"endpoint.type": "none", "endpoint.address": ""},
            [
                "Forward a port to the hub: kubectl --namespace jupyterhub port-forward svc/tf-hub-lb 8000:80",
                "Open http://localhost:8000",
            ],
        ),
        (
            INGRESS,
            [
                f"Create a DNS record of {HOST} with {OF_INGRESS}",
                f"Open https://{HOST}",
            ],
        ),
        (
            ROUTE,
            [
                f"Create a DNS record of {HOST} with {OF_GATEWAY}",
                f"Open https://{HOST}",
            ],
        ),
        (
            {**OIDC, "endpoint.hostname": HOST, "oidc.logoutAtProvider": True},
            [
                f"Create a DNS record of {HOST} with the address 127.100.0.10",
                f"Register http://{HOST}/hub/oauth_callback as redirect URI of the client at sso.example.org",
                f"Register http://{HOST}/hub/logout as post-logout redirect URI there",
                f"Open http://{HOST}",
            ],
        ),
        (
            LTI,
            [
                (
                    "Register the hub as a tool of LTI 1.3 at moodle.example.edu: "
                    f"initiate_login_url https://{HOST}/hub/lti13/oauth_login, "
                    f"redirect_url https://{HOST}/hub/lti13/oauth_callback, target_link_url https://{HOST}/hub"
                ),
                f"Open https://{HOST}",
            ],
        ),
    ],
    ids=["address", "port-forward", "ingress", "http-route", "oidc", "lti"],
)
def test_the_steps_end_with_the_url_and_begin_with_what_it_needs(
    changes: Mapping[str, object], steps: list[str]
) -> None:
    assert _steps(record_hub(changes)) == steps


def test_records_of_a_reserved_address_are_steps_unless_the_stack_creates_them() -> None:
    zone: Mapping[str, object] = {**GATEWAY, "endpoint.dnsZone": {}}
    records = [step for step in _steps(record_gke(zone)) if step.startswith("Create the DNS record ")]
    assert records[0].split()[4:6] == [f"{HOST}.", "A"]
    assert len(records) == 2, "the address, and the proof for the certificate"
    assert [step for step in _steps(record_gke(GATEWAY)) if "DNS" in step] == []


def test_the_oauth_app_at_github_is_registered_with_the_callback() -> None:
    register = f"Register https://{HOST}/hub/oauth_callback as callback URL of the OAuth app at https://github.com"
    assert register in _steps(record_gke(GATEWAY))
    assert GKE["auth.type"] == "github"


def test_behind_iap_googles_own_redirect_uri_is_registered() -> None:
    (register,) = (step for step in _steps(record_gke({**GATEWAY, **IAP})) if "Register" in step)
    assert "clientIds/<iap.clientId>:handleRedirect" in register
