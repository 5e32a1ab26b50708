"""Checks of pods: hub, proxy, notebook servers, placeholders and pre-pulled images."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from components.dynamic import hub_log
from components.dynamic.pods import Container, Ended, Pod, Waiting
from components.dynamic.rollout import CREATE_AGAIN, LOG_LINES
from tools.doctor.facts import Facts
from tools.doctor.findings import Finding

_RECENT_SECONDS: Final = 24 * 3600
"""Time for which the end of a container counts, though it runs again."""
_IS_STARTING: Final = "is still starting"
_SHOWN_NAMES: Final = 5
_IMAGE: Final = re.compile(r"Image|Registry", re.IGNORECASE)
"""Reasons of the kubelet that are about an image: ErrImagePull, ImagePullBackOff, InvalidImageName, ..."""
_OUT_OF_MEMORY: Final = "OOMKilled"
_YIELDING: Final = {"spare": "Placeholder", "images": "Pre-pulled images"}
"""Pods beside the notebook servers, by their component, with what they are."""


def hub(facts: Facts) -> Iterator[Finding]:
    """Find out why the hub's pod does not run."""
    pod = facts.hub_pod
    if pod is not None:
        yield from _of_pod(facts, pod, "hub", log=facts.log)
    elif facts.hub_set is not None and facts.hub_set.spec.replicas > 0 and "pods" not in facts.unread:
        name = facts.settings.name
        yield Finding(
            title=f"There is no pod {name}-0",
            why=facts.events_of("StatefulSet", name),
            fix="Remove what refuses it. Then Kubernetes tries again by itself, after some minutes at most; at once: "
            f"kubectl -n {facts.settings.namespace} rollout restart statefulset/{name}",
        )


def proxy(facts: Facts) -> Iterator[Finding]:
    """Find out why the proxy does not run."""
    pods = [pod for pod in facts.pods if pod.metadata.component == "proxy"]
    problems = [finding for pod in pods for finding in _of_pod(facts, pod, "proxy")]
    # During a rollout, or after one that failed, the old pod goes on serving.
    serves = any(pod.ready for pod in pods)
    yield from (replace(finding, severity="warning") if serves else finding for finding in problems)
    deployment = next((one for one in facts.deployments if one.metadata.name == f"{facts.settings.name}-proxy"), None)
    if not pods and deployment is not None and deployment.spec.replicas > 0 and "pods" not in facts.unread:
        reasons = (one.message for one in deployment.status.conditions if one.type == "ReplicaFailure")
        yield Finding(title="There is no pod of the proxy", why=tuple(reasons), fix="Remove what refuses it")


def notebooks(facts: Facts) -> Iterator[Finding]:
    """Find notebook servers that do not start; those with the same reason are one finding."""
    servers = [pod for pod in facts.notebook_pods if pod.metadata.component not in _YIELDING]
    for finding, pods in _grouped(facts, servers, "notebook"):
        yield replace(finding, title=f"{finding.title} ({_names(pods)})", severity="warning")


def yielding(facts: Facts) -> Iterator[Finding]:
    """Find placeholders without a place, and images that nodes cannot pre-pull."""
    for component, title in _YIELDING.items():
        pods = [pod for pod in facts.notebook_pods if pod.metadata.component == component]
        for finding, of_reason in _grouped(facts, pods, "notebook"):
            yield replace(
                finding,
                title=f"{title}: {finding.title[0].lower()}{finding.title[1:]} ({_names(of_reason)})",
                severity="warning",
            )
    for one in facts.deployments:
        if one.metadata.component == "spare":
            reasons = tuple(found.message for found in one.status.conditions if found.type == "ReplicaFailure")
            if reasons:
                yield Finding(
                    title=f"Placeholder: Deployment {one.metadata.name} cannot make its pods",
                    why=reasons,
                    fix="Remove what refuses them: docs/capacity.md",
                    severity="warning",
                )


def _of_pod(facts: Facts, pod: Pod, component: str, *, log: Sequence[str] = ()) -> Iterator[Finding]:
    """Yield why a pod is not ready, or was restarted.

    Args:
        facts: All facts.
        pod: The pod.
        component: Name of the group of its settings: `hub`, `proxy` or `notebook`.
        log: Its log; of the hub only.
    """
    if pod.metadata.deletion_timestamp is not None:
        if facts.is_long_ago(pod.metadata.deletion_timestamp):
            yield Finding(
                title=f"Pod {pod.name} does not end",
                why=(f"Its node is {pod.spec.node_name}.",),
                fix="If that node is lost: docs/troubleshooting.md#lost-nodes",
            )
    elif found := _unplaced(pod, component) or _of_containers(facts, pod, component):
        yield found
    elif not pod.ready and pod.status.phase != "Succeeded":
        yield _unready(facts, pod, log)


def _unplaced(pod: Pod, component: str) -> Finding | None:
    """Return why no node runs the pod."""
    if pod.lost_claim is not None:
        return Finding(
            title=f"Pod {pod.name} waits for a claim that does not exist",
            why=(pod.lost_claim,),
            fix=f"If somebody deleted it, {CREATE_AGAIN}",
        )
    if pod.unscheduled is not None:
        return Finding(
            title=f"No node has a place for pod {pod.name}", why=(pod.unscheduled,), fix=_placement(pod, component)
        )
    if pod.status.phase == "Failed":
        return Finding(
            title=f"Pod {pod.name} has failed: {pod.status.reason or 'for no given reason'}",
            why=tuple(filter(None, [pod.status.message])),
            fix=f"See: {_describe(pod)}",
        )
    return None


def _of_containers(facts: Facts, pod: Pod, component: str) -> Finding | None:
    """Return why a container does not start, or was ended."""
    containers = (*pod.status.init_container_statuses, *pod.status.container_statuses)
    for container in containers:
        if waiting := container.stuck:
            return _stuck(pod, container, waiting, component)
    for container in containers:
        end = container.ended
        if end is None:
            continue
        if pod.ready:
            if _is_out_of_memory(facts, end):
                return _out_of_memory(pod, container, component, restarted=True)
        elif end.exit_code and not container.ready:
            return _exited(facts, pod, container, end, component)
    return None


def _unready(facts: Facts, pod: Pod, log: Sequence[str]) -> Finding:
    """Return what is known of a pod whose containers run, or are still being made."""
    events = facts.events_of("Pod", pod.name)
    if not facts.is_long_ago(pod.metadata.creation_timestamp):
        fix = "Wait a minute and look again"
        return Finding(title=f"Pod {pod.name} {_IS_STARTING}", why=events, fix=fix, severity="warning")
    end_of_log = tuple(hub_log.message(line) for line in log[-5:])
    return Finding(title=f"Pod {pod.name} is not ready", why=(*events, *end_of_log), fix=f"See: {_describe(pod)}")


def _describe(pod: Pod) -> str:
    return f"kubectl -n {pod.metadata.namespace} describe pod {pod.name}"


def _stuck(pod: Pod, container: Container, waiting: Waiting, component: str) -> Finding:
    reason = waiting.reason or ""
    why = (f"{reason}: {waiting.message}",)
    if _IMAGE.search(reason):
        image = next((one.image for one in pod.spec.containers if one.name == container.name), container.image)
        return Finding(
            title=f"The image of pod {pod.name} cannot be pulled: {image}",
            why=why,
            fix=f"Correct {component}.image, or push the image (make -C docker build push); if it is there, the nodes "
            "may not pull it: docs/gke.md#permission-to-pull-the-images. Then: pulumi up",
        )
    if reason == "CreateContainerConfigError":
        return Finding(
            title=f"Pod {pod.name} needs a Secret or ConfigMap that does not exist",
            why=why,
            fix=f"If somebody deleted it, {CREATE_AGAIN}. One that is not the stack's own (hub.secretKeyRefs, "
            "hub.volumes) has to be created again by hand",
        )
    return Finding(
        title=f"Container {container.name} of pod {pod.name} cannot start",
        why=why,
        fix=f"See: {_describe(pod)}",
    )


def _exited(facts: Facts, pod: Pod, container: Container, end: Ended, component: str) -> Finding:
    if end.reason == _OUT_OF_MEMORY:
        return _out_of_memory(pod, container, component, restarted=False)
    if component == "hub":
        lines = facts.log if container.state.terminated or not facts.previous_log else facts.previous_log
        texts = (text for line in lines for text in hub_log.message(line).splitlines())
        messages = [text for text in texts if text.strip()][-LOG_LINES:]
        fix = "The end of the log has the reason: fix it in the stack file, such as in hub.extraConfig, and: pulumi up"
    else:
        messages = []
        fix = f"Its log has the reason: kubectl -n {pod.metadata.namespace} logs {pod.name} --previous"
    return Finding(
        title=f"Pod {pod.name} does not start: container {container.name} exits with code {end.exit_code} "
        f"(starts until now: {container.restart_count + 1})",
        why=tuple(messages),
        fix=fix,
    )


def _out_of_memory(pod: Pod, container: Container, component: str, *, restarted: bool) -> Finding:
    return Finding(
        title=f"Container {container.name} of pod {pod.name} needed more memory than its limit, and was ended "
        f"({_OUT_OF_MEMORY}; restarts until now: {container.restart_count})",
        fix=f"Raise {component}.resources (limits.memory)"
        if component != "notebook"
        else "Choose a larger size of the server, or raise notebook.memory",
        severity="warning" if restarted else "error",
    )


def _is_out_of_memory(facts: Facts, end: Ended) -> bool:
    if end.reason != _OUT_OF_MEMORY or end.finished_at is None:
        return False
    return (facts.now - end.finished_at).total_seconds() < _RECENT_SECONDS


def _placement(pod: Pod, component: str) -> str:
    message = pod.unscheduled or ""
    if "Insufficient" in message:
        return f"Add nodes or larger ones, or lower {_resources(component)}"
    if "unbound immediate PersistentVolumeClaims" in message:
        return "See what its claims wait for: " + f"kubectl -n {pod.metadata.namespace} get persistentvolumeclaims"
    if "volume node affinity" in message:
        return "Its disk is in a zone without a free node: add nodes there (docs/gke.md#zones-of-the-nodes)"
    pods = component if component == "notebook" else f"{component}.pod"
    return f"No node has the labels that it selects, or its taints are not tolerated: {pods}.nodeSelector, .tolerations"


def _resources(component: str) -> str:
    return "notebook.cpu and notebook.memory" if component == "notebook" else f"{component}.resources"


def _grouped(facts: Facts, pods: Sequence[Pod], component: str) -> Iterator[tuple[Finding, list[Pod]]]:
    """Yield the findings about pods, each with all pods of the same fix and kind of reason."""
    groups: dict[tuple[str, ...], tuple[Finding, list[Pod]]] = {}
    for pod in pods:
        if pod.unscheduled is not None and not facts.is_long_ago(pod.metadata.creation_timestamp):
            continue  # an autoscaler may be adding a node
        for finding in _of_pod(facts, pod, component):
            if finding.severity == "warning" and _IS_STARTING in finding.title:
                continue
            title = finding.title.replace(f" {pod.name}", "")
            reason = tuple(line.replace(pod.name, "") for line in finding.why)
            key = (title, finding.fix.replace(pod.name, ""), *reason)
            groups.setdefault(key, (replace(finding, title=title), []))[1].append(pod)
    yield from groups.values()


def _names(pods: Sequence[Pod]) -> str:
    shown = ", ".join(pod.name for pod in pods[:_SHOWN_NAMES])
    return shown if len(pods) <= _SHOWN_NAMES else f"{shown} and {len(pods) - _SHOWN_NAMES} more"
