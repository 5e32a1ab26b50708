"""Options that no class has, and names that were given up."""

import pytest

from tests.unit.config_check.conftest import HERE, Try


@pytest.mark.parametrize(
    ("extra", "option", "meant"),
    [
        ("c.KubeSpawner.imgae = 'x'", "KubeSpawner.imgae", "KubeSpawner.image"),
        ("c.KubeSpawner.imgae.append(1)", "KubeSpawner.imgae", "KubeSpawner.image"),
        ("c.KubeSpawner.update({'imgae': 1})", "KubeSpawner.imgae", "KubeSpawner.image"),
        ("c['JupyterHub']['dburl'] = 'x'", "JupyterHub.dburl", "JupyterHub.db_url"),
        ("c.JupyterHub.allowed_users = {'ada'}", "JupyterHub.allowed_users", "Authenticator.allowed_users"),
        # It is an attribute, and no option.
        ("c.KubeSpawner.pod_name = 'x'", "KubeSpawner.pod_name", "KubeSpawner.pod_name_template"),
        # No object of this class is made here.
        ("c.GitHubOAuthenticator.client_idd = 1", "GitHubOAuthenticator.client_idd", "GitHubOAuthenticator.client_id"),
    ],
)
def test_an_option_that_nothing_reads_is_told_with_the_one_that_was_meant(
    extra: str, option: str, meant: str, tried: Try
) -> None:
    told = f"{option}: is not known, and would be ignored. Did you mean {meant}?"
    assert tried(f"\n\n{extra}") == [f"{HERE}:3: {told}"]


@pytest.mark.parametrize(
    ("extra", "section"),
    [
        ("c.Kubespawner.image = 'x'\nc.Kubespawner.gid = 1", "Kubespawner"),
        ("c.kubespawner.image = 'x'", "kubespawner"),
        ("c.JupyterHub.Kubespawner.image = 1", "JupyterHub.Kubespawner"),
    ],
)
def test_a_section_that_nothing_reads_is_told_once_with_the_one_that_was_meant(
    extra: str, section: str, tried: Try
) -> None:
    (mistake,) = tried(extra)
    assert mistake.startswith(f"{HERE}:")
    assert mistake.endswith(f": {section}: there is no class of this name. Did you mean c.KubeSpawner?")


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("KubeSpawner.image_spec", "is called KubeSpawner.image now; as that is set too, this is ignored"),
        # KubeSpawner makes `image_spec` of it, and does not make `image` of that.
        ("KubeSpawner.singleuser_image_spec", "is called KubeSpawner.image now, and would be ignored"),
        (
            "NotebookSpawner.singleuser_uid",
            "is called KubeSpawner.uid now, and the old name is only known",
        ),
        ("KubeSpawner.singleuser_lifecycle_hooks", "is not known, and would be ignored. It is called KubeSpawner.life"),
    ],
)
def test_an_old_name_that_would_be_ignored_is_told_with_the_new_one(option: str, told: str, tried: Try) -> None:
    (mistake,) = tried(f"c.{option} = 'x'")
    assert mistake.startswith(f"{HERE}:1: {option}: {told}")


def test_an_old_name_that_still_works_is_no_mistake(tried: Try) -> None:
    assert tried("c.Authenticator.whitelist = {'ada'}\nc.KubeSpawner.singleuser_extra_labels = {'a': 'b'}") == []


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("'githb'", "'githb' is neither an installed class nor the full name of one. Did you mean github?"),
        ("'my.Auth'", "'my.Auth' cannot be imported: ModuleNotFoundError: No module named 'my'; its package must be"),
        ("Auth", "must be a subclass of 'jupyterhub.auth.Authenticator', not the class Auth"),
    ],
)
def test_a_class_that_cannot_be_had_is_told_without_what_is_set_for_it(value: str, told: str, tried: Try) -> None:
    sets = "" if value == "'githb'" else "c.Auth.x = 1\nc.Authenticator.of_mine = 1\n"
    extra = f"class Auth:\n    pass\nc.JupyterHub.authenticator_class = {value}\n{sets}"
    (mistake,) = tried(extra)
    assert mistake.startswith(f"{HERE}:3: JupyterHub.authenticator_class: {told}")


def test_an_option_that_the_hub_itself_overrules_is_told_with_the_one_to_set(tried: Try) -> None:
    (mistake,) = tried("c.Spawner.http_timeout = 90")
    assert mistake.startswith(
        f"{HERE}:1: Spawner.http_timeout: has no effect, as KubeSpawner.http_timeout is set too (hub/"
    )
    assert mistake.endswith("); set that")
