"""The stand-in for the Google provider works with the real engine."""

import dataclasses
import json
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.conftest import succeed
from tests.doubles.google.cloud import Cloud
from tests.doubles.google.plugin import engine_with_stand_in
from tools.commands import run
from tools.engine import Engine, Stack

ZONE = "gcp:dns/managedZone:ManagedZone"
ACCOUNT = "gcp:serviceaccount/account:Account"
ACCOUNT_ID = "projects/foo/serviceAccounts/hub-nodes@foo.iam.gserviceaccount.com"
AT_ONCE = ("--yes", "--skip-preview")
PROGRAM = """
import pulumi
from pulumi_gcp import Provider, container, dns, organizations, serviceaccount

config = pulumi.Config()
google = Provider("google", project="foo", region="europe-west1")
options = pulumi.ResourceOptions(provider=google)
asking = pulumi.InvokeOutputOptions(provider=google)
account = serviceaccount.Account(
    "account",
    serviceaccount.AccountArgs(
        account_id="hub-nodes",
        display_name=pulumi.Output.secret("hunter2"),
        description=config.get("description") or "of the nodes",
    ),
    options,
)
zone = dns.ManagedZone(
    "zone",
    dns.ManagedZoneArgs(dns_name="example.org.", dnssec_config={config.get("key") or "state": "on"}),
    options,
)
cluster = container.get_cluster_output(name=config.get("cluster") or "other", location="europe-west4", opts=asking)
pulumi.export("authority", cluster.master_auths[0].cluster_ca_certificate)
pulumi.export("operator", organizations.get_client_open_id_user_info_output(opts=asking).email)
pulumi.export("zone", zone.name)
"""
NETWORK = """
from pulumi_gcp import compute

network = compute.Network("network", compute.NetworkArgs(name="hub", auto_create_subnetworks=False), options)
compute.Subnetwork(
    "subnetwork",
    compute.SubnetworkArgs(network=network.id, ip_cidr_range=config.get("range") or "10.0.0.0/20"),
    options,
)
address = compute.GlobalAddress("address", opts=options)
pulumi.export("address", address.address)
"""
"""A separate part of the program: the SDK's module of Compute Engine takes seconds to load."""


@pytest.fixture
def stack(built_engine: Engine, tmp_path: Path) -> Stack:
    """A stack of `PROGRAM`, with a new cloud."""
    (tmp_path / "program").mkdir()
    (tmp_path / "program" / "__main__.py").write_text(PROGRAM)
    file = tmp_path / "settings.yaml"
    file.write_text("config: {'pulumi:disable-default-providers': ['*']}\n")
    engine = engine_with_stand_in(built_engine, tmp_path)
    stack = Stack(name="google", engine=engine, folder=tmp_path, program=tmp_path / "program")
    stack.prepare(file, {})
    return stack


def _planned(stack: Stack) -> dict[str, str]:
    """Return the operations of a preview on Google's resources, by name; unchanged ones are left out."""
    steps = json.loads(run(stack.command("preview", "--json"), env=stack.environment))["steps"]
    parts_of_a_replacement = {"create-replacement", "delete-replaced"}
    return {
        step["urn"].rpartition("::")[2]: step["op"]
        for step in steps
        if "::gcp:" in step["urn"] and step["op"] not in parts_of_a_replacement
    }


def test_the_engine_finds_the_stand_in_and_its_kubernetes_provider(stack: Stack) -> None:
    listed = json.loads(run([stack.engine.program, "plugin", "ls", "--json"], env=stack.environment))
    found = {plugin["name"]: plugin["version"] for plugin in listed}
    assert {name: version(f"pulumi-{name}") for name in ("gcp", "kubernetes")}.items() <= found.items()


def test_a_stack_is_created_updated_in_place_and_destroyed(stack: Stack, tmp_path: Path) -> None:
    (tmp_path / "program" / "__main__.py").write_text(PROGRAM + NETWORK)
    cloud = Cloud(file=tmp_path / "cloud.json")
    made = dict.fromkeys(("account", "zone", "network", "subnetwork", "address"), "create")
    assert _planned(stack) == made
    assert cloud.find(ACCOUNT, ACCOUNT_ID) is None
    succeed(stack, "up", *AT_ONCE)
    assert stack.output("address").startswith("203.0.113.")
    assert stack.output("zone").startswith("zone-")
    assert stack.output("operator") == "operator@example.org"
    assert stack.output("authority")
    assert "hunter2" not in succeed(stack, "stack", "export")
    succeed(stack, "up", *AT_ONCE, "--expect-no-changes")
    succeed(stack, "refresh", *AT_ONCE, "--expect-no-changes")

    for key, value in {"description": "of all nodes", "range": "10.1.0.0/20"}.items():
        succeed(stack, "config", "set", key, value)
    assert _planned(stack) == {"account": "update", "subnetwork": "replace"}
    succeed(stack, "up", *AT_ONCE)
    account = cloud.find(ACCOUNT, ACCOUNT_ID)
    assert account is not None
    assert account["outputs"]["description"] == "of all nodes"

    succeed(stack, "destroy", *AT_ONCE)
    assert json.loads((tmp_path / "cloud.json").read_text()) == {}


def test_a_refresh_finds_drift_and_an_update_reverts_it(stack: Stack, tmp_path: Path) -> None:
    cloud = Cloud(file=tmp_path / "cloud.json")
    succeed(stack, "up", *AT_ONCE)
    account = cloud.find(ACCOUNT, ACCOUNT_ID)
    assert account is not None
    cloud.update(ACCOUNT, ACCOUNT_ID, account["inputs"], account["outputs"] | {"description": "by hand"})
    succeed(stack, "refresh", *AT_ONCE)
    assert _planned(stack) == {"account": "update"}
    succeed(stack, "up", *AT_ONCE)
    assert (cloud.find(ACCOUNT, ACCOUNT_ID) or {})["outputs"]["description"] == "of the nodes"


def test_a_failed_resource_is_completed_by_the_next_update(stack: Stack, built_engine: Engine, tmp_path: Path) -> None:
    failing = engine_with_stand_in(built_engine, tmp_path, fail={ZONE: "permission"})
    done = dataclasses.replace(stack, engine=failing).run("up", *AT_ONCE)
    assert done.returncode != 0
    assert "Permission 'dns.managedZones.create' denied on 'projects/foo/managedZones/zone-" in done.stdout
    assert _planned(stack) == {"zone": "create"}
    succeed(stack, "up", *AT_ONCE)
    assert stack.output("zone").startswith("zone-")


def test_a_misspelled_nested_input_fails_the_preview_with_its_path(stack: Stack) -> None:
    succeed(stack, "config", "set", "key", "sttate")
    done = stack.run("preview")
    assert done.returncode != 0
    assert "dnssecConfig.sttate" in done.stdout
    assert "did you mean state?" in done.stdout


def test_a_missing_cluster_fails_the_preview_with_its_name(stack: Stack) -> None:
    succeed(stack, "config", "set", "cluster", "missing")
    done = stack.run("preview")
    assert done.returncode != 0
    assert "projects/foo/locations/europe-west4/clusters/missing not found" in done.stdout
