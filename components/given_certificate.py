"""A look, in each preview, at a Secret with a certificate that somebody else makes."""

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pulumi
from pulumi import dynamic
from pulumi.runtime import rpc

from components.api_client import api_client
from settings.types.certificate import certificate_flaws, key_flaws

if TYPE_CHECKING:
    from kubernetes.client import CoreV1Api

CERTIFICATE_KEY: Final = "tls.crt"
"""Key of a Secret of type kubernetes.io/tls that holds the certificate."""
PRIVATE_KEY_KEY: Final = "tls.key"
"""Key of such a Secret that holds the private key."""


class GivenCertificateProvider(dynamic.ResourceProvider):
    """Looks. It runs in a process of its own, and nothing of the Secret's content leaves it.

    As with `TokenProvider`, the module and the name of this class must stay as they are, and an instance holds nothing.
    """

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> dynamic.CheckResult:
        """Refuses a Secret that the proxy could not use; Pulumi calls this in each preview and before each update.

        Without it the proxy's pod would wait for the Secret, and `pulumi up` for the pod, ten minutes long.
        """
        if rpc.UNKNOWN in news.values():  # the cluster, or the namespace, is not there yet
            return dynamic.CheckResult(inputs=news, failures=[])
        from kubernetes.client import CoreV1Api  # noqa: PLC0415 slow to load, and most previews do not need it

        flaws = flaws_of(CoreV1Api(api_client(news)), news["namespace"], news["secret"], news["hostname"])
        failures = [dynamic.CheckFailure(property_="secret", reason=flaw) for flaw in flaws]
        return dynamic.CheckResult(inputs=news, failures=failures)

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """Notes that there was a look."""
        return dynamic.CreateResult(id_=f"{props['namespace']}/{props['secret']}", outs=props)

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> dynamic.UpdateResult:
        """As `create`."""
        return dynamic.UpdateResult(outs=_news)


@dataclass(frozen=True, kw_only=True)
class GivenCertificateArgs:
    """Inputs of `GivenCertificate`."""

    context: str | None
    """Context of the kubeconfig, as the provider has it; None is the current one."""
    kubeconfig: pulumi.Input[str] | None = None
    """A kubeconfig as JSON; None is the user's own. It holds no secret, but names the program that gets one."""
    namespace: pulumi.Input[str]
    """Namespace of the Secret."""
    secret: str
    """Name of the Secret."""
    hostname: str | None
    """Host name that the certificate is to be for."""


class GivenCertificate(dynamic.Resource, module="jupyterhub", name="GivenCertificate"):
    """That a Secret holds a certificate and key that the proxy can use. It creates nothing."""

    def __init__(self, name: str, args: GivenCertificateArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        inputs = {
            "context": args.context,
            "kubeconfig": args.kubeconfig,
            "namespace": args.namespace,
            "secret": args.secret,
            "hostname": args.hostname,
        }
        super().__init__(GivenCertificateProvider(), name, inputs, opts)


def flaws_of(core: "CoreV1Api", namespace: str, secret: str, hostname: str | None) -> list[str]:
    """Returns why the proxy could not use a Secret; nothing if that cannot be known.

    That is so in a first preview, when the namespace is not there yet, and for an account that may not read Secrets.
    """
    from kubernetes.client.exceptions import ApiException  # noqa: PLC0415 as above

    try:
        data = core.read_namespaced_secret(secret, namespace).data or {}
    except ApiException as error:
        if error.status == 403:
            # Previews of pull requests may see no Secret. Whoever brings the stack up may, and looks again.
            return []
        if error.status != 404:
            return [f"endpoint.tlsSecret: the Secret cannot be read: {_message(error)}"]
        return [_missing(namespace, secret)] if _exists(core, namespace) else []
    certificate, key = (_text(data.get(part)) for part in (CERTIFICATE_KEY, PRIVATE_KEY_KEY))
    flaws = [
        *(f"{CERTIFICATE_KEY} {flaw}" for flaw in certificate_flaws(certificate, hostname=hostname)),
        *(f"{PRIVATE_KEY_KEY} {flaw}" for flaw in key_flaws(key, certificate=certificate)),
    ]
    return [f"endpoint.tlsSecret: in Secret {secret} of namespace {namespace}, {flaw}" for flaw in flaws]


def _missing(namespace: str, secret: str) -> str:
    return (
        f"endpoint.tlsSecret: there is no Secret {secret} in namespace {namespace}. Make it, then run pulumi up again: "
        f"kubectl -n {namespace} create secret tls {secret} --cert=certificate.pem --key=key.pem "
        "(or let cert-manager make it)"
    )


def _exists(core: "CoreV1Api", namespace: str) -> bool:
    from kubernetes.client.exceptions import ApiException  # noqa: PLC0415 as above

    try:
        core.read_namespace(namespace)
    except ApiException as error:
        return error.status != 404
    return True


def _message(error: Exception) -> str:
    """What Kubernetes says, without headers."""
    try:
        return str(json.loads(getattr(error, "body", None) or "")["message"])
    except (ValueError, KeyError, TypeError):
        return str(getattr(error, "reason", None) or error)


def _text(encoded: str | None) -> str:
    return base64.b64decode(encoded or "").decode("utf-8", "replace")
