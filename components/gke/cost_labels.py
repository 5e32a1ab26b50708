"""The label of the stack's resources in Google Cloud's bills."""

from settings import Settings


def cost_labels(settings: Settings) -> dict[str, str]:
    """Return the labels for cost reports: nodes, their disks and the load balancers get those of the cluster."""
    return {"jupyterhub": settings.name}
