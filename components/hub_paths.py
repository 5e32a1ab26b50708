"""Paths in the hub's pod."""

from typing import Final

CODE_FOLDER: Final = "/etc/jupyterhub/hub"
"""The files of the ConfigMap."""

DATABASE_CA_FILE: Final = "database-ca.pem"
"""Key in the ConfigMap of the CA certificates of a database that the stack creates."""

DATABASE_CA_PATH: Final = f"{CODE_FOLDER}/{DATABASE_CA_FILE}"
"""The CA certificates of a database that the stack creates."""

DATABASE_FOLDER: Final = "/var/lib/jupyterhub"
"""Mount path of the database's volume."""
