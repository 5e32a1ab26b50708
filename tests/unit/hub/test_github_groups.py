"""The real authenticator with the test double of GitHub: organizations and teams as groups of JupyterHub."""

from types import SimpleNamespace

import pytest

from hub.contract import HubConfig
from tests.doubles.github import GitHub
from tests.doubles.github_failures import FAILURES
from tests.hub_configs import LoadConfig
from tests.unit.hub.github_sign_ins import SignIns, sign_ins, signed_in


@pytest.fixture
def grouping(github: GitHub, load_config: LoadConfig, hub_config: HubConfig) -> SignIns:
    """A hub with some organizations and teams as groups."""
    of_github = {"organizations": ("physics", "maths"), "groups": ("maths:staff", "physics", "chemistry")}
    return sign_ins(github, load_config, hub_config, of_github=of_github)


@pytest.mark.parametrize(("login", "groups"), [("ada", ["physics"]), ("bob", ["maths:staff"]), ("eve", [])])
def test_memberships_are_stored_as_jupyterhub_groups(grouping: SignIns, login: str, groups: list[str]) -> None:
    model = grouping.sign_in(login)
    assert model
    assert model["groups"] == groups
    assert grouping.refresh(grouping.users.store(model))["groups"] == groups


def test_a_user_who_leaves_a_team_leaves_the_group(grouping: SignIns) -> None:
    bob = signed_in(grouping, "bob")
    grouping.github.leave("maths:staff", "bob")
    assert grouping.refresh(bob)["groups"] == []
    assert grouping.stopped == [], "bob is still authorized by the organization"


def test_groups_stay_during_an_outage_of_github(grouping: SignIns) -> None:
    bob = signed_in(grouping, "bob")
    grouping.github.down = True
    assert grouping.refresh(bob) is True


def test_a_group_without_an_answer_stays_and_the_others_change(grouping: SignIns) -> None:
    grouping.github.join("physics", "bob")
    bob = signed_in(grouping, "bob")
    bob.groups = [SimpleNamespace(name=name) for name in ("maths:staff", "physics")]
    grouping.github.failing, grouping.github.failure = "/orgs/maths/teams/", FAILURES["saml"]
    grouping.github.leave("maths:staff", "bob")
    assert grouping.refresh(bob)["groups"] == ["maths:staff", "physics"]
    again = grouping.sign_in("bob")
    assert again
    assert again["groups"] == ["maths:staff", "physics"]
    assert "unanswered_groups" not in again["auth_state"]
    grouping.github.leave("physics", "bob")
    assert grouping.refresh(bob)["groups"] == ["maths:staff"]
    assert grouping.sign_in("ada"), "a group without an answer keeps nobody out"


def test_a_group_of_a_renamed_organization_stays(grouping: SignIns) -> None:
    grouping.github.join("physics", "bob")
    bob = signed_in(grouping, "bob")
    bob.groups = [SimpleNamespace(name=name) for name in ("maths:staff", "physics")]
    grouping.github.rename("maths", "science")
    assert grouping.refresh(bob)["groups"] == ["maths:staff", "physics"]


def test_a_group_authorizes_nobody(github: GitHub, load_config: LoadConfig, hub_config: HubConfig) -> None:
    of_github = {"organizations": (), "groups": ("maths",)}
    by_name = sign_ins(github, load_config, hub_config, of_github=of_github, allowed_users=("ada",))
    assert by_name.authenticator.scope == ["read:org"]
    assert by_name.sign_in("eve") is None
    ada = by_name.sign_in("ada")
    assert ada
    assert ada["groups"] == []


@pytest.fixture
def with_admins(github: GitHub, load_config: LoadConfig, hub_config: HubConfig) -> SignIns:
    """A hub for an organization, whose admins are a team of another one."""
    return sign_ins(github, load_config, hub_config, of_github={"organizations": ("physics",), "admin_teams": ADMINS})


ADMINS = ("maths:staff",)


def test_members_of_a_team_of_admins_may_sign_in_and_are_admins(with_admins: SignIns) -> None:
    for login, admin in {"ada": False, "bob": True}.items():
        model = with_admins.sign_in(login)
        assert model
        assert model["admin"] is admin
        assert with_admins.refresh(with_admins.users.store(model))["admin"] is admin
    assert with_admins.sign_in("eve") is None, "of the organization, but not of the team"


def test_who_leaves_the_team_of_admins_is_no_admin_at_the_next_check(with_admins: SignIns) -> None:
    with_admins.github.join("physics", "bob")
    bob = signed_in(with_admins, "bob")
    with_admins.github.leave("maths:staff", "bob")
    assert with_admins.refresh(bob)["admin"] is False
    assert with_admins.stopped == []
    with_admins.github.leave("physics", "bob")
    assert with_admins.refresh(bob) is False
    assert with_admins.stopped == ["bob/"]


def test_admins_by_a_team_without_an_answer_stay_admins(with_admins: SignIns) -> None:
    with_admins.github.join("physics", "bob")
    bob = signed_in(with_admins, "bob")
    with_admins.github.failing, with_admins.github.failure = "/orgs/maths/teams/", FAILURES["saml"]
    assert with_admins.refresh(bob)["admin"] is True
    again = with_admins.sign_in("bob")
    assert again
    assert again["admin"] is True
