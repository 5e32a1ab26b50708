"""Rules of the hub's database."""

from settings.groups.cluster import ClusterSettings
from settings.groups.database import DatabaseSettings
from settings.groups.secrets import SecretsSettings

_DEFAULT = DatabaseSettings()


def database_mistakes(
    database: DatabaseSettings, secrets: SecretsSettings, cluster: ClusterSettings | None
) -> list[str]:
    """Returns what is missing, or has no effect; where the cluster is wrong in itself, nothing is said of it."""
    mistakes: list[str] = []
    if database.type == "cloud-sql" and cluster is not None and not cluster.on_gke:
        mistakes.append(
            "database.type: cloud-sql is to be had on GKE only, where cluster.mode is existing or create; set that, or "
            "take another database: pulumi config set database.type sqlite"
        )
    if database.type == "postgresql" and database.url is None:
        mistakes.append(
            "database.url: is not set, but database.type is postgresql: "
            "pulumi config set --secret database.url (postgresql://USER:PASSWORD@HOST:5432/NAME)"
        )
    if database.type != "postgresql" and database.url is not None:
        mistakes.append(
            f"database.type: is {database.type}, but database.url is set; for that database: "
            "pulumi config set database.type postgresql; otherwise: pulumi config rm database.url"
        )
    if database.type != "cloud-sql":
        mistakes += [
            f"{key}: has no effect with database.type {database.type}; remove it: pulumi config rm {key}"
            for key, changed in {
                "database.tier": database.tier != _DEFAULT.tier,
                "database.highAvailability": database.high_availability,
                "secrets.databasePasswordGeneration": secrets.database_password_generation != 1,
            }.items()
            if changed
        ]
    return mistakes
