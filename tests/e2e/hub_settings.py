"""Settings of the hubs of the tests, each with namespaces and an address of its own."""

from tools.local import layout


def binding_of(namespace: str) -> str:
    """Return the name of the ClusterRoleBinding of a hub in this namespace."""
    return f"{namespace}-admin"


def _settings(namespace: str, address: str | None) -> dict[str, object]:
    return {
        "namespace": namespace,
        "auth.type": "dummy",
        **({} if address is None else {"endpoint.address": address}),
        "clusterAdmin.user": "operator@example.com",
        "clusterAdmin.bindingName": binding_of(namespace),
        "protect": "false",
        "hub.keepDatabase": "false",
        "hub.storage": {"size": "64Mi"},
        "notebook.cpu": {"default": "0.25", "max": "2"},
        "notebook.memory": {"default": "512Mi", "max": "1Gi"},
        "notebook.storage": {"size": "64Mi"},
    }


NAMESPACE = "e2e-hub"
NOTEBOOKS = f"{NAMESPACE}-notebooks"
SETTINGS = _settings(NAMESPACE, "127.100.0.11")
"""Settings of the hub with dummy sign-in."""

MAKE_NAMESPACE = "e2e-make"
MAKE_NOTEBOOKS = f"{MAKE_NAMESPACE}-notebooks"
MAKE_SETTINGS = _settings(MAKE_NAMESPACE, "127.100.0.40")
"""Settings of the hub of `make up`, whose address is replaced with a node port."""

RIGHTS_NAMESPACE = "e2e-rights"
RIGHTS_NOTEBOOKS = f"{RIGHTS_NAMESPACE}-notebooks"
RIGHTS_SETTINGS = _settings(RIGHTS_NAMESPACE, "127.100.0.14")
"""Settings of the hub whose previews run with few permissions."""

GITHUB_NAMESPACE = "e2e-github"
GITHUB_NOTEBOOKS = f"{GITHUB_NAMESPACE}-notebooks"
GITHUB_ADDRESS = "127.100.0.12"
GITHUB_SETTINGS: dict[str, object] = {
    **_settings(GITHUB_NAMESPACE, GITHUB_ADDRESS),
    "auth.type": "github",
    "auth.adminUsers": ["grace"],
    "auth.blockedUsers": ["mallory"],
    "github.organizations": ["physics", "maths:staff"],
    "github.recheckMinutes": 1,
}
"""Settings of the hub with GitHub sign-in, without those that depend on the running test double."""

OIDC_NAMESPACE = "e2e-oidc"
OIDC_NOTEBOOKS = f"{OIDC_NAMESPACE}-notebooks"
OIDC_ADDRESS = "127.100.0.24"
OIDC_SETTINGS: dict[str, object] = {
    **_settings(OIDC_NAMESPACE, OIDC_ADDRESS),
    "auth.type": "oidc",
    "auth.blockedUsers": ["mallory"],
    "oidc.title": "Example University",
    "oidc.allowedGroups": ["staff"],
    "oidc.adminGroups": ["admins"],
    "oidc.recheckMinutes": 1,
    "oidc.logoutAtProvider": True,
    "notebook.choices": [
        {"name": "small", "title": "Small", "cpu": 0.25, "memory": "512Mi"},
        {"name": "large", "title": "Large", "cpu": 0.25, "memory": "768Mi", "groups": ["physics"]},
    ],
}
"""Settings of the hub with OpenID Connect, without those that depend on the running provider."""

POSTGRES_NAMESPACE = "e2e-postgres"
POSTGRES_NOTEBOOKS = f"{POSTGRES_NAMESPACE}-notebooks"
POSTGRES_ADDRESS = "127.100.0.13"
POSTGRES_SETTINGS: dict[str, object] = {
    **_settings(POSTGRES_NAMESPACE, POSTGRES_ADDRESS),
    "auth.adminUsers": ["ada"],
    "database.type": "postgresql",
}
"""Settings of the hub with a PostgreSQL database."""

TLS_NAMESPACE = "e2e-tls"
TLS_NOTEBOOKS = f"{TLS_NAMESPACE}-notebooks"
TLS_ADDRESS = "127.100.0.15"
TLS_HOST = "tls.example.org"
TLS_SETTINGS: dict[str, object] = {
    **_settings(TLS_NAMESPACE, TLS_ADDRESS),
    "auth.allowAnyoneFromTheInternet": "true",
    "endpoint.hostname": TLS_HOST,
    "endpoint.tlsSecret": "hub-tls",
}
"""Settings of the hub with https on its load balancer."""

EXPOSURE_NAMESPACE = "e2e-exposure"
EXPOSURE_NOTEBOOKS = f"{EXPOSURE_NAMESPACE}-notebooks"
EXPOSURE_ADDRESS = "127.100.0.31"
"""Address of the controllers in front of the hub, which are processes of this machine."""
EXPOSURE_HOST = "exposure.example.org"
EXPOSURE_SETTINGS: dict[str, object] = {
    **_settings(EXPOSURE_NAMESPACE, None),
    "auth.allowAnyoneFromTheInternet": "true",
    "endpoint.type": "ingress",
    "endpoint.hostname": EXPOSURE_HOST,
    "endpoint.ingressClass": "e2e-exposure-traefik",
    "endpoint.certManager": {"clusterIssuer": "e2e-exposure-ca"},
    "hub.baseUrl": "/jupyter",
}
"""Settings of the hub behind a controller, with a base URL."""

CHOICES_NAMESPACE = "e2e-choices"
CHOICES_NOTEBOOKS = f"{CHOICES_NAMESPACE}-notebooks"
CHOICES_SETTINGS = _settings(CHOICES_NAMESPACE, "127.100.0.17")
"""Settings of the hub with choices, without those that depend on the built images."""

MONITORING_NAMESPACE = "e2e-monitoring"
MONITORING_NOTEBOOKS = f"{MONITORING_NAMESPACE}-notebooks"
PROMETHEUS_NAMESPACE = "e2e-monitoring-prometheus"
MONITORING_SETTINGS: dict[str, object] = {
    **_settings(MONITORING_NAMESPACE, "127.100.0.26"),
    "monitoring.metrics": "prometheus",
    "monitoring.namespace": PROMETHEUS_NAMESPACE,
    "monitoring.usage": "users",
    "monitoring.groups": ["physics"],
    "monitoring.logs": "json",
    "hub.groups": {"physics": ["ada"], "others": ["bob", "cyd", "dan", "eve"]},
    "hub.services": [{"name": "tester", "scopes": ["admin:users", "admin:servers"]}],
    "notebook.choices": [
        {"name": "small", "title": "Small", "cpu": 0.25, "memory": "512Mi"},
        {
            "name": "broken",
            "title": "Broken",
            "cpu": 0.25,
            "memory": "512Mi",
            "images": [{"image": "registry.invalid/missing:1"}],
        },
    ],
}
"""Settings of the hub that a Prometheus reads. Its token is in the second namespace."""

DOCTOR_NAMESPACE = "e2e-doctor"
DOCTOR_NOTEBOOKS = f"{DOCTOR_NAMESPACE}-notebooks"
DOCTOR_ADDRESS = "127.100.0.36"
DOCTOR_SETTINGS = _settings(DOCTOR_NAMESPACE, DOCTOR_ADDRESS)
"""Settings of the hub that is broken in several ways."""

CAPACITY_NAMESPACE = "e2e-capacity"
CAPACITY_NOTEBOOKS = f"{CAPACITY_NAMESPACE}-notebooks"
PLACE = "e2e-capacity.example.org/place"
"""A resource of which the test gives the node one, so that one server has room."""
CAPACITY_SETTINGS: dict[str, object] = {
    **_settings(CAPACITY_NAMESPACE, "127.100.0.27"),
    "hub.concurrentStarts": 1,
    "hub.activeServers": 2,
    "notebook.quota": {"pods": 2, "requests.storage": "1Gi"},
    "notebook.prepull": True,
    "notebook.choices": [
        {"name": "small", "title": "Small", "cpu": 0.1, "memory": "256Mi"},
        {
            "name": "place",
            "title": "On the only place",
            "cpu": 0.1,
            "memory": "256Mi",
            "additionalResources": {PLACE: 1},
        },
        {
            "name": "missing",
            "title": "On a machine and of an image that are not there",
            "cpu": 64,
            "memory": "256Mi",
            "images": [{"image": "registry.invalid/missing:1"}],
        },
    ],
    "notebook.spare": [
        {"servers": 1, "choice": "place", "hours": "Mon-Sun 00:00-24:00 UTC"},
        {"servers": 2, "choice": "missing"},
    ],
}
"""Settings of the hub with spare capacity and pre-pulled images, and with limits that two people reach."""

IAP_NAMESPACE = "e2e-iap"
IAP_NOTEBOOKS = f"{IAP_NAMESPACE}-notebooks"
IAP_SETTINGS: dict[str, object] = {
    **_settings(IAP_NAMESPACE, None),
    "gcp.project": "my-project-123",
    "cluster.mode": "existing",
    "cluster.location": "europe-west1",
    # The default StorageClasses need Google's disks.
    "hub.storage": {"size": "64Mi", "storageClass": layout.STORAGE_CLASS},
    "notebook.storage": {"size": "64Mi", "storageClass": layout.STORAGE_CLASS},
    "endpoint.type": "gateway",
    "endpoint.hostname": "hub.example.org",
    "endpoint.sourceRanges": [f"203.0.113.{number}/32" for number in range(12)],
    "auth.type": "iap",
    "iap.clientId": "123-abc.apps.googleusercontent.com",
    "iap.members": ["domain:example.org"],
    "auth.adminUsers": ["grace@example.org"],
    "auth.blockedUsers": ["mallory@example.org"],
}
"""Settings of the hub behind Identity-Aware Proxy; the local cluster stands in for the GKE cluster."""
