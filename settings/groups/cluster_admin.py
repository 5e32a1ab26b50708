"""Keys `clusterAdmin.*`."""

from settings.types.model import Model
from settings.types.names import DnsName
from settings.types.text import Flag, Line


class ClusterAdminSettings(Model):
    """Permissions of the user who runs the stack."""

    user: Line | None = None
    """User who gets the ClusterRole cluster-admin, such as `user@example.org`. Not set: on GKE the user who runs the
    stack, else nobody."""
    binding_name: DnsName = "default-admin"
    """Name of the ClusterRoleBinding of `clusterAdmin.user`. A second hub in the same cluster needs another name."""
    enabled: Flag = True
    """Whether the stack creates that ClusterRoleBinding. Set it to `false` if you are cluster-admin already."""
