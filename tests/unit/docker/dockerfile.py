"""Reads the Dockerfiles."""

from dataclasses import dataclass
from pathlib import Path

DOCKER = Path(__file__).resolve().parents[3] / "docker"
IMAGES = ("hub", "proxy", "notebook")


@dataclass(frozen=True)
class Instruction:
    """One instruction: its word, and all that follows on the same and on continued lines."""

    word: str
    rest: str


def read(image: str) -> list[Instruction]:
    """The instructions of an image's Dockerfile, without comments."""
    lines = (DOCKER / image / "Dockerfile").read_text(encoding="utf-8").splitlines()
    code = "\n".join(line for line in lines if not line.startswith("#")).replace("\\\n", " ")
    split = (line.split(maxsplit=1) for line in code.splitlines() if line.strip())
    return [Instruction(word, rest) for word, rest in split]


def only(image: str, word: str) -> str:
    """What follows the one instruction with this word."""
    (found,) = (instruction.rest for instruction in read(image) if instruction.word == word)
    return found
