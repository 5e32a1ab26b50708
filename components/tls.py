"""The TLS certificate of the load balancer, which the proxy serves, or of an Ingress."""

from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta import v1 as meta

from components.dynamic.certificate_check import (
    CERTIFICATE_KEY,
    PRIVATE_KEY_KEY,
    CertificateCheck,
    CertificateCheckArgs,
)
from components.dynamic.issuer_check import API, IssuerCheck, IssuerCheckArgs
from components.metadata import labels
from settings import CertManager, Settings

_LETS_ENCRYPT: Final = {
    "production": "https://acme-v02.api.letsencrypt.org/directory",
    "staging": "https://acme-staging-v02.api.letsencrypt.org/directory",
}
"""Directories of Let's Encrypt. Source: https://letsencrypt.org/docs/acme-protocol-updates/ (2026-11)."""
_WAIT: Final = {"pulumi.com/waitFor": "condition=Ready"}
"""Annotation of a certificate that counts as ready once it is issued. Otherwise `pulumi up` fails after ten minutes."""


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
    """A Secret with the certificate and key of the settings, or one that cert-manager fills, or a check of an existing.

    The stack's own Secret is auto-named: a renewed certificate makes a new Secret, and so rolls the proxy.
    """

    secret_name: pulumi.Output[str]
    """Name of the Secret; known once it exists and was checked. An Ingress does not wait for cert-manager."""

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
        elif (by := endpoint.cert_manager) is not None:
            self.secret_name = _issued(name, args, by, parent=self)
        self.register_outputs({"secret_name": self.secret_name})


def _issued(name: str, args: TlsArgs, by: CertManager, *, parent: pulumi.Resource) -> pulumi.Output[str]:
    """Create a certificate of cert-manager, and return the name of its Secret.

    Issuer and certificate are custom resources, which have no typed args; the API server validates them.
    """
    settings = args.settings
    check = IssuerCheck(
        f"{name}-issuer-check",
        IssuerCheckArgs(
            context=settings.kubernetes.context,
            kubeconfig=args.kubeconfig,
            namespace=args.namespace,
            issuer=by.issuer,
            cluster_issuer=by.cluster_issuer,
        ),
        pulumi.ResourceOptions(parent=parent),
    )
    after_check = pulumi.ResourceOptions(parent=parent, depends_on=check)

    def custom(part: str, kind: str, object_name: str, spec: dict[str, object], **annotations: str) -> CustomResource:
        return CustomResource(
            f"{name}-{part}",
            api_version=API,
            kind=kind,
            metadata=meta.ObjectMetaArgs(
                name=object_name,
                namespace=args.namespace,
                labels=labels(settings, "proxy"),
                annotations=annotations or None,
            ),
            spec=spec,
            opts=after_check,
        )

    if by.lets_encrypt is not None:
        custom("issuer", "Issuer", f"{settings.name}-letsencrypt", {"acme": _acme(settings, by)})
    secret = f"{settings.name}-tls"
    certificate = custom(
        "issued",
        "Certificate",
        secret,
        {
            "secretName": secret,
            "dnsNames": [settings.endpoint.hostname],
            "privateKey": {"rotationPolicy": "Always"},
            "issuerRef": {
                "group": API.partition("/")[0],
                "kind": "Issuer" if by.cluster_issuer is None else "ClusterIssuer",
                "name": by.cluster_issuer or by.issuer or f"{settings.name}-letsencrypt",
            },
        },
        **_WAIT,
    )
    if not settings.endpoint.has_tls:
        # The controller of an Ingress reads the Secret as soon as it is there, and the proof needs that controller.
        return pulumi.Output.from_input(secret)
    return certificate.id.apply(lambda _: secret)


def _acme(settings: Settings, by: CertManager) -> dict[str, object]:
    by_class = {"ingressClassName": settings.endpoint.ingress_class} if settings.endpoint.ingress_class else {}
    return {
        "server": _LETS_ENCRYPT[str(by.lets_encrypt)],
        **({} if by.email is None else {"email": by.email}),
        "privateKeySecretRef": {"name": f"{settings.name}-letsencrypt-account"},
        "solvers": [{"http01": {"ingress": by_class}}],
    }
