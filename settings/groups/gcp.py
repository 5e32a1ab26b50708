"""Keys `gcp.*`."""

from settings.types.model import Model
from settings.types.places import ProjectId


class GcpSettings(Model):
    """The Google Cloud project of the cluster and of all other Google Cloud resources."""

    project: ProjectId | None = None
    """ID of the Google Cloud project, such as `my-project-123`. Required unless `cluster.mode` is `context`."""

    @property
    def project_id(self) -> str:
        """ID of the project; empty if it is not set, which the rules allow only without GKE."""
        return self.project or ""

    @property
    def workload_pool(self) -> str:
        """Workload identity pool of the project's clusters."""
        return f"{self.project_id}.svc.id.goog"
