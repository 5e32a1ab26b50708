"""Keys `clusterAdmin.*`."""

from settings.types.model import Model
from settings.types.names import DnsName
from settings.types.text import Flag, Line


class ClusterAdminSettings(Model):
    """The operator's own rights in the cluster."""

    user: Line | None = None
    """User that is made cluster-admin, such as `user@example.org`; none = who runs the stack on GKE, else nobody."""
    binding_name: DnsName = "default-admin"
    """Name of the ClusterRoleBinding. Names are cluster-wide: a second hub in a cluster needs another."""
    enabled: Flag = True
    """Whether there is a binding at all; `false` where the operator has the rights already."""
