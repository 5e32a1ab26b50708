import pytest

from tests.doubles.monitor import Record
from tests.stacks import GATEWAY, record_gke, record_hub


@pytest.fixture(scope="session")
def hub() -> Record:
    """The smallest stack, with an operator and a quota."""
    return record_hub({"clusterAdmin.user": "user@example.org", "notebook.quota": {"pods": 50}})


@pytest.fixture(scope="session")
def created() -> Record:
    """A hub in a created cluster, behind a load balancer."""
    return record_gke()


@pytest.fixture(scope="session")
def gateway() -> Record:
    """A hub in a created cluster, behind a gateway."""
    return record_gke(GATEWAY)
