"""A change of each setting, of a stack that it fits."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from importlib.metadata import version
from typing import Final

from settings import SettingsError, parse
from settings.reading.keys import KEYS, PROJECT, SECRETS
from settings.reading.stack_file import read_config
from settings.types.secret import is_sealed
from tests.corpus import FILES
from tests.doubles.certificates import pair
from tests.stacks import CLOUD_SQL, GATEWAY, GKE, IAP, IP_ENDPOINT, LTI, OIDC, POSTGRESQL, VALUES
from tools.schema.effects import ANOTHER_STACK, effect_of

Values = Mapping[str, object]

_L4 = {"name": "l4", "machineType": "g2-standard-8", "accelerator": "nvidia-l4", "max": 4}
_ADA = {"name": "a", "googleServiceAccount": "a-data@my-project-123.iam.gserviceaccount.com", "users": ["ada"]}
_POOL = {"machineType": "e2-standard-4", "min": 2, "max": 5, "diskGb": 80}
_CHOICES = [{"name": "large", "cpu": 4, "memory": "16Gi", "maxHours": 8, "users": ["ada"]}]
_ADA_ONLY = {"auth.allowedUsers": ["ada"]}
_SIZE = {"machineType": "g2-standard-16", "min": 1, "max": 5, "diskGb": 80}
_GRADER = {"name": "grader", "url": "http://grader.grading", "scopes": ["list:users"]}
_DISK = {"size": "20Gi", "disk": "pd-ssd", "regional": True}

BEFORE: Final[Values] = {**GKE, **GATEWAY, "nodes.gpu": [_L4]}
"""A stack on GKE with a gateway and a node pool with GPUs, before a change."""
_CONTEXT: Final[Values] = {**VALUES, "auth.type": "shared-password", "auth.userPassword": "a long password"}
_HOSTNAME: Final[Values] = {**_CONTEXT, "endpoint.hostname": "hub.example.org"}

_INGRESS: Final[Values] = {
    **_HOSTNAME,
    "endpoint.type": "ingress",
    "endpoint.address": "",
    "endpoint.certManager": {"clusterIssuer": "letsencrypt-prod"},
}
_ROUTE: Final[Values] = {
    **_HOSTNAME,
    "endpoint.type": "http-route",
    "endpoint.address": "",
    "endpoint.gateway": {"name": "shared", "namespace": "infra"},
}
_NODE_PORT: Final[Values] = {
    **_CONTEXT,
    "endpoint.type": "node-port",
    "endpoint.address": "",
    "publicUrl": "https://hub.example.org",
}

_OIDC: Final[Values] = {**VALUES, **OIDC}
_GOOGLE: Final[Values] = {**_OIDC, "oidc.provider": "google", "oidc.issuer": "", "oidc.allowedGroups": [], **_ADA_ONLY}
_CILOGON: Final[Values] = {
    **_GOOGLE,
    "oidc.provider": "cilogon",
    "oidc.identityProviders": [{"id": "https://idp.example.edu"}],
}
_ENTRA: Final[Values] = {
    **_GOOGLE,
    "oidc.provider": "entra",
    "oidc.tenant": "0f8fad5b-d9cb-469f-a165-70867728950e",
}


def _certificate() -> Values:
    certificate, key = pair("hub.example.org")
    return {"endpoint.tlsCertificate": certificate, "endpoint.tlsKey": key}


_AUTOPILOT: Final[Values] = {"cluster.autopilot": True, "nodes.gpu": [], "notebook.additionalResources": {}}

# By stack, another value of each key. The values of everything.good.yaml are for the keys that are not here.
_ALONE: Final[tuple[tuple[Values, Values], ...]] = (
    (
        BEFORE,
        {
            "cluster.name": "other",
            "cluster.releaseChannel": "stable",
            "cluster.maintenanceStart": "05:00",
            "cluster.maintenanceDays": ["sunday", "monday"],
            "cluster.maintenanceHours": 8,
            "cluster.maintenanceExclusions": [{"name": "exams", "first": "2027-01-18", "last": "2027-02-13"}],
            "network.policies": False,
            "network.privateRanges": ["198.51.100.0/24"],
            "network.nodeRange": "10.1.0.0/20",
            "network.podRange": "10.12.0.0/14",
            "network.serviceRange": "10.9.0.0/20",
            "network.controlPlaneRange": "172.16.1.0/28",
            "nodes.zones": ["europe-west1-b", "europe-west1-c"],
            "nodes.core": _POOL,
            "nodes.user": _POOL,
            "nodes.gpu": [{**_L4, "spot": True}],
            "nodes.podPidsLimit": 32768,
            "nodes.imageStreaming": True,
            "identity.hubServiceAccount": "jupyterhub@my-project-123.iam.gserviceaccount.com",
            "identity.notebookServiceAccount": "notebooks@my-project-123.iam.gserviceaccount.com",
            "identity.notebooks": [_ADA],
            "registry.create": True,
            "registry.remotes": ["quay.io"],
            "endpoint.hostname": "lab.example.org",
            "endpoint.dnsZone": {"name": "another-zone", "domain": "example.org"},
            "endpoint.sourceRanges": ["203.0.113.0/24"],
            "endpoint.securityPolicy": "policy",
            "publicUrl": "https://hub.example.org:8443",
            "images.repository": f"{GKE['images.repository']}-2",
            "hub.storage": _DISK,
            "hub.services": [_GRADER],
            # One that the tests have: the check of the configuration refuses others.
            "hub.packages": [f"pytest=={version('pytest')}"],
            "monitoring.metrics": "managed-prometheus",
            "monitoring.logs": "json",
            "hub.roles": [{"name": "staff", "scopes": ["list:users"], "organizations": ["example-org:staff"]}],
            "notebook.additionalResources": {"nvidia.com/gpu": 1, "example.org/fpga": 1},
            "notebook.choices": _CHOICES,
            "notebook.storage": _DISK,
            "notebook.signInToken": True,
            "notebook.spare": [{"servers": 3}],
            "notebook.internet": False,
            "notebook.egress": [{"range": "10.20.0.0/16", "ports": [5432]}],
            "hub.egress": [{"range": "10.20.0.7/32", "ports": [636]}],
            "hub.ingress": [{"namespace": "monitoring"}],
            "proxy.egress": [{"namespace": "reports", "ports": [8080]}],
            "notebook.secretEnvironment": '{"DB_PASSWORD": "a secret"}',
            "github.clientSecret": "another secret",
        },
    ),
    ({**GKE, **IP_ENDPOINT}, {"cluster.authorizedNetworks": ["198.51.100.0/24"]}),
    (GKE, {"endpoint.address": "203.0.113.77", "endpoint.internal": True}),
    (
        {**GKE, "cluster.autopilot": True, "notebook.accelerator": "nvidia-tesla-t4"},
        {"notebook.accelerator": "nvidia-l4"},
    ),
    ({**BEFORE, "backup.days": 14}, {"backup.days": 30, "backup.start": "04:30", "backup.paused": True}),
    (
        {**BEFORE, "monitoring.metrics": "managed-prometheus"},
        {
            "monitoring.alerts": False,
            "monitoring.usage": "users",
            "monitoring.organizations": ["physics:staff"],
            "secrets.metricsTokenGeneration": 2,
        },
    ),
    (
        {**_CONTEXT, "monitoring.metrics": "prometheus-operator"},
        {
            "monitoring.namespace": "observability",
            "monitoring.labels": {"release": "kube-prometheus-stack"},
            "monitoring.groups": ["physics"],
        },
    ),
    ({**BEFORE, "notebook.quota": {"pods": 50}}, {"notebook.quota": {"pods": 60}}),
    ({**BEFORE, "notebook.choices": _CHOICES}, {"notebook.freeChoice": True}),
    (
        {**BEFORE, **IAP},
        {
            "iap.clientId": "124-abc.apps.googleusercontent.com",
            "iap.clientSecret": "another secret",
            "iap.members": ["domain:example.org", "group:maths@example.org"],
            "iap.backendService": "1234567890123456789",
        },
    ),
    (
        {**BEFORE, **CLOUD_SQL},
        {
            "database.type": "sqlite",
            "database.tier": "db-custom-4-15360",
            "database.highAvailability": True,
            "secrets.databasePasswordGeneration": 2,
        },
    ),
    ({**VALUES, **POSTGRESQL}, {"database.url": "postgresql://hub:another@db.example.org:5432/hub"}),
    (
        {**VALUES, "auth.type": "custom", "auth.customClass": "oauthenticator.google.GoogleOAuthenticator"},
        {"auth.secretEnvironment": '{"OAUTH_CLIENT_SECRET": "a secret"}'},
    ),
    (BEFORE, {"github.adminTeams": ["physics:admins"], "auth.autoLogin": True}),
    (_GOOGLE, {"oidc.hostedDomains": ["example.org"]}),
    (_CILOGON, {"oidc.identityProviders": [{"id": "https://idp.example.edu", "allowAll": True}]}),
    (_ENTRA, {"oidc.tenant": "7c9e6679-7425-40de-944b-e07fc1f90ae7"}),
    (
        _OIDC,
        {
            "oidc.issuer": "https://sso.example.org/realms/other",
            "oidc.title": "Example University",
            "oidc.clientId": "another",
            "oidc.clientSecret": "another secret",
            "oidc.scopes": ["offline_access"],
            "oidc.authorizeParameters": {"kc_idp_hint": "university"},
            "oidc.usernameClaim": "email",
            "oidc.stripDomain": "example.org",
            "oidc.allowUnverifiedEmail": True,
            "oidc.groupsClaim": "realm_access.roles",
            "oidc.allowedGroups": ["others"],
            "oidc.adminGroups": ["admins"],
            "oidc.allowAll": True,
            "oidc.recheckMinutes": 1,
            "oidc.logoutAtProvider": True,
        },
    ),
    (
        {**VALUES, **LTI},
        {
            "lti.issuer": "https://canvas.instructure.com",
            "lti.clientIds": ["client-1", "client-2"],
            "lti.authorizationUrl": "https://sso.canvaslms.com/api/lti/authorize_redirect",
            "lti.keysUrl": "https://sso.canvaslms.com/api/lti/security/jwks",
            "lti.title": "Example Courses",
            "lti.usernameClaim": "email",
            "lti.deploymentIds": ["1"],
            "lti.adminRoles": ["http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator"],
        },
    ),
    ({**BEFORE, "pages.organization": "Example"}, {"pages.organizationUrl": "https://example.org"}),
    ({**BEFORE, "hub.extraConfig": "c.JupyterHub.named_server_limit_per_user = 2\n"}, {"hub.replaceGuard": True}),
    (
        _CONTEXT,
        {
            "hub.groups": {"course": ["ada"]},
            "auth.userPassword": "another long password",
            "auth.adminPassword": "a very long password of the admins",
        },
    ),
    ({**_HOSTNAME, "endpoint.tlsSecret": "hub-tls"}, {"endpoint.tlsSecret": "another-tls"}),
    (
        _HOSTNAME,
        {
            "endpoint.annotations": {"example.org/team": "physics"},
            "endpoint.loadBalancerClass": "service.k8s.aws/nlb",
            "hub.baseUrl": "/jupyter",
        },
    ),
    (
        _INGRESS,
        {"endpoint.certManager": {"issuer": "campus-ca"}, "endpoint.ingressClass": "traefik"},
    ),
    (_ROUTE, {"endpoint.gateway": {"name": "other", "namespace": "infra"}}),
    (_NODE_PORT, {"endpoint.nodePort": 30080}),
)
# By stack, the changes of a key that need other changes, and those of a part of a key.
_TOGETHER: Final[tuple[tuple[Values, Mapping[str, Values]], ...]] = (
    (
        BEFORE,
        {
            "cluster.autopilot": _AUTOPILOT,
            "hub.pod.disruptionBudget": {"hub.pod": {"disruptionBudget": True}},
            "proxy.pod.disruptionBudget": {"proxy.pod": {"disruptionBudget": True}},
            "nodes.core.spot": {"nodes.core": {"spot": True}},
            "nodes.user.spot": {"nodes.user": {"spot": True}},
            **{f"nodes.gpu.{part}": {"nodes.gpu": [{**_L4, **_SIZE}]} for part in _SIZE},
            "notebook.storage.disk": {"notebook.storage": {"size": "20Gi", "disk": "filestore"}},
            "auth.type": IAP,
            "cluster.controlPlaneEndpoint": {"cluster.controlPlaneEndpoint": "ip", **IP_ENDPOINT},
        },
    ),
    (GKE, {"endpoint.type": GATEWAY}),
    (_OIDC, {"oidc.provider": {"oidc.provider": "keycloak"}}),
    ({**_HOSTNAME, **_certificate()}, dict.fromkeys(("endpoint.tlsCertificate", "endpoint.tlsKey"), _certificate())),
)
_EVERYTHING: Final = read_config(FILES / "everything.good.yaml")


def changes() -> Mapping[str, tuple[Values, Values]]:
    """Return, by key or part of one, a stack and what is changed of it. Settings that need another stack have none."""
    listed = {
        **{key: (base, {key: value}) for base, values in _ALONE for key, value in values.items()},
        **{key: (base, changed) for base, rows in _TOGETHER for key, changed in rows.items()},
    }
    others = [key for key in KEYS if key not in listed and effect_of(key) is not ANOTHER_STACK]
    return {**{key: (BEFORE, {key: _EVERYTHING[f"{PROJECT}:{key}"]}) for key in others}, **listed}


def table() -> Mapping[str, tuple[Values, AbstractSet[str]]]:
    """Return, by setting, a change of `BEFORE` and the kinds of Google Cloud resources that it replaces."""
    return {
        key: (changed, effect_of(key).replaces)
        for key, (base, changed) in changes().items()
        if base is BEFORE and key in KEYS and key not in SECRETS
    }


ANOTHER_SHAPE: Final[Mapping[str, tuple[Values, AbstractSet[str]]]] = {
    # Its node pools are deleted with it, which the JSON of the preview omits.
    "cluster.autopilot": (_AUTOPILOT, {"Cluster"}),
    # The Service is the API of Certificate Manager, which stays enabled.
    "endpoint.type": (
        {"endpoint.type": "load-balancer"},
        {"GlobalAddress", "Service", "CertificateMap", "SSLPolicy", *effect_of("endpoint.hostname").replaces},
    ),
    # A firewall rule, an API and the driver are added; nothing is deleted.
    "notebook.storage": ({"notebook.storage": {"size": "20Gi", "disk": "filestore"}}, set()),
    "name": (
        {"name": "other"},
        {"GlobalAddress", "CertificateMap", "SSLPolicy", *effect_of("endpoint.hostname").replaces},
    ),
    "namespace": ({"namespace": "other"}, set()),
}
"""Changes that add or remove resources: the kinds of replaced or deleted Google Cloud resources."""

LOAD_BALANCER: Final[Mapping[str, tuple[Values, AbstractSet[str]]]] = {
    key: (changed, effect_of(key).replaces)
    for key, (base, changed) in changes().items()
    if base is GKE and key in {"endpoint.address", "endpoint.internal"}
}
"""Changes of a stack with a load balancer in place of the gateway, and the replaced kinds."""


def harmless(base: Values) -> list[dict[str, object]]:
    """Return the changes that replace no Google Cloud resource and are valid in a stack, merged into few changes.

    A merged change that replaces nothing shows that its parts replace nothing.

    Args:
        base: The values of the stack, by key.
    """
    rows = [changed for key, (changed, replaced) in table().items() if not replaced and key != "protect"]
    rows.append({"protect": not base.get("protect", True)})
    together: list[dict[str, object]] = []
    for row in rows:
        fitting = (one for one in together if not one.keys() & row.keys() and _fits({**base, **one, **row}))
        if (one := next(fitting, None)) is not None:
            one.update(row)
        elif _fits({**base, **row}):
            together.append(dict(row))
    return together


def _fits(values: Values) -> bool:
    try:
        parse(values, encrypted=SECRETS)
    except SettingsError:
        return False
    return True


def changed(config: Values, *changes: Values) -> dict[str, object]:
    """Return a stack's config with changes, by key. Secrets get an existing encrypted value."""
    result = dict(config)
    sealed = next(value for value in config.values() if is_sealed(value))
    for change in changes:
        result |= {f"{PROJECT}:{key}": sealed if value and key in SECRETS else value for key, value in change.items()}
    return result
