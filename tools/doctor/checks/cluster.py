"""Checks of what the hub's pods need from the cluster: nodes, objects, quotas and volumes."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from components.dynamic.pods import Condition
from hub.quantity import parse
from tools.doctor.facts import Claim, Facts
from tools.doctor.findings import Finding

_NEARLY = Decimal("0.9")
"""Share of a limit from which on it counts as nearly used up."""
_SERVICES = ("lb", "api", "proxy-api")
"""Suffixes of the stack's Services."""


def nodes(facts: Facts) -> Iterator[Finding]:
    """Find nodes that run no pods, or soon none."""
    lost = [one for one in facts.nodes if not _is(one.status.conditions, "Ready")]
    for one in lost:
        name = one.metadata.name
        yield Finding(
            title=f"Node {name} is not ready",
            why=one.unmet("Ready"),
            fix=f"Look at the node: kubectl describe node {name}. If it is lost: docs/troubleshooting.md#lost-nodes",
            severity="error" if len(lost) == len(facts.nodes) else "warning",
        )
    for one in facts.nodes:
        for kind in ("DiskPressure", "MemoryPressure", "PIDPressure"):
            if _is(one.status.conditions, kind):
                yield Finding(
                    title=f"Node {one.metadata.name} has {kind}: it evicts pods and takes no new ones",
                    fix="Free it, or use larger or more nodes",
                    severity="warning",
                )


def objects(facts: Facts) -> Iterator[Finding]:
    """Find objects of the stack that are not there."""
    settings = facts.settings
    if "namespace" in facts.unread:
        return
    if facts.namespace is None:
        yield Finding(
            title=f"There is no hub: the cluster has no namespace {settings.namespace}",
            fix="Create it with: pulumi up. If it was in another cluster, choose that one: kubernetes.context",
        )
        return
    wanted = {
        f"StatefulSet {settings.name}": ("stateful_sets", settings.name),
        f"Deployment {settings.name}-proxy": ("deployments", f"{settings.name}-proxy"),
        **{f"Service {settings.name}-{part}": ("services", f"{settings.name}-{part}") for part in _SERVICES},
    }
    missing = [
        title
        for title, (field, name) in wanted.items()
        if field not in facts.unread and name not in {one.metadata.name for one in getattr(facts, field)}
    ]
    if missing:
        yield Finding(
            title=f"Objects of the stack are missing: {', '.join(missing)}",
            why=("Somebody deleted them, or `pulumi up` did not finish.",),
            fix="Create them again: pulumi up --refresh",
        )
    for one in (*facts.stateful_sets, *facts.deployments):
        if one.metadata.name in {settings.name, f"{settings.name}-proxy"} and one.spec.replicas == 0:
            yield Finding(
                title=f"{one.metadata.name} has no pod, as somebody has set its replicas to 0",
                fix=f"pulumi up --refresh, or: kubectl -n {settings.namespace} scale --replicas=1 "
                f"{'statefulset' if one in facts.stateful_sets else 'deployment'}/{one.metadata.name}",
            )


def quotas(facts: Facts) -> Iterator[Finding]:
    """Find ResourceQuotas that are used up, and pods that one refuses."""
    settings = facts.settings
    refused = [
        message
        for kind, name in {("StatefulSet", settings.name), *_replica_sets(facts)}
        for message in facts.events_of(kind, name)
        if "exceeded quota" in message
    ]
    running = {pod.metadata.component for pod in facts.pods}
    missing = [] if "pods" in facts.unread else [one for one in ("hub", "proxy") if one not in running]
    for one in facts.quotas:
        name, namespace = one.metadata.name, one.metadata.namespace
        of_notebooks = namespace == settings.notebooks_namespace
        by_this = tuple(message for message in refused if f"exceeded quota: {name}," in message)
        blocks = missing if by_this and not of_notebooks else []
        shares = {resource: _share(one.status.used.get(resource), limit) for resource, limit in one.status.hard.items()}
        near = [resource for resource, share in shares.items() if share >= _NEARLY]
        if not near and not blocks:
            continue
        is_full = blocks or max(shares.values()) >= 1
        refuses = f"the pod of the {' and the '.join(blocks)}" if blocks else "what is new"
        yield Finding(
            title=f"ResourceQuota {name} of namespace {namespace} is "
            + (f"used up: {refuses} is refused" if is_full else "nearly used up"),
            why=(
                *(f"{resource}: {one.status.used[resource]} of {one.status.hard[resource]}" for resource in near),
                *(by_this if blocks else ()),
            ),
            fix="Raise notebook.quota, or stop servers that nobody uses"
            if of_notebooks
            else f"Raise its limits: kubectl -n {namespace} edit resourcequota {name}",
            severity="error" if blocks else "warning",
        )


def volumes(facts: Facts) -> Iterator[Finding]:
    """Find claims without a volume, and volumes that are full."""
    pods = (*facts.pods, *facts.notebook_pods)
    used = {
        volume.persistent_volume_claim.claim_name
        for pod in pods
        for volume in pod.spec.volumes
        if volume.persistent_volume_claim is not None
    }
    for claim in facts.claims:
        if claim.status.phase == "Lost":
            yield Finding(
                title=f"Claim {claim.metadata.name} has lost its volume",
                why=facts.events_of("PersistentVolumeClaim", claim.metadata.name),
                fix="Restore the volume from a backup: docs/storage.md",
            )
        elif (
            claim.status.phase == "Pending"
            and claim.metadata.name in used
            and facts.is_long_ago(claim.metadata.creation_timestamp)
        ):
            yield _pending(facts, claim)
    for name, usage in facts.usage.items():
        share = usage.used / usage.capacity
        if share >= _NEARLY:
            of_database = name == f"{facts.settings.name}-database"
            yield Finding(
                title=f"The volume of claim {name} is {share:.0%} full",
                why=(f"{usage.used / 2**20:.0f} of {usage.capacity / 2**20:.0f} MiB are used.",),
                fix="Raise hub.storage.size, or delete copies of the database of old versions: "
                "docs/database.md#if-it-does-not-work"
                if of_database
                else "Enlarge it: whoever made the claim can",
                severity="warning",
            )


def _is(conditions: Iterable[Condition], kind: str) -> bool:
    return any(one.type == kind and one.status == "True" for one in conditions)


def _share(used: str | None, limit: str) -> Decimal:
    """Return the used share; 0 for a limit of 0, which forbids something and is meant so."""
    whole = parse(limit)
    return parse(used) / whole if used is not None and whole else Decimal(0)


def _replica_sets(facts: Facts) -> set[tuple[str, str]]:
    return {
        ("ReplicaSet", one.involved_object.name) for one in facts.events if one.involved_object.kind == "ReplicaSet"
    }


def _pending(facts: Facts, claim: Claim) -> Finding:
    name, wanted = claim.metadata.name, claim.spec.storage_class_name
    there = sorted(one.metadata.name for one in facts.classes)
    if wanted is None:
        fix = "Set hub.storage.storageClass and notebook.storage.storageClass to one of: kubectl get storageclasses"
        reason = "It names no StorageClass, and the cluster has no default one."
    elif "classes" not in facts.unread and wanted not in there:
        fix = f"Name one that is there ({', '.join(there) or 'there is none'}), or create it"
        reason = f"There is no StorageClass {wanted}."
    else:
        fix = f"Look at what makes its volumes: kubectl describe storageclass {wanted}"
        reason = f"StorageClass {wanted} has made no volume."
    return Finding(
        title=f"Claim {name} in namespace {claim.metadata.namespace} waits for a volume",
        why=(reason, *facts.events_of("PersistentVolumeClaim", name)),
        fix=fix,
    )
