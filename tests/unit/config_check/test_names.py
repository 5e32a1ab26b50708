"""Unknown options and classes, and deprecated names."""

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
def test_an_unknown_option_is_reported_with_a_suggestion(extra: str, option: str, meant: str, tried: Try) -> None:
    message = f"{option}: is not known, and would be ignored. Did you mean {meant}?"
    assert tried(f"\n\n{extra}") == [f"{HERE}:3: {message}"]


@pytest.mark.parametrize(
    ("extra", "section"),
    [
        ("c.Kubespawner.image = 'x'\nc.Kubespawner.gid = 1", "Kubespawner"),
        ("c.kubespawner.image = 'x'", "kubespawner"),
        ("c.JupyterHub.Kubespawner.image = 1", "JupyterHub.Kubespawner"),
    ],
)
def test_an_unknown_class_is_reported_once_with_a_suggestion(extra: str, section: str, tried: Try) -> None:
    (mistake,) = tried(extra)
    assert mistake.startswith(f"{HERE}:")
    assert mistake.endswith(f": {section}: there is no class of this name. Did you mean c.KubeSpawner?")


@pytest.mark.parametrize(
    ("option", "message"),
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
def test_an_ignored_old_name_is_reported_with_the_new_one(option: str, message: str, tried: Try) -> None:
    (mistake,) = tried(f"c.{option} = 'x'")
    assert mistake.startswith(f"{HERE}:1: {option}: {message}")


def test_a_deprecated_name_that_works_is_no_mistake(tried: Try) -> None:
    assert tried("c.Authenticator.whitelist = {'ada'}\nc.KubeSpawner.singleuser_extra_labels = {'a': 'b'}") == []


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("'githb'", "'githb' is neither an installed class nor the full name of one. Did you mean github?"),
        ("'my.Auth'", "'my.Auth' cannot be imported: ModuleNotFoundError: No module named 'my'; its package must be"),
        ("Auth", "must be a subclass of 'jupyterhub.auth.Authenticator', not the class Auth"),
    ],
)
def test_a_class_that_cannot_be_imported_is_reported_without_options(value: str, message: str, tried: Try) -> None:
    sets = "" if value == "'githb'" else "c.Auth.x = 1\nc.Authenticator.of_mine = 1\n"
    extra = f"class Auth:\n    pass\nc.JupyterHub.authenticator_class = {value}\n{sets}"
    (mistake,) = tried(extra)
    assert mistake.startswith(f"{HERE}:3: JupyterHub.authenticator_class: {message}")


def test_an_overridden_option_is_reported_with_the_setting(tried: Try) -> None:
    (mistake,) = tried("c.Spawner.http_timeout = 90")
    assert mistake.startswith(
        f"{HERE}:1: Spawner.http_timeout: has no effect, as KubeSpawner.http_timeout is set too (hub/"
    )
    assert mistake.endswith("); set that")
