"""The start command in stand-ins of well-known images: their entrypoint, programs, user's folder and PATH."""

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from hub.notebook_start import command

_PRINT = '#!/bin/sh\necho "$(basename "$0") $*"; pwd; echo "$HOME"\n'
_EXEC = '#!/bin/sh\nexec {bin}/jupyterhub-singleuser "$@"\n'


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of image."""

    entrypoint: str = ""
    """Script of the entrypoint. None runs the command itself."""
    programs: Mapping[str, str]
    """Executables on the PATH."""
    command: Sequence[str] = ()
    """`notebook.command`."""


KINDS = {
    # tini and start.sh; for a user other than root, it only runs the hooks of before-notebook.d.
    "docker-stacks": Kind(
        entrypoint="#!/bin/bash\nset -e\necho 'Executing the command:' >&2\nexec \"$@\"\n",
        programs={"start-singleuser.sh": _EXEC, "jupyterhub-singleuser": _PRINT},
    ),
    "docker-stacks-notebook": Kind(
        entrypoint='#!/bin/bash\nset -e\nexec "$@"\n',
        programs={"start-notebook.py": _EXEC, "jupyterhub-singleuser": _PRINT},
        command=["start-notebook.py", "--own"],
    ),
    # A login shell, which reads the profile of the home; the conda environment is put on the PATH again.
    "pangeo": Kind(
        entrypoint='#!/bin/bash -l\nexport PATH={bin}:$PATH\nexec "$@"\n', programs={"jupyterhub-singleuser": _PRINT}
    ),
    # A login shell, whose output also goes to a log in the folder of the repository.
    "repo2docker": Kind(
        entrypoint=(
            "#!/bin/bash -l\nexport PATH={bin}:$PATH\nexec {{log_fd}}> >(exec tee {home}/.jupyter-server-log.txt)\n"
            'exec "$@" >&"$log_fd" 2>&1\n'
        ),
        programs={"jupyterhub-singleuser": _PRINT},
    ),
    "rocker": Kind(programs={"jupyterhub-singleuser": _PRINT, "rserver": "#!/bin/sh\nexit 1\n"}),
    # A banner, then the command.
    "nvidia": Kind(
        entrypoint="#!/bin/bash\necho '== PyTorch ==' >&2\nif [[ $# -eq 0 ]]; then exec bash; else exec \"$@\"; fi\n",
        programs={"jupyterhub-singleuser": _PRINT},
    ),
}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_an_image_of_each_kind_starts_its_own_server_in_the_home(kind: Kind, tmp_path: Path) -> None:
    folder, home = tmp_path / "bin", tmp_path / "home"
    folder.mkdir()
    home.mkdir()
    entrypoint = folder / "entrypoint"
    entrypoint.write_text(kind.entrypoint.format(bin=folder, home=home))
    for name, text in kind.programs.items():
        (folder / name).write_text(text.replace("{bin}", str(folder)))
    for program in folder.iterdir():
        program.chmod(0o755)
    done = subprocess.run(
        [*([entrypoint] if kind.entrypoint else []), *command(kind.command), "--port=8888"],
        env={"PATH": f"{folder}:/usr/bin:/bin", "HOME": str(home), "TMPDIR": str(tmp_path / "tmp")},
        cwd=home,  # as the pod says
        capture_output=True,
        text=True,
        check=True,
    )
    arguments = " ".join([*kind.command[1:], "--port=8888"])
    assert done.stdout.splitlines() == [f"jupyterhub-singleuser {arguments}", str(home), str(home)]
