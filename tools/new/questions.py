"""The questions, in their order, and what their answers set. Checks and words are those of the settings."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import pulumi

from components.cluster import kubeconfig
from settings.reading.keys import KEYS
from settings.types.places import region_of
from tools.schema.project import description

Given = Mapping[str, str]
"""Answers so far, by the name of their question."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """An answer to choose."""

    text: str
    values: Mapping[str, object] = field(default_factory=dict[str, object])
    """What it sets, by key."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question, whose answer may be given as the option `--<name>`."""

    name: str
    """The key of a setting, or of a part of one; otherwise a name of its own, with choices."""
    ask: str = ""
    """The question. Empty: the first sentence about the setting."""
    choices: Mapping[str, Choice] = field(default_factory=dict[str, Choice])
    when: Callable[[Given], bool] = lambda _: True
    """Whether it is asked."""
    default: Callable[[Given], str] = lambda _: ""
    convert: Callable[[str], object] = str
    """The value of a text."""
    also: Mapping[str, object] = field(default_factory=dict[str, object])
    """What an answer sets besides, by key."""
    decides: tuple[str, ...] = ()
    """Further settings whose mistakes mean that this answer is wrong or missing."""

    @property
    def text(self) -> str:
        """The question in words."""
        return self.ask or first_sentence(self.name)

    def values(self, answer: str) -> dict[str, object]:
        """Return what an answer sets, by key or by part of one (`endpoint.gateway.name`); nothing if it is empty."""
        if not answer:
            return {}
        chosen = self.choices.get(answer)
        own = {self.name: self.convert(answer)} if chosen is None else chosen.values
        return {**own, **self.also}


def first_sentence(key: str) -> str:
    """Return the first sentence about a setting, or about the one that this is a part of."""
    while key not in KEYS:
        key = key.rpartition(".")[0]
    return re.split(r"(?<=\.) (?=[A-Z])", description(KEYS[key]).replace("`", ""))[0]


def _is(name: str, *answers: str) -> Callable[[Given], bool]:
    return lambda given: given.get(name) in answers


def _has(name: str, *, also: Callable[[Given], bool] = lambda _: True) -> Callable[[Given], bool]:
    return lambda given: bool(given.get(name)) and also(given)


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[,\s]+", text) if word]


def _number(text: str) -> object:
    return int(text) if text.isdecimal() else text


def _identity_providers(text: str) -> object:
    return [{"id": word, "allowAll": True} for word in _words(text)]


def _current_context(_: Given) -> str:
    try:
        return kubeconfig.find(None).context
    except pulumi.RunError:
        return ""


def _registry(given: Given) -> str:
    if not (given.get("gcp.project") and given.get("cluster.location")):
        return ""
    return f"{region_of(given['cluster.location'])}-docker.pkg.dev/{given['gcp.project']}/jupyterhub"


_LOCAL: Final[Mapping[str, object]] = {
    "protect": False,
    "hub.keepDatabase": False,
    "hub.storage": {"size": "256Mi"},
    "notebook.cpu": {"default": 0.5, "min": 0.1, "max": 2},
    "notebook.memory": {"default": "512Mi", "min": "256Mi", "max": "2Gi"},
    "notebook.storage": {"size": "1Gi"},
}
"""The stack of `make up`, without address and sign-in: sizes for one small machine."""
_ON_GKE: Final = _is("where", "existing", "create")
_NOT_LOCAL: Final = _is("where", "context", "existing", "create")
_OIDC: Final = ("google", "entra", "cilogon", "keycloak", "auth0", "okta", "oidc")


def _oidc(text: str, provider: str) -> Choice:
    return Choice(text=text, values={"auth.type": "oidc", "oidc.provider": provider})


_WHERE: Final = {
    "local": Choice(text="this machine, on the local cluster of `make up`, to try it", values=_LOCAL),
    "context": Choice(text="a Kubernetes cluster of your kubeconfig"),
    "existing": Choice(text="an existing GKE cluster", values={"cluster.mode": "existing"}),
    "create": Choice(text="a new GKE cluster, which the stack creates", values={"cluster.mode": "create"}),
}
_ADDRESS: Final = {
    kind: Choice(text=text, values={"endpoint.type": kind})
    for kind, text in {
        "gateway": "a host name with https by Google (GKE Gateway)",
        "load-balancer": "a load balancer: an IP address, or a host name",
        "ingress": "a host name, by an Ingress controller of the cluster",
        "http-route": "a host name, by a Gateway that the cluster has",
        "node-port": "a port of the nodes, behind your own reverse proxy",
        "none": "kubectl port-forward only",
    }.items()
}
_CERTIFICATE: Final = {
    "none": Choice(text="http, without a certificate"),
    "secret": Choice(text="https, with the certificate of a Secret in the hub's namespace"),
    "cert-manager": Choice(text="https, by a ClusterIssuer of cert-manager"),
    "lets-encrypt": Choice(
        text="https, by cert-manager and Let's Encrypt", values={"endpoint.certManager": {"letsEncrypt": "production"}}
    ),
}
_SIGN_IN: Final = {
    "github": Choice(text="GitHub", values={"auth.type": "github"}),
    "google": _oidc("Google accounts of a domain", "google"),
    "entra": _oidc("Microsoft accounts of an organization (Entra ID)", "entra"),
    "cilogon": _oidc("CILogon: the sign-in of universities", "cilogon"),
    "keycloak": _oidc("Keycloak", "keycloak"),
    "auth0": _oidc("Auth0", "auth0"),
    "okta": _oidc("Okta", "okta"),
    "oidc": _oidc("another provider with OpenID Connect", "other"),
    "lti": Choice(text="a course platform, such as Canvas or Moodle (LTI 1.3)", values={"auth.type": "lti"}),
    "iap": Choice(text="Google accounts, by Identity-Aware Proxy in front of the hub", values={"auth.type": "iap"}),
    "shared-password": Choice(text="one password for all", values={"auth.type": "shared-password"}),
    "native": Choice(text="people sign up, and an admin approves them", values={"auth.type": "native"}),
    "dummy": Choice(text="any name and password, if only you reach the hub", values={"auth.type": "dummy"}),
}
_WHO: Final = {
    "groups": Choice(text="members of groups at the provider"),
    "users": Choice(text="people that you list"),
    "all": Choice(text="everyone with an account there", values={"oidc.allowAll": True}),
}

QUESTIONS: Final = (
    Question(name="where", ask="Where will the hub run?", choices=_WHERE, default=lambda _: "create"),
    Question(name="name", when=_is("where", "local"), default=lambda given: f"{given['stack']}-hub"),
    Question(name="namespace", when=_is("where", "local"), default=lambda given: given["stack"]),
    Question(
        name="endpoint.address",
        ask="Loopback address of the hub, another one for each hub.",
        when=_is("where", "local"),
        default=lambda _: "127.100.0.11",
        also={"auth.type": "dummy"},
    ),
    Question(name="kubernetes.context", when=_is("where", "context"), default=_current_context),
    Question(name="gcp.project", when=_ON_GKE),
    Question(name="cluster.location", when=_ON_GKE, default=lambda _: "europe-west1"),
    Question(name="cluster.name", when=_is("where", "existing"), default=lambda _: "jupyterhub"),
    Question(
        name="images.repository",
        when=_NOT_LOCAL,
        default=_registry,
        decides=("hub.image",),
    ),
    Question(
        name="address",
        ask="How do people reach it?",
        choices=_ADDRESS,
        when=_NOT_LOCAL,
        default=lambda given: "gateway" if _ON_GKE(given) else "load-balancer",
    ),
    Question(name="endpoint.hostname", when=_is("address", "gateway", "load-balancer", "ingress", "http-route")),
    Question(
        name="endpoint.address",
        when=lambda given: given.get("where") == "context" and given.get("address") == "load-balancer",
    ),
    Question(
        name="endpoint.dnsZone.name",
        ask="Cloud DNS zone in which the stack creates the DNS records, such as example-org. None: you create them.",
        when=_is("address", "gateway"),
    ),
    Question(
        name="endpoint.dnsZone.domain",
        ask="Domain of that zone.",
        when=_has("endpoint.dnsZone.name"),
        default=lambda given: given.get("endpoint.hostname", "").partition(".")[2],
    ),
    Question(name="endpoint.ingressClass", when=_is("address", "ingress")),
    Question(
        name="endpoint.gateway.name",
        ask="Name of the Gateway.",
        when=_is("address", "http-route"),
        decides=("endpoint.gateway",),
    ),
    Question(
        name="endpoint.gateway.namespace",
        ask="Namespace of the Gateway, if not the hub's.",
        when=_is("address", "http-route"),
    ),
    Question(name="publicUrl", when=_is("address", "node-port")),
    Question(name="endpoint.nodePort", when=_is("address", "node-port"), convert=_number),
    Question(
        name="certificate",
        ask="With https?",
        choices=_CERTIFICATE,
        when=_has("endpoint.hostname", also=_is("address", "load-balancer", "ingress")),
        default=lambda _: "none",
    ),
    Question(name="endpoint.tlsSecret", when=_is("certificate", "secret"), default=lambda _: "hub-tls"),
    Question(
        name="endpoint.certManager.clusterIssuer",
        ask="Name of the ClusterIssuer; for a load balancer, one with DNS-01.",
        when=_is("certificate", "cert-manager"),
        default=lambda _: "letsencrypt-prod",
    ),
    Question(name="sign-in", ask="How do people sign in?", choices=_SIGN_IN, when=_NOT_LOCAL),
    Question(name="github.clientId", when=_is("sign-in", "github")),
    Question(name="oidc.issuer", when=_is("sign-in", "keycloak", "auth0", "okta", "oidc")),
    Question(name="oidc.tenant", when=_is("sign-in", "entra")),
    Question(name="oidc.clientId", when=_is("sign-in", *_OIDC)),
    Question(name="lti.issuer", when=_is("sign-in", "lti")),
    Question(name="lti.clientIds", when=_is("sign-in", "lti"), convert=_words),
    Question(name="lti.authorizationUrl", when=_is("sign-in", "lti")),
    Question(name="lti.keysUrl", when=_is("sign-in", "lti")),
    Question(name="iap.clientId", when=_is("sign-in", "iap")),
    Question(
        name="auth.adminUsers",
        ask="Names of admins, separated by commas.",
        when=_is("sign-in", "github", "lti", "iap", "shared-password", "native", *_OIDC),
        convert=_words,
    ),
    Question(name="github.organizations", when=_is("sign-in", "github"), convert=_words),
    Question(
        name="oidc.hostedDomains",
        when=_is("sign-in", "google"),
        convert=_words,
        also={"oidc.allowAll": True},
        decides=("oidc.allowedGroups",),
    ),
    Question(
        name="oidc.identityProviders",
        ask="EntityIDs of the universities whose people sign in, from https://cilogon.org/idplist.",
        when=_is("sign-in", "cilogon"),
        convert=_identity_providers,
    ),
    Question(name="iap.members", when=_is("sign-in", "iap"), convert=_words),
    Question(
        name="who",
        ask="Who can sign in, beside the admins?",
        choices=_WHO,
        when=_is("sign-in", "entra", "keycloak", "auth0", "okta", "oidc"),
        default=lambda _: "groups",
    ),
    Question(name="oidc.allowedGroups", when=_is("who", "groups"), convert=_words),
    Question(
        name="auth.allowedUsers",
        ask="Names of people, separated by commas.",
        when=_is("who", "users"),
        convert=_words,
        decides=("oidc.allowedGroups",),
    ),
)


def options() -> Iterable[tuple[str, str]]:
    """Return the options of the command, each with its help."""
    for name in dict.fromkeys(question.name for question in QUESTIONS):
        question = next(one for one in QUESTIONS if one.name == name)
        choices = f" ({', '.join(question.choices)})" if question.choices else ""
        yield name, f"{question.text}{choices}"
