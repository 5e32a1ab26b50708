import pytest

from tests.doubles.monitor import Record
from tests.stacks import record_hub


@pytest.fixture(scope="session")
def hub() -> Record:
    """The smallest stack, with an operator and a quota."""
    return record_hub({"clusterAdmin.user": "user@example.org", "notebook.quota": {"pods": 50}})
