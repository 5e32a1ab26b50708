"""Paths in the hub's pod."""

from pathlib import PurePosixPath
from typing import Final

from hub.contract_pages import ANNOUNCEMENT_FOLDER, PAGES_FOLDER

CODE_FOLDER: Final = "/etc/jupyterhub/hub"
"""The files of the ConfigMap."""

DATABASE_CA_FILE: Final = "database-ca.pem"
"""Key in the ConfigMap of the CA certificates of a database that the stack creates."""

DATABASE_CA_PATH: Final = f"{CODE_FOLDER}/{DATABASE_CA_FILE}"
"""The CA certificates of a database that the stack creates."""

_BESIDE: Final = PurePosixPath(CODE_FOLDER).parent

PAGES_PATH: Final = str(_BESIDE / PAGES_FOLDER)
"""The operator's templates and logo."""

ANNOUNCEMENT_PATH: Final = str(_BESIDE / ANNOUNCEMENT_FOLDER)
"""The announcement."""

DATABASE_FOLDER: Final = "/var/lib/jupyterhub"
"""Mount path of the database's volume."""
