"""Test double of the programs that build and load images."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tools.errors import ToolError


@dataclass
class Tools:
    """Test double of `commands.run`, which writes files as the real programs do.

    Attributes:
        calls: The commands, from the name of the program on.
        loaded: References of the images in containerd.
        failing: A command with this word fails, after it has written an incomplete file.
    """

    calls: list[list[str]] = field(default_factory=list[list[str]])
    loaded: list[str] = field(default_factory=list[str])
    failing: str = ""

    def run(
        self,
        command: Sequence[str | Path],
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        stdin: str | None = None,
        doing: str = "",
    ) -> str:
        """Run a command; an unknown program fails."""
        assert (cwd, stdin) == (None, None)
        words = [str(word) for word in command]
        program = next(word for word in words if word in {"buildah", "mmdebstrap", "ctr"})
        words = words[words.index(program) :]
        self.calls.append(words)
        if program == "mmdebstrap":
            assert env
            Path(words[-1]).write_text("half", encoding="utf-8")
        if "push" in words:
            Path(words[-1].split(":")[1]).write_text("half", encoding="utf-8")
        if self.failing and self.failing in words:
            message = f"{doing} failed"
            raise ToolError(message)
        return "\n".join(self.loaded) if program == "ctr" else "container\n"

    def with_word(self, word: str) -> list[list[str]]:
        """Return the commands with this word."""
        return [call for call in self.calls if word in call]
