import base64
from collections.abc import Mapping
from typing import Any, cast

import pytest
from kubernetes.client import V1Secret
from kubernetes.client.exceptions import ApiException
from pulumi.runtime import rpc

from components.dynamic import certificate_check
from components.dynamic.certificate_check import CertificateCheckProvider, secret_errors
from tests.doubles.certificates import pair
from tests.doubles.monitor import Record
from tests.stacks import pod_specs, record_gke, record_hub, text_of

HOST = "hub.example.org"
CERTIFICATE, KEY = pair(HOST)
GIVEN: Mapping[str, object] = {
    "auth.allowAnyoneFromTheInternet": True,
    "endpoint.hostname": HOST,
    "endpoint.tlsSecret": "hub-tls",
}
OWN: Mapping[str, object] = {
    "auth.allowAnyoneFromTheInternet": True,
    "endpoint.hostname": HOST,
    "endpoint.tlsCertificate": CERTIFICATE,
    "endpoint.tlsKey": KEY,
}
INPUTS = {"namespace": "lab", "secret": "hub-tls", "hostname": HOST}


@pytest.fixture(scope="module")
def given() -> Record:
    return record_hub(GIVEN)


@pytest.fixture(scope="module")
def own() -> Record:
    return record_hub(OWN)


def _proxy(of: Record) -> dict[str, Any]:
    (container,) = pod_specs(of)["tf-hub-proxy"]["containers"]
    return container


def test_the_load_balancer_listens_for_https_and_for_http_which_leads_there(given: Record) -> None:
    ports = [(port["port"], port["targetPort"]) for port in given.one("Service", "tf-hub-lb").inputs["spec"]["ports"]]
    arguments = _proxy(given)["args"]
    assert ports == [(443, 8000), (80, 8080)]
    assert {"--port=8000", "--redirect-port=8080", "--redirect-to=443"} < set(arguments)
    assert {port["containerPort"] for port in _proxy(given)["ports"]} == {8000, 8080, 8001}
    assert given.outputs[given.one("JupyterHub").urn]["hub_url"] == f"https://{HOST}"
    assert given.outputs[given.one("JupyterHub").urn]["oauth_callback_url"] == f"https://{HOST}/hub/oauth_callback"


def test_kubernetes_asks_by_https_whether_the_proxy_is_well(given: Record) -> None:
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert _proxy(given)[probe]["httpGet"] == {"path": "/_chp_healthz", "port": 8000, "scheme": "HTTPS"}


@pytest.mark.parametrize("name", ["given", "own"])
def test_the_proxy_has_the_whole_folder_of_the_secret_so_that_it_is_renewed(
    name: str, request: pytest.FixtureRequest
) -> None:
    stack: Record = request.getfixturevalue(name)
    pod, container = pod_specs(stack)["tf-hub-proxy"], _proxy(stack)
    (volume,) = pod["volumes"]
    (mount,) = container["volumeMounts"]
    variables = {variable["name"]: variable.get("value") for variable in container["env"]}
    assert mount == {"name": "tls", "mountPath": variables["TLS_FOLDER"], "readOnly": True}
    assert f"--ssl-cert={variables['TLS_FOLDER']}/tls.crt" in container["args"]
    assert f"--ssl-key={variables['TLS_FOLDER']}/tls.key" in container["args"]
    assert variables["NODE_OPTIONS"] == "--import=/opt/proxy/https.mjs"
    made = {secret.answer["metadata"]["name"] for secret in stack.of("Secret") if secret.inputs.get("type")}
    assert volume["secret"]["secretName"] in (made or {"hub-tls"})


def test_a_given_secret_is_looked_at_before_the_proxy_and_the_way_in_and_not_made(given: Record) -> None:
    look = given.one("CertificateCheck")
    assert {key: look.inputs[key] for key in INPUTS} == {**INPUTS, "namespace": "jupyterhub"}
    assert look.urn in given.one("Deployment").dependencies
    assert look.urn in given.one("Endpoint").dependencies, "its Service is created after it"
    assert not [secret for secret in given.of("Secret") if secret.inputs.get("type") == "kubernetes.io/tls"]


def test_a_pair_of_the_settings_becomes_a_secret_and_its_key_is_nowhere_else(own: Record) -> None:
    (secret,) = [secret for secret in own.of("Secret") if secret.inputs.get("type") == "kubernetes.io/tls"]
    assert secret.inputs["stringData"] == {"tls.crt": CERTIFICATE, "tls.key": KEY}
    assert own.of("CertificateCheck") == []
    line = KEY.splitlines()[1]
    assert line in text_of(secret.inputs)
    assert line not in text_of([resource.public for resource in own.resources])
    assert line not in text_of([resource.inputs for resource in own.resources if resource != secret])
    assert line not in text_of(own.outputs)


def test_a_renewed_pair_is_another_secret_and_so_another_proxy_and_the_same_hub(own: Record) -> None:
    certificate, key = pair(HOST)
    after = record_hub({**OWN, "endpoint.tlsCertificate": certificate, "endpoint.tlsKey": key})
    assert after.one("StatefulSet").inputs == own.one("StatefulSet").inputs
    (secret,) = [secret for secret in after.of("Secret") if secret.inputs.get("type") == "kubernetes.io/tls"]
    assert secret.inputs["immutable"] is True
    assert "name" not in secret.inputs["metadata"]


def test_on_gke_the_look_is_at_the_clusters_own_api() -> None:
    stack = record_gke({"endpoint.hostname": HOST, "endpoint.tlsSecret": "hub-tls"})
    assert stack.one("CertificateCheck").inputs["kubeconfig"] == stack.one("Rollout").inputs["kubeconfig"]


class _Cluster:
    """A cluster with at most one namespace and one Secret."""

    def __init__(self, *, namespace: bool = True, status: int = 404, data: Mapping[str, str] | None = None) -> None:
        self.namespace, self.status, self.data = namespace, status, data

    def read_namespaced_secret(self, _name: str, _namespace: str) -> V1Secret:
        if self.data is None:
            error = ApiException(status=self.status, reason="Internal Server Error")
            error.body = '{"message": "the cluster is not well"}'  # pyright: ignore[reportAttributeAccessIssue] -- set by what reads the answer
            raise error
        return V1Secret(data=dict(self.data))

    def read_namespace(self, _name: str) -> None:
        if not self.namespace:
            raise ApiException(status=404)

    def flaws(self) -> list[str]:
        return secret_errors(cast("Any", self), "lab", "hub-tls", HOST)


def _encoded(certificate: str, key: str) -> dict[str, str]:
    return {
        name: base64.b64encode(text.encode()).decode() for name, text in (("tls.crt", certificate), ("tls.key", key))
    }


def test_a_secret_that_is_missing_is_told_with_how_to_make_it() -> None:
    (flaw,) = _Cluster().flaws()
    assert "there is no Secret hub-tls in namespace lab" in flaw
    assert "kubectl -n lab create secret tls hub-tls --cert=" in flaw


def test_a_secret_in_a_namespace_that_is_still_to_be_made_is_no_mistake_yet() -> None:
    assert _Cluster(namespace=False).flaws() == []


def test_a_secret_that_cannot_be_read_is_told_in_kubernetes_words() -> None:
    (flaw,) = _Cluster(status=500).flaws()
    assert flaw == "endpoint.tlsSecret: the Secret cannot be read: the cluster is not well"


def test_a_preview_by_somebody_who_may_read_no_secret_takes_it_for_good() -> None:
    assert _Cluster(status=403).flaws() == []


def test_a_good_secret_is_taken_and_a_wrong_one_is_told_part_by_part() -> None:
    assert _Cluster(data=_encoded(CERTIFICATE, KEY)).flaws() == []
    other = pair("lab.example.org")
    name, key = _Cluster(data=_encoded(other[0], KEY)).flaws()
    assert "in Secret hub-tls of namespace lab, tls.crt is not for endpoint.hostname" in name
    assert "in Secret hub-tls of namespace lab, tls.key does not belong to the certificate" in key
    assert len(_Cluster(data={"password": "eA=="}).flaws()) == 2


def test_pulumi_refuses_what_has_flaws_and_asks_no_cluster_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_client(_props: object) -> None:
        return None

    def one_flaw(*_: object) -> list[str]:
        return ["a flaw"]

    provider = CertificateCheckProvider()
    unknown = provider.check({}, {**INPUTS, "kubeconfig": rpc.UNKNOWN})
    assert (unknown.failures, unknown.inputs["kubeconfig"]) == ([], rpc.UNKNOWN)
    monkeypatch.setattr(certificate_check, "api_client", no_client)
    monkeypatch.setattr(certificate_check, "secret_errors", one_flaw)
    (failure,) = provider.check({}, INPUTS).failures
    assert failure.reason == "a flaw"
