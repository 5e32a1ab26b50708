"""Keys `gcp.*`."""

from settings.types.model import Model
from settings.types.places import ProjectId


class GcpSettings(Model):
    """The Google Cloud project of the cluster and of all other Google Cloud resources."""

    project: ProjectId | None = None
    """ID of the Google Cloud project, such as `my-project-123`. Required unless `cluster.mode` is `context`."""

    @property
    def project_id(self) -> str:
        """The project, where one is needed: the checks have seen that it is set."""
        return self.project or ""

    @property
    def workload_pool(self) -> str:
        """What the Kubernetes service accounts of the project's clusters are known as to Google Cloud."""
        return f"{self.project_id}.svc.id.goog"
