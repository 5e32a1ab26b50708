"""Rules of the hub's database."""

from settings.groups.cluster import ClusterSettings
from settings.groups.database import DatabaseSettings
from settings.groups.secrets import SecretsSettings
from settings.rules.effects import without_effect


def url_errors(database: DatabaseSettings) -> list[str]:
    """Report a missing URL of the PostgreSQL server, and one without effect."""
    if database.type == "postgresql" and database.url is None:
        return [
            (
                "database.url: is not set, but database.type is postgresql: "
                "pulumi config set --secret database.url (postgresql://USER:PASSWORD@HOST:5432/NAME)"
            )
        ]
    if database.type != "postgresql" and database.url is not None:
        return [
            (
                f"database.type: is {database.type}, but database.url is set; for that database: "
                "pulumi config set database.type postgresql; otherwise: pulumi config rm database.url"
            )
        ]
    return []


def effect_errors(database: DatabaseSettings, secrets: SecretsSettings) -> list[str]:
    """Report keys that have no effect with this database."""
    if database.type == "cloud-sql":
        return []
    why = f"with database.type {database.type}"
    return [
        *without_effect("database", database, ("tier", "high_availability"), why),
        *without_effect("secrets", secrets, ("database_password_generation",), why),
    ]


def gke_errors(database: DatabaseSettings, cluster: ClusterSettings) -> list[str]:
    """Report Cloud SQL without GKE."""
    if database.type != "cloud-sql" or cluster.on_gke:
        return []
    return [
        (
            "database.type: cloud-sql works on GKE only, where cluster.mode is existing or create; set that, or choose "
            "another database: pulumi config set database.type sqlite"
        )
    ]
