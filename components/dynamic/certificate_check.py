"""Checks an existing TLS Secret in each preview."""

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pulumi
from pulumi import dynamic
from pulumi.runtime.known_types import is_unknown

from components.dynamic.api_client import ApiClientArgs, api_client, message_of
from components.dynamic.resource import Resource
from settings import certificate_errors, key_errors

if TYPE_CHECKING:
    from kubernetes.client import CoreV1Api

CERTIFICATE_KEY: Final = "tls.crt"
"""Key of a Secret of type kubernetes.io/tls that holds the certificate."""
PRIVATE_KEY_KEY: Final = "tls.key"
"""Key of such a Secret that holds the private key."""


class CertificateCheckProvider(dynamic.ResourceProvider):
    """Reads the Secret. Nothing of its content leaves the provider's process."""

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> dynamic.CheckResult:
        """Reject a Secret that the proxy cannot use; Pulumi calls this in each preview and before each update.

        Without it the proxy's pod would wait for the Secret, and `pulumi up` ten minutes for the pod.
        """
        if any(map(is_unknown, news.values())):  # the cluster or the namespace does not exist yet
            return dynamic.CheckResult(inputs=news, failures=[])
        from kubernetes.client import CoreV1Api  # noqa: PLC0415 slow to load, and most previews do not need it

        errors = secret_errors(CoreV1Api(api_client(news)), news["namespace"], news["secret"], news["hostname"])
        failures = [dynamic.CheckFailure(property_="secret", reason=error) for error in errors]
        return dynamic.CheckResult(inputs=news, failures=failures)

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """Record the check."""
        return dynamic.CreateResult(id_=f"{props['namespace']}/{props['secret']}", outs=props)

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> dynamic.UpdateResult:
        """Record the check again."""
        return dynamic.UpdateResult(outs=_news)


@dataclass(frozen=True, kw_only=True)
class CertificateCheckArgs(ApiClientArgs):
    """Inputs of `CertificateCheck`."""

    secret: str
    """Name of the Secret."""
    hostname: str | None
    """Host name that the certificate must be valid for."""


class CertificateCheck(Resource, provider=CertificateCheckProvider):
    """A check that a Secret holds a certificate and key that the proxy can use. It creates nothing."""

    def __init__(self, name: str, args: CertificateCheckArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, vars(args), opts)


def secret_errors(core: "CoreV1Api", namespace: str, secret: str, hostname: str | None) -> list[str]:
    """Return why the proxy cannot use a Secret; nothing if that is unknown.

    It is unknown before the namespace exists, as in a first preview, and for users who may not read Secrets.
    """
    from kubernetes.client.exceptions import ApiException  # noqa: PLC0415 as above

    try:
        data = core.read_namespaced_secret(secret, namespace).data or {}
    except ApiException as error:
        if error.status == 403:
            # Previews of pull requests may read no Secrets. `pulumi up` checks again, with the rights to do so.
            return []
        if error.status != 404:
            return [f"endpoint.tlsSecret: the Secret cannot be read: {message_of(error)}"]
        return [_missing(namespace, secret)] if _exists(core, namespace) else []
    certificate, key = (_text(data.get(part)) for part in (CERTIFICATE_KEY, PRIVATE_KEY_KEY))
    errors = [
        *(f"{CERTIFICATE_KEY} {error}" for error in certificate_errors(certificate, hostname=hostname)),
        *(f"{PRIVATE_KEY_KEY} {error}" for error in key_errors(key, certificate=certificate)),
    ]
    return [f"endpoint.tlsSecret: in Secret {secret} of namespace {namespace}, {error}" for error in errors]


def _missing(namespace: str, secret: str) -> str:
    return (
        f"endpoint.tlsSecret: there is no Secret {secret} in namespace {namespace}. To fix it, create it and "
        f"run pulumi up again: "
        f"kubectl -n {namespace} create secret tls {secret} --cert=certificate.pem --key=key.pem "
        "(or let cert-manager create it)"
    )


def _exists(core: "CoreV1Api", namespace: str) -> bool:
    from kubernetes.client.exceptions import ApiException  # noqa: PLC0415 as above

    try:
        core.read_namespace(namespace)
    except ApiException as error:
        return error.status != 404
    return True


def _text(encoded: str | None) -> str:
    return base64.b64decode(encoded or "").decode("utf-8", "replace")
