"""What becomes of the values that most hubs set."""

from collections.abc import Mapping

import pytest

from migrate.plan import Kind
from migrate.translation import Translation, translate
from migrate.values import list_of, map_of
from tests.stacks import LTI


def _settings(values: Mapping[str, object]) -> dict[str, object]:
    return translate(values).plan.settings


def _config(**classes: Mapping[str, object]) -> dict[str, object]:
    return {"hub": {"config": classes}}


def _answers(translation: Translation, kind: Kind) -> dict[str, str]:
    return {line.key: line.answer.text for line in translation.of(kind)}


_KEYCLOAK = "https://sso.example.org/realms/main/protocol/openid-connect"


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (
            _config(
                JupyterHub={"authenticator_class": "github"},
                GitHubOAuthenticator={"client_id": "x", "allowed_organizations": ["physics"]},
            ),
            {"auth.type": "github", "github.clientId": "x", "github.organizations": ["physics"]},
        ),
        (
            _config(
                JupyterHub={"authenticator_class": "generic-oauth"},
                GenericOAuthenticator={
                    "authorize_url": f"{_KEYCLOAK}/auth",
                    "token_url": f"{_KEYCLOAK}/token",
                    "username_key": "preferred_username",
                },
            ),
            {
                "auth.type": "oidc",
                "oidc.provider": "keycloak",
                "oidc.issuer": "https://sso.example.org/realms/main",
                "oidc.usernameClaim": "preferred_username",
            },
        ),
        (
            _config(
                JupyterHub={"authenticator_class": "generic-oauth"},
                GenericOAuthenticator={"authorize_url": "https://id.example.org/start", "token_url": "https://x/t"},
            ),
            {
                "auth.type": "custom",
                "auth.customClass": "oauthenticator.generic.GenericOAuthenticator",
                "auth.customTraits": {"authorize_url": "https://id.example.org/start", "token_url": "https://x/t"},
            },
        ),
        (
            _config(
                JupyterHub={"authenticator_class": "azuread"},
                AzureAdOAuthenticator={"tenant_id": "1-2", "client_id": "y"},
            ),
            {"auth.type": "oidc", "oidc.provider": "entra", "oidc.tenant": "1-2", "oidc.clientId": "y"},
        ),
        (
            _config(
                JupyterHub={"authenticator_class": "google"},
                GoogleOAuthenticator={"hosted_domain": "example.org", "client_id": "z"},
            ),
            {
                "auth.type": "oidc",
                "oidc.provider": "google",
                "oidc.hostedDomains": ["example.org"],
                "oidc.clientId": "z",
            },
        ),
        (
            _config(
                JupyterHub={"authenticator_class": "ltiauthenticator.lti13.auth.LTI13Authenticator"},
                LTI13Authenticator={
                    "issuer": "https://moodle.example.edu",
                    "client_id": ["client-1"],
                    "authorize_url": "https://moodle.example.edu/mod/lti/auth.php",
                    "jwks_endpoint": "https://moodle.example.edu/mod/lti/certs.php",
                },
            ),
            {key: value for key, value in LTI.items() if key != "publicUrl"} | {"lti.usernameClaim": "email"},
        ),
        (
            {"auth": {"type": "cilogon", "cilogon": {"clientId": "v", "callbackUrl": "https://hub.example.org/x"}}},
            {"auth.type": "oidc", "oidc.provider": "cilogon", "oidc.clientId": "v"},
        ),
        (
            {"auth": {"type": "github", "admin": {"users": ["ada"]}, "github": {"clientId": "w"}}},
            {"auth.type": "github", "auth.adminUsers": ["ada"], "github.clientId": "w"},
        ),
        (_config(), {"auth.type": "dummy"}),
    ],
    ids=["github", "keycloak", "another-provider", "entra", "google", "lti", "chart-0.9-cilogon", "chart-0.9", "none"],
)
def test_sign_in_is_that_of_the_authenticator_class(
    config: Mapping[str, object], expected: Mapping[str, object]
) -> None:
    found = _settings(config)
    assert {
        key: value for key, value in found.items() if key.partition(".")[0] in {"auth", "github", "oidc", "lti"}
    } == expected


def test_memory_above_the_guarantee_is_a_limit_in_percent() -> None:
    values = {"singleuser": {"memory": {"guarantee": "1G", "limit": "2G"}, "cpu": {"guarantee": 0.5, "limit": 2}}}
    found = _settings(values)
    assert found["notebook.memory"] == {"default": "1Gi", "min": "1Gi", "max": "1Gi"}
    assert found["notebook.memoryLimitPercent"] == 200
    assert found["notebook.cpu"] == {"default": "0.5", "min": "0.5", "max": "2"}


def test_traits_and_code_that_only_assigns_are_the_same_as_the_keys_of_the_chart() -> None:
    by_key = _settings({"singleuser": {"memory": {"limit": "4G"}, "defaultUrl": "/tree"}})
    by_trait = _settings(_config(KubeSpawner={"mem_limit": "4G", "default_url": "/tree"}))
    code = 'c.KubeSpawner.mem_limit = "4G"\nc.KubeSpawner.default_url = "/tree"\n'
    translation = translate({"hub": {"extraConfig": {"sizes": code}}})
    assert by_key == by_trait == translation.plan.settings
    assert "hub.extraConfig.sizes (line 1)" in _answers(translation, Kind.SETTING)


def test_code_keeps_what_does_more_than_assign_with_the_values_of_the_chart_in_it() -> None:
    code = (
        "import z2jh\n"
        'where = z2jh.get_config("custom.where", "/data")  # the folder\n'
        "async def before(spawner):\n"
        '    spawner.environment["WHERE"] = where\n'
        "c.KubeSpawner.pre_spawn_hook = before\n"
    )
    translation = translate({"hub": {"extraConfig": {"10-hook": code}}, "custom": {"where": "/mnt"}})
    assert translation.plan.settings["hub.extraConfig"] == (
        "# 10-hook\n"
        "where = '/mnt'  # the folder\n"
        "async def before(spawner):\n"
        '    spawner.environment["WHERE"] = where\n'
        "c.KubeSpawner.pre_spawn_hook = before\n"
    )


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ('import z2jh\nz2jh.get_name("hub")\n', "uses get_name of the chart (line 2)"),
        ("from z2jh import get_config\nget_config(key)\n", "only the running hub knows (line 2)"),
        ("def\n", "no Python"),
    ],
)
def test_code_that_needs_the_chart_is_refused_with_its_line(code: str, why: str) -> None:
    translation = translate({"hub": {"extraConfig": {"a": code}}})
    assert why in _answers(translation, Kind.REFUSED)["hub.extraConfig.a"]
    assert "hub.extraConfig" not in translation.plan.settings


def test_profiles_are_choices_the_default_first_with_their_options_as_images_and_sizes() -> None:
    options = {
        "image": {
            "choices": {
                "r": {"display_name": "R", "kubespawner_override": {"image": "a/r:1"}},
                "python": {"display_name": "Python", "default": True, "kubespawner_override": {"image": "a/py:1"}},
            }
        },
        "size": {
            "choices": {
                "s": {"display_name": "Small", "kubespawner_override": {"mem_guarantee": "1G", "mem_limit": "2G"}},
                "l": {"display_name": "Large", "kubespawner_override": {"cpu_limit": 4}},
            }
        },
    }
    profiles = [
        {"display_name": "GPU", "kubespawner_override": {"extra_resource_limits": {"nvidia.com/gpu": "1"}}},
        {"display_name": "Course <b>1</b>", "slug": "course", "default": True, "profile_options": options},
    ]
    found = _settings({"singleuser": {"profileList": profiles}})["notebook.choices"]
    assert found == [
        {
            "name": "course",
            "title": "Course 1",
            "images": [{"image": "a/py:1", "title": "Python"}, {"image": "a/r:1", "title": "R"}],
            "sizes": [
                {"name": "s", "title": "Small", "memory": "1Gi", "memoryLimit": "2Gi"},
                {"name": "l", "title": "Large", "cpu": "4"},
            ],
        },
        {"name": "gpu", "title": "GPU", "additionalResources": {"nvidia.com/gpu": 1}},
    ]


@pytest.mark.parametrize(
    ("volume", "path", "key", "expected"),
    [
        ({"emptyDir": {"medium": "Memory", "sizeLimit": "2Gi"}}, "/dev/shm", "notebook.sharedMemory", "2Gi"),  # noqa: S108 a mount
        ({"emptyDir": {}}, "/scratch", "notebook.scratch", {"size": "10Gi", "path": "/scratch"}),
        (
            {"persistentVolumeClaim": {"claimName": "course"}},
            "/data/",
            "notebook.folders",
            [{"name": "v", "path": "/data", "claim": "course", "access": "write"}],
        ),
        (
            {"csi": {"driver": "gcsfuse.csi.storage.gke.io", "volumeAttributes": {"bucketName": "results"}}},
            "/bucket",
            "notebook.folders",
            [{"name": "v", "path": "/bucket", "bucket": "results", "access": "write"}],
        ),
    ],
    ids=["shared-memory", "scratch", "claim", "bucket"],
)
def test_volumes_become_what_they_are_for(volume: Mapping[str, object], path: str, key: str, expected: object) -> None:
    storage = {"extraVolumes": [{"name": "v", **volume}], "extraVolumeMounts": [{"name": "v", "mountPath": path}]}
    assert _settings({"singleuser": {"storage": storage}})[key] == expected


@pytest.mark.parametrize("kind", ["hostPath", "nfs", "configMap"])
def test_volumes_that_servers_cannot_have_are_refused(kind: str) -> None:
    storage: dict[str, object] = {
        "extraVolumes": {"a": {"name": "v", kind: {}}},
        "extraVolumeMounts": [{"name": "v", "mountPath": "/x"}],
    }
    translation = translate({"singleuser": {"storage": storage}})
    assert set(_answers(translation, Kind.REFUSED)) == {
        f"singleuser.storage.extraVolumes.a.{part}" for part in ("name", kind)
    } | {"singleuser.storage.extraVolumeMounts"}


def test_root_is_refused_with_the_way_that_works() -> None:
    refused = _answers(translate({"singleuser": {"uid": 0, "allowPrivilegeEscalation": True}}), Kind.REFUSED)
    assert set(refused) == {"singleuser.uid", "singleuser.allowPrivilegeEscalation"}
    assert all("docs/notebook-images.md#users" in text for text in refused.values())


def test_a_hook_that_only_runs_gitpuller_is_content_and_another_one_the_start_script() -> None:
    def hook(script: str) -> dict[str, object]:
        return {"singleuser": {"lifecycleHooks": {"postStart": {"exec": {"command": ["sh", "-c", script]}}}}}

    found = _settings(hook("gitpuller https://github.com/example/course main course"))["notebook.content"]
    assert found == [{"repository": "https://github.com/example/course", "branch": "main", "folder": "course"}]
    other = "gitpuller https://github.com/example/course && cp /a /b"
    found = _settings(hook(other))
    assert (found.get("notebook.content"), found["notebook.startScript"]) == (None, other)


def test_an_ingress_with_cert_manager_is_an_ingress_here() -> None:
    ingress = {
        "enabled": True,
        "ingressClassName": "nginx",
        "hosts": ["hub.example.org"],
        "annotations": {"cert-manager.io/cluster-issuer": "letsencrypt", "example.org/size": 1},
        "tls": [{"secretName": "hub-tls", "hosts": ["hub.example.org"]}],
    }
    found = _settings({"ingress": ingress, "proxy": {"service": {"type": "ClusterIP"}}})
    assert {key: value for key, value in found.items() if key.startswith("endpoint.")} == {
        "endpoint.type": "ingress",
        "endpoint.hostname": "hub.example.org",
        "endpoint.ingressClass": "nginx",
        "endpoint.certManager": {"clusterIssuer": "letsencrypt"},
        "endpoint.annotations": {"example.org/size": "1"},
    }


def test_services_get_new_tokens_and_roles_keep_their_scopes() -> None:
    hub = {
        "services": {"dask-gateway": {"apiToken": "old", "url": "http://traefik.dask", "display": False}},
        "loadRoles": {"staff": {"scopes": ["list:users"], "groups": ["course"]}},
    }
    translation = translate({"hub": hub})
    assert translation.plan.settings["hub.services"] == [
        {"name": "dask-gateway", "url": "http://traefik.dask", "display": False}
    ]
    assert translation.plan.settings["hub.roles"] == [{"name": "staff", "scopes": ["list:users"], "groups": ["course"]}]
    assert "service_tokens" in _answers(translation, Kind.SAME)["hub.services.dask-gateway.apiToken"]


def test_an_http_route_names_the_existing_gateway() -> None:
    route = {
        "enabled": True,
        "hostnames": ["hub.example.org"],
        "parentRefs": [{"name": "shared", "namespace": "infra", "sectionName": "https"}],
    }
    translation = translate({"httpRoute": route})
    assert not [mistake for mistake in translation.mistakes if mistake.startswith("endpoint.")]
    assert translation.plan.settings["endpoint.gateway"] == {
        "name": "shared",
        "namespace": "infra",
        "listener": "https",
    }


def test_a_default_that_asks_the_chart_again_is_replaced_with_it() -> None:
    code = 'import z2jh\nlimit = z2jh.get_config("custom.a", z2jh.get_config("custom.b", 3)) + 1\nprint(limit)\n'
    translation = translate({"hub": {"extraConfig": {"a": code}}, "custom": {"b": 2}})
    assert translation.plan.settings["hub.extraConfig"] == "# a\nlimit = 2 + 1\nprint(limit)\n"


@pytest.mark.parametrize("refused", [{"hostPath": {"path": "/eos"}}, {"secret": {"secretName": "x"}}, {"nfs": {}}])
def test_a_volume_that_is_refused_is_told_also_beside_others(refused: Mapping[str, object]) -> None:
    storage = {
        "extraVolumes": [{"name": "a", "persistentVolumeClaim": {"claimName": "a"}}, {"name": "b", **refused}],
        "extraVolumeMounts": [{"name": "a", "mountPath": "/a"}, {"name": "b", "mountPath": "/b"}],
    }
    translation = translate({"singleuser": {"storage": storage}})
    assert [map_of(one)["name"] for one in list_of(translation.plan.settings["notebook.folders"])] == ["a"]
    assert len(_answers(translation, Kind.REFUSED)) == 2


def test_a_common_folder_in_the_volume_with_the_homes_is_a_folder() -> None:
    mount = {"name": "home", "mountPath": "/home/jovyan/shared", "subPath": "_shared", "readOnly": True}
    storage = {"type": "static", "static": {"pvcName": "home-nfs"}, "extraVolumeMounts": [mount]}
    assert _settings({"singleuser": {"storage": storage}})["notebook.folders"] == [
        {"name": "shared", "path": "/home/jovyan/shared", "claim": "home-nfs", "subPath": "_shared", "access": "read"}
    ]


def test_pods_beside_the_old_hub_may_connect_to_the_hub_from_a_namespace_that_is_to_be_set() -> None:
    def pods(**labels: str) -> dict[str, object]:
        return {"podSelector": {"matchLabels": labels}}

    rules = [{"from": [pods(app="jupyterhub", component="proxy"), pods(app="exporter")]}]
    translation = translate({"hub": {"networkPolicy": {"ingress": rules}}})
    assert translation.plan.settings["hub.ingress"] == [{"namespace": "jupyterhub", "pods": {"app": "exporter"}}]
    assert any(task.startswith("hub.ingress: set `namespace`") for task in translation.plan.tasks)


@pytest.mark.parametrize(
    ("name", "kind"), [("mirror.example.org/jupyterhub/k8s-hub", "same"), ("a/own-hub", "refused")]
)
def test_the_charts_own_image_needs_no_setting_and_another_one_a_decision(name: str, kind: str) -> None:
    translation = translate({"hub": {"image": {"name": name, "tag": "4.2.0"}}})
    assert set(_answers(translation, Kind(kind))) == {"hub.image.name", "hub.image.tag"}


@pytest.mark.parametrize("source", [[], [{"ipBlock": {"cidr": "10.0.0.0/8"}}]], ids=["everybody", "addresses"])
def test_connections_to_the_hub_that_no_pod_makes_are_refused(source: list[object]) -> None:
    exporter = {"podSelector": {"matchLabels": {"app": "exporter"}}}
    rules = [{"from": [exporter]}, {"from": source, "ports": [{"port": 8081}]}]
    translation = translate({"hub": {"networkPolicy": {"ingress": rules}}})
    assert set(_answers(translation, Kind.REFUSED)) == {"hub.networkPolicy.ingress"}
    assert len(list_of(translation.plan.settings["hub.ingress"])) == 1
