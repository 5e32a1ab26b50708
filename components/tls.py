"""The load balancer's certificate, as the proxy gets it."""

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta import v1 as meta

from components.given_certificate import (
    CERTIFICATE_KEY,
    PRIVATE_KEY_KEY,
    GivenCertificate,
    GivenCertificateArgs,
)
from components.metadata import labels
from settings import Settings


@dataclass(frozen=True, kw_only=True)
class TlsArgs:
    """Inputs of `Tls`."""

    settings: Settings
    """The stack's settings: names, and the certificate, or the name of the Secret that holds it."""
    namespace: pulumi.Input[str]
    """Namespace of the proxy."""
    kubeconfig: pulumi.Input[str] | None
    """The kubeconfig of a GKE cluster; none = the one that `kubernetes.context` is in."""


class Tls(pulumi.ComponentResource):
    """A Secret with the certificate and key of the settings, or a look at the Secret that they name.

    The stack's own is named by Pulumi: a renewed certificate is another Secret, and so a new proxy.
    """

    secret_name: pulumi.Output[str]
    """Name of the Secret; known once it is there, and good."""

    def __init__(self, name: str, args: TlsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:tls:Tls", name, None, opts)
        settings, endpoint, child = args.settings, args.settings.endpoint, pulumi.ResourceOptions(parent=self)
        if endpoint.tls_certificate is not None and endpoint.tls_key is not None:
            secret = core.Secret(
                f"{name}-certificate",
                metadata=meta.ObjectMetaArgs(namespace=args.namespace, labels=labels(settings, "proxy")),
                type="kubernetes.io/tls",
                immutable=True,
                string_data={
                    CERTIFICATE_KEY: endpoint.tls_certificate,
                    PRIVATE_KEY_KEY: pulumi.Output.secret(endpoint.tls_key.get_secret_value()),
                },
                opts=child,
            )
            self.secret_name = secret.metadata.name
        elif (given := endpoint.tls_secret) is not None:
            look = GivenCertificate(
                f"{name}-given",
                GivenCertificateArgs(
                    context=settings.kubernetes.context,
                    kubeconfig=args.kubeconfig,
                    namespace=args.namespace,
                    secret=given,
                    hostname=endpoint.hostname,
                ),
                child,
            )
            self.secret_name = look.id.apply(lambda _: given)
        self.register_outputs({"secret_name": self.secret_name})
