"""Environment, shared memory, scratch space and folders in the pods of the real KubeSpawner."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from hub.contract import HubConfig, SecretKey
from hub.contract_folders import Folder, People, Scratch
from hub.errors import HubError
from hub.notebook_spawner import NotebookSpawner
from tests.hub_configs import LoadConfig

pytestmark = pytest.mark.usefixtures("no_cluster")

Pod = dict[str, Any]
PodOf = Callable[..., Pod]

NOBODY = People(users=(), groups=())
DATA = Folder(
    name="data",
    path="/data",
    claim="course-data",
    bucket=None,
    sub_path=None,
    people=None,
    writable=False,
    writers=NOBODY,
)


def folder(**changes: object) -> Folder:
    return DATA.model_copy(update=changes)


@pytest.fixture
def pod_of(load_config: LoadConfig, hub_config: HubConfig) -> PodOf:
    """Return the function that makes the pod of a user of a hub with these fields of `hub.json`."""

    def pod_of(
        name: str = "ada",
        *,
        groups: Sequence[str] = (),
        admin: bool = False,
        server: str = "",
        options: Mapping[str, object] | None = None,
        traits: Mapping[str, object] | None = None,
        **fields: object,
    ) -> Pod:
        config = load_config(hub_config.model_copy(update=fields))

        async def make() -> Pod:
            spawner: Any = NotebookSpawner(_mock=True, config=config)
            spawner.user.name, spawner.user.admin = name, admin
            spawner.user.groups = [SimpleNamespace(name=group) for group in groups]
            spawner.orm_spawner = SimpleNamespace(name=server, server=None)
            await spawner._run_apply_user_options(dict(options or {}))
            for trait, value in (traits or {}).items():
                setattr(spawner, trait, value)
            pod = spawner.modify_pod_hook(spawner, await spawner.get_pod_manifest())
            return spawner.api.api_client.sanitize_for_serialization(pod)

        return asyncio.run(make())

    return pod_of


def env_of(pod: Pod) -> dict[str, Any]:
    return {variable["name"]: variable for variable in pod["spec"]["containers"][0]["env"]}


def mounts_of(pod: Pod) -> list[Any]:
    """Return the mounts beside the home."""
    home, *others = pod["spec"]["containers"][0]["volumeMounts"]
    assert home == {"name": "home", "mountPath": "/home/jovyan"}
    return others


def volumes_of(pod: Pod) -> list[Any]:
    """Return the volumes beside the home."""
    home, *others = pod["spec"]["volumes"]
    assert home["name"] == "home"
    return others


def test_without_settings_a_pod_has_only_its_home(pod_of: PodOf) -> None:
    pod = pod_of()
    assert (volumes_of(pod), mounts_of(pod)) == ([], [])
    assert not any("valueFrom" in variable for variable in env_of(pod).values())


@pytest.mark.parametrize(
    ("name", "server", "value"),
    [
        ("ada", "", "ada|ada|"),
        ("ada", "gpu", "ada|ada|gpu"),
        ("Ada@x.org", "", "ada-x-org---2b1a4f2b|Ada@x.org|"),
        ("{servername}", "", "servername---f2ff2f4e|{servername}|"),
        ("$(JUPYTERHUB_API_TOKEN)", "", "jupyterhub-api-token---fa2d2d54|$$(JUPYTERHUB_API_TOKEN)|"),
        ("größe", "", "gr-e---9d1f4ba5|größe|"),
    ],
)
def test_names_in_a_value_are_those_of_the_user_and_nothing_more(
    name: str, server: str, value: str, pod_of: PodOf
) -> None:
    template = "{username}|{unescaped_username}|{servername}"
    env = env_of(pod_of(name, server=server, environment={"OWN": template}))
    slug, raw, of_server = env["OWN"]["value"].split("|")
    expected = value.split("|")
    assert (raw, of_server) == tuple(expected[1:])
    assert slug.partition("---")[0] == expected[0].partition("---")[0]


def test_other_braces_in_a_value_stay(pod_of: PodOf) -> None:
    text = '{"a": {"b": "{}"}} {{username}} {username.__class__} ${HOME} %s'
    value = env_of(pod_of(environment={"OWN": text}))["OWN"]["value"]
    assert value == text.replace("{username}", "ada")


def test_the_hubs_own_variables_and_those_of_extra_config_stay(pod_of: PodOf) -> None:
    env = env_of(pod_of(environment={"OWN": "1", "ELSE": "2"}, traits={"environment": {"OWN": "extra"}}))
    assert (env["OWN"]["value"], env["ELSE"]["value"]) == ("extra", "2")
    assert env["JUPYTERHUB_ACTIVITY_INTERVAL"]["value"] == "60"


PASSWORD = {"PASSWORD": SecretKey(secret="tf-hub-environment", key="PASSWORD")}  # noqa: S106 a name


def test_a_secret_variable_is_a_reference_and_comes_first(pod_of: PodOf) -> None:
    pod = pod_of(environment={"A_URL": "postgresql://$(PASSWORD)@db"}, secret_environment=PASSWORD)
    reference = {"secretKeyRef": {"name": "tf-hub-environment", "key": "PASSWORD"}}
    assert env_of(pod)["PASSWORD"] == {"name": "PASSWORD", "valueFrom": reference}
    names = list(env_of(pod))
    assert names.index("PASSWORD") < names.index("A_URL")


@pytest.mark.parametrize(
    "reference",
    [
        {"secretKeyRef": {"name": "tf-hub-environment", "key": "OTHER"}},
        {"secretKeyRef": {"name": "another", "key": "PASSWORD"}},
        {"configMapKeyRef": {"name": "tf-hub-environment", "key": "PASSWORD"}},
        {"fieldRef": {"fieldPath": "spec.nodeName"}},
    ],
)
def test_no_other_secret_gets_into_a_pod(reference: object, pod_of: PodOf) -> None:
    with pytest.raises(HubError, match=r"env\.\d+\.valueFrom"):
        pod_of(secret_environment=PASSWORD, traits={"environment": {"X": {"name": "X", "valueFrom": reference}}})


def test_shared_memory_is_a_bounded_volume_in_memory(pod_of: PodOf) -> None:
    pod = pod_of(shared_memory="2Gi")
    assert volumes_of(pod) == [{"name": "shared-memory", "emptyDir": {"medium": "Memory", "sizeLimit": "2Gi"}}]
    assert mounts_of(pod) == [{"name": "shared-memory", "mountPath": "/dev/shm"}]  # noqa: S108 in a pod


@pytest.mark.parametrize("storage_class", [None, "jupyterhub-scratch-pd-ssd-delete"])
def test_scratch_space_is_a_volume_that_goes_with_the_pod(storage_class: str | None, pod_of: PodOf) -> None:
    pod = pod_of(scratch=Scratch(path="/scratch", size="50Gi", storage_class=storage_class))
    (volume,) = volumes_of(pod)
    spec = volume["ephemeral"]["volumeClaimTemplate"]["spec"]
    assert spec["resources"] == {"requests": {"storage": "50Gi"}}
    assert spec.get("storageClassName") == storage_class
    assert mounts_of(pod) == [{"name": "scratch", "mountPath": "/scratch"}]


def test_a_folder_of_all_is_read_only_unless_its_settings_say_more(pod_of: PodOf) -> None:
    pod = pod_of(folders=(DATA, folder(name="work", path="/work", claim="work", writable=True)))
    assert volumes_of(pod) == [
        {"name": "folder-data", "persistentVolumeClaim": {"claimName": "course-data"}},
        {"name": "folder-work", "persistentVolumeClaim": {"claimName": "work"}},
    ]
    assert mounts_of(pod) == [
        {"name": "folder-data", "mountPath": "/data", "readOnly": True},
        {"name": "folder-work", "mountPath": "/work"},
    ]


@pytest.mark.parametrize(
    ("who", "has"),
    [
        ({"name": "ada"}, True),
        ({"name": "bob"}, False),
        ({"name": "bob", "groups": ["physics"]}, True),
        ({"name": "bob", "groups": ["physics:staff", "maths"]}, False),
        ({"name": "bob", "admin": True}, False),
    ],
    ids=str,
)
def test_a_folder_is_only_in_the_pods_of_its_users_and_groups(who: Mapping[str, Any], has: bool, pod_of: PodOf) -> None:  # noqa: FBT001 -- a parameter of the test
    pod = pod_of(**who, folders=(folder(people=People(users=("ada",), groups=("physics",))),))
    assert [mount["mountPath"] for mount in mounts_of(pod)] == (["/data"] if has else [])
    assert bool(volumes_of(pod)) is has


@pytest.mark.parametrize(
    ("who", "writes"),
    [
        ({"name": "ada"}, True),
        ({"name": "bob"}, False),
        ({"name": "bob", "admin": True}, True),
        ({"name": "bob", "groups": ["staff"]}, True),
    ],
    ids=str,
)
def test_only_writers_may_write_to_a_folder_for_reading(who: Mapping[str, Any], writes: bool, pod_of: PodOf) -> None:  # noqa: FBT001 -- a parameter of the test
    writers = People(users=("ada",), groups=("staff",), admins=True)
    (mount,) = mounts_of(pod_of(**who, folders=(folder(writers=writers),)))
    assert mount.get("readOnly", False) is not writes


NAMES = [
    "ada",
    "Ada",
    "a/../b",
    "..",
    "../../etc",
    "a,rw",
    "{group}",
    "{username}",
    "%2e%2e",
    "a b",
    "größe",
    "\uff41da",
    "a-",
]
"""Names of users, some of which would leave a folder, or be the folder of another user."""


def test_a_folder_of_each_user_is_below_its_path_and_no_one_elses(pod_of: PodOf) -> None:
    long = ["x" * 200 + end for end in "ab"]
    paths: list[str] = []
    for name in [*NAMES, *long]:
        (mount,) = mounts_of(pod_of(name, folders=(folder(sub_path="people/{username}", writable=True),)))
        first, own = mount["subPath"].split("/")
        assert first == "people"
        assert own.replace("-", "").isalnum()
        assert own.isascii()
        paths.append(own)
    assert len(set(paths)) == len(paths)


def test_a_folder_of_each_group_is_mounted_once_for_each_own_group(pod_of: PodOf) -> None:
    people = People(users=("ada",), groups=("physics", "maths:staff", "maths"))
    teams = folder(path="/teams/{group}", sub_path="{group}/{username}", people=people)
    pod = pod_of("ada", groups=["maths:staff", "physics", "others"], folders=(teams,))
    assert [(mount["mountPath"], mount["subPath"]) for mount in mounts_of(pod)] == [
        ("/teams/physics", "physics/ada"),
        ("/teams/maths-staff", "maths-staff/ada"),
    ]
    assert {mount["name"] for mount in mounts_of(pod)} == {volume["name"] for volume in volumes_of(pod)}
    assert mounts_of(pod_of("bob", folders=(teams,))) == []


@pytest.mark.parametrize("of", [{"claim": "teams"}, {"claim": None, "bucket": "teams"}], ids=str)
def test_folders_of_groups_have_volumes_that_no_other_folder_has(of: Mapping[str, object], pod_of: PodOf) -> None:
    people = People(users=(), groups=("physics", "maths"))
    teams = folder(**of, name="a", path="/a/{group}", sub_path="{group}", people=people)
    others = [folder(name=name, path=f"/{name}") for name in ("a-0", "a-1", "0-a", "group-0-a")]
    pod = pod_of("ada", groups=["physics", "maths"], folders=(teams, *others))
    names = [volume["name"] for volume in volumes_of(pod)]
    assert len(set(names)) == len(names)
    assert {mount["name"] for mount in mounts_of(pod)} == set(names)
    assert len(mounts_of(pod)) == 6


def test_a_claim_is_one_volume_however_many_folders_it_has(pod_of: PodOf) -> None:
    own = folder(name="own", path="/own", sub_path="people/{username}", writable=True)
    bucket = folder(name="b", path="/b", claim=None, bucket="data")
    pod = pod_of(folders=(folder(), own, bucket))
    assert [volume["name"] for volume in volumes_of(pod)] == ["folder-data", "folder-b"]
    assert mounts_of(pod)[:2] == [
        {"name": "folder-data", "mountPath": "/data", "readOnly": True},
        {"name": "folder-data", "mountPath": "/own", "subPath": "people/ada"},
    ]


def test_a_bucket_is_mounted_by_the_driver_of_gke(pod_of: PodOf) -> None:
    pod = pod_of(folders=(folder(claim=None, bucket="results", sub_path="of/{username}"),))
    assert pod["metadata"]["annotations"]["gke-gcsfuse/volumes"] == "true"
    assert volumes_of(pod) == [
        {
            "name": "folder-data",
            "csi": {
                "driver": "gcsfuse.csi.storage.gke.io",
                "readOnly": True,
                "volumeAttributes": {"bucketName": "results", "mountOptions": "implicit-dirs,only-dir=of/ada"},
            },
        }
    ]
    assert mounts_of(pod) == [{"name": "folder-data", "mountPath": "/data", "readOnly": True}]


def test_only_a_pod_with_a_bucket_gets_the_sidecar(pod_of: PodOf) -> None:
    bucket = folder(claim=None, bucket="results", people=People(users=("bob",), groups=()), writable=True)
    assert "gke-gcsfuse/volumes" not in pod_of("ada", folders=(bucket,))["metadata"]["annotations"]
    (volume,) = volumes_of(pod_of("bob", folders=(bucket,)))
    assert "readOnly" not in volume["csi"]


_HOME = {"name": "home", "persistentVolumeClaim": {"claimName": "{pvc_name}"}}
_HOME_MOUNT = {"name": "home", "mountPath": "/home/jovyan"}


@pytest.mark.parametrize(
    ("volume", "mount"),
    [
        (None, {"name": "folder-data", "mountPath": "/rw"}),
        (None, {"name": "folder-data", "mountPath": "/data2", "readOnly": True}),
        (None, {"name": "folder-data", "mountPath": "/root", "subPath": ".."}),
        (None, {"name": "shared-memory", "mountPath": "/x"}),
        (None, {"name": "nothing", "mountPath": "/x"}),
        ({"name": "x", "persistentVolumeClaim": {"claimName": "course-data"}}, {"name": "x", "mountPath": "/x"}),
        ({"name": "x", "persistentVolumeClaim": {"claimName": "staff-only"}}, {"name": "x", "mountPath": "/x"}),
        ({"name": "x", "emptyDir": {"medium": "Memory"}}, {"name": "x", "mountPath": "/x"}),
        ({"name": "x", "emptyDir": {}}, {"name": "x", "mountPath": "/x"}),
        ({"name": "x", "csi": {"driver": "gcsfuse.csi.storage.gke.io"}}, {"name": "x", "mountPath": "/x"}),
        ({"name": "x", "secret": {"secretName": "tf-hub-environment"}}, {"name": "x", "mountPath": "/x"}),
        (None, {**_HOME_MOUNT, "mountPath": "/h", "subPath": "../.."}),
    ],
    ids=str,
)
def test_nothing_beside_the_grants_gets_into_a_pod(volume: object, mount: object, pod_of: PodOf) -> None:
    staff = folder(name="staff", claim="staff-only", path="/staff", people=People(users=("bob",), groups=()))
    traits = {"volumes": [_HOME, *([volume] if volume else [])], "volume_mounts": [_HOME_MOUNT, mount]}
    with pytest.raises(HubError) as caught:
        pod_of("ada", traits=traits, folders=(DATA, staff), shared_memory="1Gi")
    assert caught.value.status_code == 403


def test_the_grants_stay_if_extra_config_replaces_the_volumes(pod_of: PodOf) -> None:
    pod = pod_of(folders=(DATA,), traits={"volumes": [_HOME], "volume_mounts": [_HOME_MOUNT]})
    assert [mount["mountPath"] for mount in mounts_of(pod)] == ["/data"]
