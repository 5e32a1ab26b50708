import base64
from collections.abc import Mapping
from typing import Any, cast

import pytest
from kubernetes.client import V1Secret
from kubernetes.client.exceptions import ApiException
from pulumi.runtime import rpc

from components.dynamic import certificate_check
from components.dynamic.certificate_check import CertificateCheckProvider, secret_errors
from tests import dynamic_providers
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


def test_the_load_balancer_serves_https_and_redirects_http(given: Record) -> None:
    ports = [(port["port"], port["targetPort"]) for port in given.one("Service", "tf-hub-lb").inputs["spec"]["ports"]]
    arguments = _proxy(given)["args"]
    assert ports == [(443, 8000), (80, 8080)]
    assert {"--port=8000", "--redirect-port=8080", "--redirect-to=443"} < set(arguments)
    assert {port["containerPort"] for port in _proxy(given)["ports"]} == {8000, 8080, 8001}
    assert given.outputs[given.one("JupyterHub").urn]["hub_url"] == f"https://{HOST}"
    assert given.outputs[given.one("JupyterHub").urn]["oauth_callback_url"] == f"https://{HOST}/hub/oauth_callback"


def test_the_probes_of_the_proxy_use_https(given: Record) -> None:
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert _proxy(given)[probe]["httpGet"] == {"path": "/_chp_healthz", "port": 8000, "scheme": "HTTPS"}


@pytest.mark.parametrize("name", ["given", "own"])
def test_the_proxy_mounts_the_whole_secret_so_that_it_is_updated(name: str, request: pytest.FixtureRequest) -> None:
    stack: Record = request.getfixturevalue(name)
    pod, container = pod_specs(stack)["tf-hub-proxy"], _proxy(stack)
    (volume,) = [volume for volume in pod["volumes"] if volume["name"] == "tls"]
    (mount,) = [mount for mount in container["volumeMounts"] if mount["name"] == "tls"]
    variables = {variable["name"]: variable.get("value") for variable in container["env"]}
    assert mount == {"name": "tls", "mountPath": variables["TLS_FOLDER"], "readOnly": True}
    assert f"--ssl-cert={variables['TLS_FOLDER']}/tls.crt" in container["args"]
    assert f"--ssl-key={variables['TLS_FOLDER']}/tls.key" in container["args"]
    assert variables["NODE_OPTIONS"] == "--import=/opt/proxy/https.mjs"
    made = {secret.answer["metadata"]["name"] for secret in stack.of("Secret") if secret.inputs.get("type")}
    assert volume["secret"]["secretName"] in (made or {"hub-tls"})


def test_a_given_secret_is_checked_before_proxy_and_endpoint(given: Record) -> None:
    check = given.one("CertificateCheck")
    assert {key: check.inputs[key] for key in INPUTS} == {**INPUTS, "namespace": "jupyterhub"}
    assert check.urn in given.one("Deployment").dependencies
    assert check.urn in given.one("Endpoint").dependencies, "the Service is created after the check"
    assert not [secret for secret in given.of("Secret") if secret.inputs.get("type") == "kubernetes.io/tls"]


def test_the_key_of_the_settings_is_in_a_secret_only(own: Record) -> None:
    (secret,) = [secret for secret in own.of("Secret") if secret.inputs.get("type") == "kubernetes.io/tls"]
    assert secret.inputs["stringData"] == {"tls.crt": CERTIFICATE, "tls.key": KEY}
    assert own.of("CertificateCheck") == []
    line = KEY.splitlines()[1]
    assert line in text_of(secret.inputs)
    assert line not in text_of([resource.public for resource in own.resources])
    assert line not in text_of([resource.inputs for resource in own.resources if resource != secret])
    assert line not in text_of(own.outputs)


def test_a_renewed_certificate_restarts_the_proxy_and_not_the_hub(own: Record) -> None:
    certificate, key = pair(HOST)
    after = record_hub({**OWN, "endpoint.tlsCertificate": certificate, "endpoint.tlsKey": key})
    assert after.one("StatefulSet").inputs == own.one("StatefulSet").inputs
    (secret,) = [secret for secret in after.of("Secret") if secret.inputs.get("type") == "kubernetes.io/tls"]
    assert secret.inputs["immutable"] is True
    assert "name" not in secret.inputs["metadata"]


def test_the_certificate_check_on_gke_uses_the_clusters_kubeconfig() -> None:
    stack = record_gke({"endpoint.hostname": HOST, "endpoint.tlsSecret": "hub-tls"})
    assert stack.one("CertificateCheck").inputs["kubeconfig"] == stack.one("Rollout").inputs["kubeconfig"]


class _Cluster:
    """A cluster with at most one namespace and one Secret."""

    def __init__(self, *, namespace: bool = True, status: int = 404, data: Mapping[str, str] | None = None) -> None:
        self.namespace, self.status, self.data = namespace, status, data

    def read_namespaced_secret(self, _name: str, _namespace: str) -> V1Secret:
        if self.data is None:
            error = ApiException(status=self.status, reason="Internal Server Error")
            error.body = '{"message": "the cluster is degraded"}'  # pyright: ignore[reportAttributeAccessIssue] -- the client sets it
            raise error
        return V1Secret(data=dict(self.data))

    def read_namespace(self, _name: str) -> None:
        if not self.namespace:
            raise ApiException(status=404)

    def errors(self) -> list[str]:
        return secret_errors(cast("Any", self), "lab", "hub-tls", HOST)


def _encoded(certificate: str, key: str) -> dict[str, str]:
    return {
        name: base64.b64encode(text.encode()).decode() for name, text in (("tls.crt", certificate), ("tls.key", key))
    }


def test_a_missing_secret_is_reported_with_the_command_to_create_it() -> None:
    (error,) = _Cluster().errors()
    assert "there is no Secret hub-tls in namespace lab" in error
    assert "kubectl -n lab create secret tls hub-tls --cert=" in error


def test_a_secret_of_a_missing_namespace_is_not_checked() -> None:
    assert _Cluster(namespace=False).errors() == []


def test_an_unreadable_secret_is_reported_with_the_error_of_kubernetes() -> None:
    (error,) = _Cluster(status=500).errors()
    assert error == "endpoint.tlsSecret: the Secret cannot be read: the cluster is degraded"


def test_a_preview_without_access_to_secrets_skips_the_check() -> None:
    assert _Cluster(status=403).errors() == []


def test_each_error_of_an_invalid_secret_is_reported() -> None:
    assert _Cluster(data=_encoded(CERTIFICATE, KEY)).errors() == []
    other = pair("lab.example.org")
    name, key = _Cluster(data=_encoded(other[0], KEY)).errors()
    assert "in Secret hub-tls of namespace lab, tls.crt is not for endpoint.hostname" in name
    assert "in Secret hub-tls of namespace lab, tls.key does not belong to the certificate" in key
    assert len(_Cluster(data={"password": "eA=="}).errors()) == 2


def test_the_provider_reports_errors_and_skips_an_unknown_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_client(_props: object) -> None:
        return None

    def one_error(*_: object) -> list[str]:
        return ["an error"]

    provider = CertificateCheckProvider()
    with dynamic_providers.running() as check:
        failures, inputs = check(provider, {}, {**INPUTS, "kubeconfig": rpc.UNKNOWN})
    assert (failures, inputs["kubeconfig"]) == ([], rpc.UNKNOWN)
    monkeypatch.setattr(certificate_check, "api_client", no_client)
    monkeypatch.setattr(certificate_check, "secret_errors", one_error)
    (failure,) = provider.check({}, INPUTS).failures
    assert failure.reason == "an error"
