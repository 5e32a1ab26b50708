"""Tries an allowed and a forbidden connection of notebooks, and tells whether the cluster enforces NetworkPolicies."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, cast

import pulumi
from pulumi import dynamic

from components.dynamic.api_client import ApiClientArgs, api_client, end_of_log, message_of
from components.dynamic.resource import Resource

if TYPE_CHECKING:
    from kubernetes.client import CoreV1Api

TIMEOUT_SECONDS: Final = 180
"""Time limit of the pod, including image pull and a new node."""
POLL_SECONDS: Final = 0.5
"""Time between two requests."""
_USER: Final = 10001
_LABEL: Final = "jupyterhub-on-gke/connection-check"
"""Label of the pod, with the value `true`."""
PROGRAM: Final = '''
import json, socket, sys, time

def refusal(address, timeout):
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=timeout).close()
    except OSError as error:
        return str(error) or type(error).__name__

def tried(address, timeout, until_open, seconds):
    """Try for some seconds: rules may reach the node later than the pod."""
    while ((found := refusal(address, timeout)) is None) != until_open and seconds > 0:
        time.sleep(1)
        seconds -= 1
    return found

allowed, forbidden = sys.argv[1:]
print(json.dumps({"allowed": tried(allowed, 5, True, 10), "forbidden": tried(forbidden, 2, False, 3)}))
'''
"""Python program of the pod: prints why each of two connections failed, null if it did not."""


class ConnectionCheckProvider(dynamic.ResourceProvider):
    """Makes a pod, reads its log, and deletes it. It never fails."""

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """Try the connections."""
        return dynamic.CreateResult(id_=f"{props['namespace']}/connections", outs=_checked(props))

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> dynamic.DiffResult:
        """Report a change, and so another try, if there are other connections or other rules."""
        names = ("namespace", "allowed", "forbidden", "generations")
        return dynamic.DiffResult(changes=any(_olds.get(name) != _news.get(name) for name in names))

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> dynamic.UpdateResult:
        """Try the connections again."""
        return dynamic.UpdateResult(outs=_checked(_news))


@dataclass(frozen=True, kw_only=True)
class ConnectionCheckArgs(ApiClientArgs):
    """Inputs of `ConnectionCheck`. The namespace is that of the notebooks."""

    image: str
    """Image with Python: that of the hub, which its node has already."""
    labels: Mapping[str, str]
    """Labels of the pod."""
    node_selector: Mapping[str, str] | None
    """Nodes of the pod; None = any."""
    tolerations: Sequence[Mapping[str, object]]
    """Tolerations of the pod, as Kubernetes writes them."""
    image_pull_secrets: Sequence[str]
    """Secrets in the namespace with which nodes pull the image."""
    allowed: str
    """Host and port to which notebooks may connect."""
    forbidden: str
    """Host and port to which they may not."""
    generations: pulumi.Input[str]
    """`metadata.generation` of the NetworkPolicies. It rises with each change of the rules."""


class ConnectionCheck(Resource, provider=ConnectionCheckProvider):
    """Two connections that were tried once under the present rules."""

    warning: pulumi.Output[str | None]
    """What is not as it should be; None = nothing."""
    tried: pulumi.Output[float]
    """Time of the try, in seconds since the epoch."""

    def __init__(self, name: str, args: ConnectionCheckArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        inputs = {**vars(args), "warning": None, "tried": None}
        super().__init__(name, inputs, opts)
        started = time.time()

        def tell(values: Mapping[str, Any]) -> None:
            # Once: the state also has the warning in each later `pulumi up`.
            if values["warning"] and values["tried"] >= started:
                pulumi.log.warn(values["warning"], self)

        pulumi.Output.all(warning=self.warning, tried=self.tried).apply(tell)


@dataclass(kw_only=True)
class CheckPod:
    """The pod that tries the connections."""

    core: "CoreV1Api"
    props: Mapping[str, Any]
    """The inputs of `ConnectionCheck`."""
    sleep: Callable[[float], None] = field(default=time.sleep)

    def run(self) -> dict[str, str | None]:
        """Return why the connections `allowed` and `forbidden` failed; None for one that did not.

        Raises:
            CheckError: They were not tried.
            kubernetes.client.exceptions.ApiException: The pod may not be made.
        """
        namespace = self.props["namespace"]
        # Those of a `pulumi up` that was interrupted.
        self.core.delete_collection_namespaced_pod(namespace, label_selector=f"{_LABEL}=true", grace_period_seconds=0)
        made = cast("Any", self.core.create_namespaced_pod(namespace, cast("Any", pod(self.props))))
        name: str = made.metadata.name
        try:
            self._wait(name)
            lines = end_of_log(self.core, name, namespace, previous=False, lines=1)
            return json.loads("".join(lines))
        except ValueError:
            raise CheckError("its pod printed no result") from None
        finally:
            self.core.delete_namespaced_pod(name, namespace, grace_period_seconds=0)

    def _wait(self, name: str) -> None:
        status: Any = None
        for _ in range(int(TIMEOUT_SECONDS / POLL_SECONDS)):
            status = cast("Any", self.core.read_namespaced_pod(name, self.props["namespace"])).status
            if status.phase == "Succeeded":
                return
            if status.phase == "Failed":
                break
            self.sleep(POLL_SECONDS)
        messages = [str(one.message) for one in cast("list[Any]", status.conditions or []) if one.message]
        raise CheckError(". ".join([f"its pod did not end in {TIMEOUT_SECONDS} seconds ({status.phase})", *messages]))


class CheckError(Exception):
    """The connections were not tried. The text has the reason."""


def warning_of(props: Mapping[str, Any], found: Mapping[str, str | None]) -> str | None:
    """Return what is wrong with the result of the pod; None if nothing.

    Args:
        props: The inputs of `ConnectionCheck`.
        found: Why the connections `allowed` and `forbidden` failed; None for one that did not.
    """
    namespace = props["namespace"]
    if found["allowed"] is not None:
        return (
            f"network.policies: a pod in namespace {namespace} does not reach the hub at {props['allowed']}, so no "
            f"notebook server will start: {found['allowed']}. If the cluster's name servers are not in its namespace "
            "kube-system, allow them in notebook.egress and hub.egress; more reasons: docs/network.md"
        )
    if found["forbidden"] is None:
        return (
            f"network.policies: the cluster does not enforce NetworkPolicies: a pod in namespace {namespace} reached "
            f"the proxy's API at {props['forbidden']}. So people reach notebooks of others and the private network. "
            "To fix it, use a network plugin that enforces them, such as GKE's Dataplane V2; if it is accepted: "
            "pulumi config set network.policies false"
        )
    return None


def pod(props: Mapping[str, Any]) -> dict[str, Any]:
    """Return the manifest of the pod, as Pod Security `restricted` demands."""
    return {
        "metadata": {
            "generateName": "connection-check-",
            "labels": {**props["labels"], _LABEL: "true"},
        },
        "spec": {
            "restartPolicy": "Never",
            "activeDeadlineSeconds": TIMEOUT_SECONDS,
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "nodeSelector": props.get("node_selector"),
            "tolerations": props.get("tolerations"),
            "imagePullSecrets": [{"name": name} for name in props.get("image_pull_secrets") or ()],
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": _USER,
                "runAsGroup": _USER,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [
                {
                    "name": "check",
                    "image": props["image"],
                    "command": ["python3", "-c", PROGRAM, props["allowed"], props["forbidden"]],
                    "resources": {
                        # A ResourceQuota may ask for each of them.
                        "requests": {"cpu": "10m", "memory": "32Mi", "ephemeral-storage": "16Mi"},
                        "limits": {"cpu": "100m", "memory": "64Mi", "ephemeral-storage": "16Mi"},
                    },
                    "securityContext": {
                        "allowPrivilegeEscalation": False,
                        "readOnlyRootFilesystem": True,
                        "capabilities": {"drop": ["ALL"]},
                    },
                }
            ],
        },
    }


def _checked(props: dict[str, Any]) -> dict[str, Any]:
    """Return the outputs of the resource after a try."""
    return {**props, "warning": _warning(props), "tried": time.time()}


def _warning(props: Mapping[str, Any]) -> str | None:
    from kubernetes.client import CoreV1Api  # noqa: PLC0415 slow to load, and previews do not need it
    from kubernetes.client.exceptions import ApiException  # noqa: PLC0415 as above
    from kubernetes.config import ConfigException  # noqa: PLC0415 as above
    from urllib3.exceptions import HTTPError  # noqa: PLC0415 as above

    try:
        return warning_of(props, CheckPod(core=CoreV1Api(api_client(props)), props=props).run())
    except CheckError as error:
        reason = str(error)
    except ApiException as error:
        reason = message_of(error)
    except (HTTPError, ConfigException, OSError) as error:
        reason = str(error)
    return (
        "network.policies: it was not tried whether the cluster enforces NetworkPolicies, as "
        f"{props['namespace']} could not run a pod for it: {reason}"
    )
