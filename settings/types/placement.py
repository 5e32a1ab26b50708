"""What hub and proxy need of their cluster: nodes, priority, labels, pulling of the image, and evictions."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from settings.types.choices import NodeLabelKey, NodeLabelValue
from settings.types.model import Model
from settings.types.names import DnsName
from settings.types.pods import LabelValue, OwnAnnotationValue, OwnKey
from settings.types.text import Flag, WholeNumber


class Toleration(Model):
    """A toleration of taints of nodes, with the fields of Kubernetes."""

    key: NodeLabelKey | None = None
    """Key of the taint, such as `dedicated`. Not set: all taints, with `operator: Exists`."""
    operator: Literal["Equal", "Exists"] = "Equal"
    """Whether the value of the taint must be `value`, or may be any."""
    value: NodeLabelValue | None = None
    """Value of the taint, such as `services`."""
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] | None = None
    """Effect of the taint, such as `NoSchedule`. Not set: all."""
    toleration_seconds: Annotated[WholeNumber, Field(ge=0)] | None = None
    """Seconds after which a taint `NoExecute` ends the pod, such as 60. Not set: never."""

    @model_validator(mode="after")
    def _is_accepted(self) -> Self:
        if self.operator == "Exists" and self.value is not None:
            msg = "has a value, which operator Exists does not compare; remove one of the two"
            raise ValueError(msg)
        if self.operator == "Equal" and self.key is None:
            msg = "has no key; name that of the taint, or tolerate all taints with operator Exists"
            raise ValueError(msg)
        if self.toleration_seconds is not None and self.effect != "NoExecute":
            msg = "has tolerationSeconds, which belongs to effect NoExecute; remove it, or set that effect"
            raise ValueError(msg)
        return self


class PodOptions(Model):
    """The pod of the hub or of the proxy, of which each has one."""

    node_selector: Annotated[
        Mapping[NodeLabelKey, NodeLabelValue], Field(examples=[{"node.kubernetes.io/instance-type": "m5.large"}])
    ] = {}
    """Labels of the nodes that it runs on. In a created cluster, `nodes.core` are its nodes anyway."""
    tolerations: Annotated[
        tuple[Toleration, ...], Field(examples=[[{"key": "dedicated", "value": "services", "effect": "NoSchedule"}]])
    ] = ()
    """Taints of nodes that it may run on all the same."""
    priority_class: DnsName | None = None
    """Name of an existing PriorityClass, such as `system-cluster-critical`. Pods of a lower one make room for it."""
    labels: Annotated[Mapping[OwnKey, LabelValue], Field(examples=[{"team": "physics"}])] = {}
    """Further labels, such as those of a cost report or of a network policy."""
    annotations: Annotated[
        Mapping[OwnKey, OwnAnnotationValue],
        Field(examples=[{"cluster-autoscaler.kubernetes.io/safe-to-evict": "false"}]),
    ] = {}
    """Further annotations."""
    image_pull_policy: Literal["Always", "IfNotPresent", "Never"] | None = None
    """When nodes pull the image, such as `Always`. Not set: always for the tag `latest`, else once."""
    image_pull_secrets: Annotated[tuple[DnsName, ...], Field(examples=[["registry"]])] = ()
    """Names of existing Secrets in the namespace of the hub, of type kubernetes.io/dockerconfigjson, with which nodes
    pull the image from a private registry."""
    disruption_budget: Flag = False
    """Whether a PodDisruptionBudget forbids to evict it. A drain of its node then waits, on GKE for one hour at most,
    until somebody moves it with `kubectl rollout restart`."""
