import json
import re

import pytest

from tests.unit.docker.dockerfile import DOCKER, IMAGES, only, read

EACH_IMAGE = pytest.mark.parametrize("image", IMAGES)


@EACH_IMAGE
def test_the_base_can_be_chosen_and_has_a_public_default(image: str) -> None:
    first, second, *_ = read(image)
    assert first.word == "ARG"
    assert re.fullmatch(r"BASE=docker\.io/library/\S+:\S+", first.rest)
    assert (second.word, second.rest) == ("FROM", "${BASE}")


@pytest.mark.parametrize(
    ("image", "user"), [("hub", "10001:10001"), ("proxy", "65534:65534"), ("notebook", "1000:100")]
)
def test_the_last_user_is_the_uid_of_the_pod(image: str, user: str) -> None:
    assert only(image, "USER") == user
    words = [instruction.word for instruction in read(image)]
    assert words.index("USER") > max(words.index("RUN"), words.index("COPY"))


@EACH_IMAGE
def test_tini_is_the_first_process(image: str) -> None:
    assert json.loads(only(image, "ENTRYPOINT")) == ["tini", "--"]
    assert "if ! command -v tini" in only(image, "RUN")


@EACH_IMAGE
def test_a_ca_bundle_is_used_by_the_download_step_only(image: str) -> None:
    step = only(image, "RUN")
    assert step.startswith("--mount=type=secret,id=ca ")
    assert "if [ -f /run/secrets/ca ]; then export " in step
    kept = " ".join(instruction.rest for instruction in read(image) if instruction.word in {"ARG", "ENV"})
    assert "CERT" not in kept
    assert "secrets" not in kept


@EACH_IMAGE
def test_every_copied_file_exists_in_the_build_context(image: str) -> None:
    sent = [line[1:] for line in (DOCKER / ".dockerignore").read_text(encoding="utf-8").split() if line.startswith("!")]
    copied = [source for line in read(image) if line.word == "COPY" for source in line.rest.split()[:-1]]
    assert copied
    for source in copied:
        assert (DOCKER / source).is_file()
        assert source in sent


def test_the_images_have_no_caches_and_the_hub_has_no_pip() -> None:
    assert "--no-cache-dir" in only("notebook", "RUN")
    assert "rm -r /tmp/*" in only("proxy", "RUN")
    hub = only("hub", "RUN")
    assert "--no-cache-dir" in hub
    assert "-m venv --without-pip /opt/jupyterhub" in hub
    assert "rm -r /tmp/installer" in hub


def test_the_documented_image_with_further_packages_fits_the_hub_image() -> None:
    page = (DOCKER.parent / "docs" / "hub-pod.md").read_text(encoding="utf-8")
    found = re.search(r"```dockerfile\n(.*?)```", page, re.DOTALL)
    assert found
    first, root, install, user = found[1].splitlines()
    assert first.startswith("FROM ")
    assert root == "USER 0"
    # The environment of the hub has no pip, and that of the base image installs into it.
    assert "--without-pip /opt/jupyterhub" in only("hub", "RUN")
    assert install.startswith("RUN pip --python /opt/jupyterhub/bin/python install --no-cache-dir ")
    assert user == f"USER {only('hub', 'USER')}"
    assert f"hub.packages: [{install.rpartition(' ')[2]}]" in page
