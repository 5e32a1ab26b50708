"""The TLS certificate of the load balancer, which the proxy serves."""

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta import v1 as meta

from components.dynamic.certificate_check import (
    CERTIFICATE_KEY,
    PRIVATE_KEY_KEY,
    CertificateCheck,
    CertificateCheckArgs,
)
from components.metadata import labels
from settings import Settings


@dataclass(frozen=True, kw_only=True)
class TlsArgs:
    """Inputs of `Tls`."""

    settings: Settings
    """The stack's settings: names, and the certificate or the name of an existing Secret."""
    namespace: pulumi.Input[str]
    """Namespace of the proxy."""
    kubeconfig: pulumi.Input[str] | None
    """Kubeconfig of a GKE cluster; None = the user's own."""


class Tls(pulumi.ComponentResource):
    """A Secret with the certificate and key of the settings, or a check of the existing Secret that they name.

    The stack's own Secret is auto-named: a renewed certificate makes a new Secret, and so rolls the proxy.
    """

    secret_name: pulumi.Output[str]
    """Name of the Secret; known once it exists and was checked."""

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
            check = CertificateCheck(
                f"{name}-check",
                CertificateCheckArgs(
                    context=settings.kubernetes.context,
                    kubeconfig=args.kubeconfig,
                    namespace=args.namespace,
                    secret=given,
                    hostname=endpoint.hostname,
                ),
                child,
            )
            self.secret_name = check.id.apply(lambda _: given)
        self.register_outputs({"secret_name": self.secret_name})
