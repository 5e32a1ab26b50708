"""Federation of GitHub's workflows in `bootstrap/`: trusted jobs, accounts and permissions."""

import re
import runpy

import pytest
from pulumi.runtime import set_all_config

from keyless.federation import ISSUER
from keyless.purposes import DEPLOY, IAM_ADMIN, PURPOSES
from tests.doubles.monitor import Record, Registration, record
from tests.stacks import CLOUD_SQL, GATEWAY, IAP, record_gke
from tests.unit.bootstrap.config import CONFIG
from tools.paths import CHECKOUT

PROGRAM = CHECKOUT / "bootstrap" / "__main__.py"


def _record(**values: str) -> Record:
    set_all_config({f"jupyterhub:{key}": value for key, value in {**CONFIG, **values}.items()})
    try:
        return record(lambda: runpy.run_path(str(PROGRAM)))
    finally:
        set_all_config({})


@pytest.fixture(scope="module")
def made() -> Record:
    return _record()


def test_only_the_repository_is_trusted_by_its_numeric_ids(made: Record) -> None:
    provider = made.one("WorkloadIdentityPoolProvider").inputs
    assert provider["oidc"] == {"issuerUri": ISSUER}
    assert provider["attributeCondition"] == (
        "assertion.repository_id == '1234567' && assertion.repository_owner_id == '89'"
    )


def test_the_purpose_of_a_job_follows_from_event_branch_and_environment(made: Record) -> None:
    assert made.one("WorkloadIdentityPoolProvider").inputs["attributeMapping"] == {
        "google.subject": "assertion.repository_id + ':' + assertion.run_id",
        "attribute.purpose": (
            "assertion.event_name == 'pull_request' ? 'preview' : "
            "assertion.ref == 'refs/heads/main' && assertion.event_name in ['push', 'schedule', 'workflow_dispatch'] ? "
            "(assertion.sub.endsWith(':environment:production') ? 'deploy' : 'drift') : 'none'"
        ),
    }


def test_a_subject_of_a_token_is_short_enough_for_google() -> None:
    largest = str(2**63 - 1)
    assert len(f"{largest}:{largest}") <= 127


def test_another_pool_of_github_is_no_obstacle_and_an_older_one_stays(made: Record) -> None:
    pool = made.one("WorkloadIdentityPool")
    assert pool.inputs["workloadIdentityPoolId"] != "github-actions"
    assert pool.ignore_changes == {"workloadIdentityPoolId"}


def test_a_deployment_grants_only_the_roles_of_the_stack(made: Record) -> None:
    grants = [grant.inputs for grant in made.of("IAMMember") if "condition" in grant.inputs]
    assert [grant["role"] for grant in grants] == [IAM_ADMIN]
    assert grants[0]["condition"]["expression"] == (
        "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', [])"
        ".hasOnly(['roles/container.defaultNodeServiceAccount'])"
    )
    stack = record_gke(GATEWAY, IAP, CLOUD_SQL, {"registry.create": True})
    granted = {grant.inputs["role"] for grant in stack.of("IAMMember") if grant.type.startswith("gcp:projects/")}
    assert granted == {*DEPLOY.grants}


def test_each_account_is_impersonated_by_jobs_of_its_purpose_only(made: Record) -> None:
    grants = [grant for grant in made.of("IAMMember") if grant.type == "gcp:serviceaccount/iAMMember:IAMMember"]
    assert {grant.inputs["role"] for grant in grants} == {"roles/iam.workloadIdentityUser"}
    found = {grant.name: grant.inputs["member"].rpartition("workloadIdentityPool")[2] for grant in grants}
    pool = "principalSet://iam.googleapis.com/github-pool-1234567/attribute.purpose"
    assert found == {f"{purpose.name}-workflows": f"{pool}/{purpose.name}" for purpose in PURPOSES}


def test_no_service_account_has_a_key(made: Record) -> None:
    assert not made.of("Key")
    sources = [file.read_text() for file in (CHECKOUT / "bootstrap").rglob("*.py")]
    assert not [source for source in sources if "serviceaccount.Key" in source]


def _roles(made: Record, kind: str, name: str) -> set[str]:
    return {
        grant.inputs["role"]
        for grant in made.of(kind)
        if grant.name.startswith(f"{name}-") and not grant.type.startswith("gcp:serviceaccount/")
    }


@pytest.mark.parametrize(
    ("name", "bucket", "key"),
    [
        ("preview", "objectViewer", "Decrypter"),
        ("drift", "objectViewer", "Decrypter"),
        ("deploy", "objectUser", "EncrypterDecrypter"),
    ],
)
def test_only_a_deployment_writes_the_state(made: Record, name: str, bucket: str, key: str) -> None:
    assert _roles(made, "BucketIAMMember", name) == {f"roles/storage.{bucket}"}
    assert _roles(made, "CryptoKeyIAMMember", name) == {f"roles/cloudkms.cryptoKey{key}"}


def _own_role(made: Record, name: str) -> Registration:
    (role,) = [role for role in made.of("IAMCustomRole") if role.name == f"{name}-role"]
    return role


def test_a_preview_may_only_connect_to_the_cluster_and_look_up_ca_certificates(made: Record) -> None:
    role = _own_role(made, "preview")
    assert role.inputs["permissions"] == ["container.clusters.connect", "cloudsql.instances.listServerCas"]
    assert _roles(made, "IAMMember", "preview") == {"roles/container.clusterViewer", role.answer["name"]}


def test_only_drift_detection_reads_secrets_of_the_cluster(made: Record) -> None:
    assert len(made.of("IAMCustomRole")) == 2
    role = _own_role(made, "drift")
    assert role.inputs["permissions"] == [
        "container.clusters.connect",
        "cloudsql.instances.listServerCas",
        "container.secrets.get",
    ]
    assert _roles(made, "IAMMember", "drift") == {"roles/viewer", "roles/iam.securityReviewer", role.answer["name"]}


def test_a_deployment_has_the_roles_in_the_guide(made: Record) -> None:
    assert _roles(made, "IAMMember", "deploy") == set(DEPLOY.roles)
    guide = (CHECKOUT / "docs" / "pull-requests.md").read_text()
    named = set(re.findall(r"`(roles/[\w.]+)`", guide))
    assert named == {role for purpose in PURPOSES for role in purpose.roles}


def test_the_guide_to_gke_lists_the_same_roles() -> None:
    titles = {
        "roles/artifactregistry.admin": "Artifact Registry Administrator",
        "roles/certificatemanager.owner": "Certificate Manager Owner",
        "roles/cloudsql.admin": "Cloud SQL Admin",
        "roles/compute.networkAdmin": "Compute Network Admin",
        "roles/compute.securityAdmin": "Compute Security Admin",
        "roles/container.admin": "Kubernetes Engine Admin",
        "roles/dns.admin": "DNS Administrator",
        "roles/gkebackup.admin": "Backup for GKE Admin",
        "roles/iam.serviceAccountAdmin": "Service Account Admin",
        "roles/iam.serviceAccountUser": "Service Account User",
        "roles/iap.admin": "IAP Policy Admin",
        "roles/resourcemanager.projectIamAdmin": "Project IAM Admin",
        "roles/servicedirectory.editor": "Service Directory Editor",
        "roles/serviceusage.serviceUsageAdmin": "Service Usage Admin",
    }
    assert titles.keys() == set(DEPLOY.roles)
    guide = " ".join((CHECKOUT / "docs" / "gke.md").read_text().split())
    assert [title for title in titles.values() if title not in guide] == []


def test_the_state_bucket_is_private_and_versioned(made: Record) -> None:
    bucket = made.one("Bucket").inputs
    assert bucket["uniformBucketLevelAccess"] is True
    assert bucket["publicAccessPrevention"] == "enforced"
    assert bucket["versioning"] == {"enabled": True}
    assert bucket["softDeletePolicy"] == {"retentionDurationSeconds": 30 * 24 * 3600}
    assert bucket["forceDestroy"] is False
    assert made.one("CryptoKey").inputs["rotationPeriod"] == "7776000s"


@pytest.mark.parametrize("protect", [True, False])
def test_federation_accounts_and_state_are_protected_by_default(*, protect: bool) -> None:
    made = _record(protect=str(protect).lower())
    kinds = ("WorkloadIdentityPool", "WorkloadIdentityPoolProvider", "Bucket", "KeyRing", "CryptoKey", "Account")
    assert {resource.protect for kind in kinds for resource in made.of(kind) if resource.custom} == {protect}
    assert made.one("Bucket").inputs["forceDestroy"] is not protect


def test_branch_environment_and_bucket_can_be_configured() -> None:
    made = _record(branch="live", environment="classroom", stateBucket="mine-1")
    purpose = made.one("WorkloadIdentityPoolProvider").inputs["attributeMapping"]["attribute.purpose"]
    assert "'refs/heads/live'" in purpose
    assert "':environment:classroom'" in purpose
    assert made.one("Bucket").inputs["name"] == "mine-1"


def test_the_exports_are_the_repository_variables_and_the_next_commands(made: Record) -> None:
    variables = made.exports["variables"]
    assert variables.keys() == {
        "GCP_WORKLOAD_IDENTITY_PROVIDER",
        "PULUMI_BACKEND_URL",
        "GCP_PREVIEW_ACCOUNT",
        "GCP_DRIFT_ACCOUNT",
        "GCP_DEPLOY_ACCOUNT",
    }
    assert variables["PULUMI_BACKEND_URL"] == "gs://foo-123-pulumi-state"
    *set_variables, login, init = made.exports["commands"]
    assert set(set_variables) == {f"gh variable set {name} --body {value}" for name, value in variables.items()}
    assert login == "pulumi login gs://foo-123-pulumi-state"
    assert init == f"pulumi stack init gke --secrets-provider={made.exports['secrets_provider']}"
    assert made.exports["secrets_provider"] == "gcpkms://state-key"


def test_components_register_outputs_and_resources_have_parents(made: Record) -> None:
    assert {component.urn for component in made.components} <= made.outputs.keys()
    google = [resource for resource in made.resources if resource.type.startswith("gcp:")]
    parents = {component.urn for component in made.components}
    assert {resource.parent in parents for resource in google} == {True}
