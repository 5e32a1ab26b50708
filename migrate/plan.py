"""What becomes of a chart's values: settings, secrets, code, and an answer for each value."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from migrate.values import Key, at, is_map, key_of, list_of, map_of


class Kind(StrEnum):
    """Kinds of answers."""

    SETTING = "setting"
    """A setting of the stack says it."""
    CODE = "code"
    """A line of `hub.extraConfig` says it."""
    SAME = "same"
    """Nothing has to say it: it is always so here, or has no counterpart that somebody misses."""
    REFUSED = "refused"
    """It cannot be said: the text says why, and how to reach the same."""
    UNKNOWN = "unknown"
    """This program does not know the key."""


@dataclass(frozen=True)
class Answer:
    """What becomes of one value."""

    kind: Kind
    text: str
    """Keys of the settings, or the reason."""


@dataclass(frozen=True)
class Code:
    """A piece of `hub.extraConfig`."""

    name: str
    text: str


@dataclass
class Plan:
    """The stack that does what a chart's values say."""

    values: Mapping[str, object]
    """The chart's values, each below its one name."""
    settings: dict[str, object] = field(default_factory=dict[str, object])
    """Settings by key, without secrets."""
    origins: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """By key of a setting: the values that it comes from."""
    secrets: dict[str, object] = field(default_factory=dict[str, object])
    """Secret settings by key. No output has them."""
    code: list[Code] = field(default_factory=list[Code])
    tasks: list[str] = field(default_factory=list[str])
    """What has to be done by hand before the first `pulumi up`."""
    parts: dict[str, Key] = field(default_factory=dict[str, Key])
    """By part of a setting, such as `hub.environment.DEBUG` or `hub.volumes[0]`: the value that it comes from."""
    answers: dict[Key, Answer] = field(default_factory=dict[Key, Answer])
    """By path of a value, or of a map with values that have no answer of their own."""

    def get(self, path: str | Key) -> object:
        """Return the chart's value at a path, such as `singleuser.cpu.limit`; None if it is not set."""
        return at(self.values, path)

    def set(self, key: str, value: object, *paths: str | Key) -> None:
        """Set a setting that says what the values at the paths say."""
        self.settings[key] = value
        self.note(key, *paths)

    def add(self, key: str, items: list[object], *paths: str | Key) -> None:
        """Append to a setting that is a list, without doubles."""
        there = self.settings.get(key)
        now: list[object] = list_of(there)
        added = [item for item in items if item not in now]
        for number in range(len(now), len(now) + len(added)):
            self.parts[f"{key}[{number}]"] = key_of(paths[0])
        self.settings[key] = [*now, *added]
        self.note(key, *paths)

    def update(self, key: str, parts: Mapping[str, object], *paths: str | Key) -> None:
        """Set parts of a setting that is a map."""
        self.settings[key] = {**map_of(self.settings.get(key)), **parts}
        for name in parts:
            if len(paths) == 1:
                self.parts[f"{key}.{name}"] = key_of(paths[0])
        self.note(key, *paths)

    def secret(self, key: str, value: object, *paths: str | Key) -> None:
        """Set a secret setting; a map adds to the one that is there."""
        self.secrets[key] = {**map_of(self.secrets.get(key)), **map_of(value)} if is_map(value) else value
        self.answer(Kind.SETTING, f"`{key}`, a secret", *paths)

    def write(self, name: str, text: str, *paths: str | Key) -> None:
        """Add code to `hub.extraConfig`."""
        self.code.append(Code(name, text))
        self.answer(Kind.CODE, "`hub.extraConfig`", *paths)

    def same(self, why: str, *paths: str | Key) -> None:
        """Say that nothing has to be set for the values at the paths, and why."""
        self.answer(Kind.SAME, why, *paths)

    def withdraw(self, mistakes: Iterable[str]) -> None:
        """Take parts out of settings that cannot have them, and refuse the values that they come from.

        Args:
            mistakes: What is wrong: a part of a setting, such as `hub.environment.DEBUG`, a colon, and the reason.
        """
        gone: dict[str, set[int]] = {}
        for mistake in mistakes:
            part = next((part for part in self.parts if re.match(rf"{re.escape(part)}(?:\.[^:]*)?: ", mistake)), None)
            if part is None:
                continue
            source = self.parts[part]
            self.answers[source] = Answer(Kind.REFUSED, mistake)
            key, _, number = part.rstrip("]").rpartition("[")
            if key:
                gone.setdefault(key, set()).add(int(number))
            else:
                key = next(key for key in self.settings if part.startswith(f"{key}."))
                whole = map_of(self.settings[key])
                whole.pop(part.removeprefix(f"{key}."), None)
                self.settings[key] = whole
        for key, numbers in gone.items():
            items = enumerate(list_of(self.settings[key]))
            self.settings[key] = [item for number, item in items if number not in numbers]
        self.settings = {key: value for key, value in self.settings.items() if value not in ({}, [])}

    def refuse(self, why: str, *paths: str | Key) -> None:
        """Say that the values at the paths cannot be translated, why, and how to reach the same."""
        self.answer(Kind.REFUSED, why, *paths)

    def refuse_part(self, why: str, *paths: str | Key) -> None:
        """Say that a part of the values at the paths cannot be translated, also if other parts are."""
        for path in paths:
            self.answers[key_of(path)] = Answer(Kind.REFUSED, why)

    def task(self, text: str) -> None:
        """Add something to do by hand before the first `pulumi up`."""
        if text not in self.tasks:
            self.tasks.append(text)

    def answer(self, kind: Kind, text: str, *paths: str | Key) -> None:
        """Answer for the values at the paths that are set, and have no answer yet."""
        for path in paths:
            key = key_of(path)
            if self.get(key) is not None:
                self.answers.setdefault(key, Answer(kind, text))

    def answer_of(self, leaf: Key) -> Answer:
        """Return the answer for a value: its own, or that of the nearest map around it."""
        for length in range(len(leaf), 0, -1):
            if (found := self.answers.get(leaf[:length])) is not None:
                return found
        if not self.get(leaf):
            return Answer(Kind.SAME, "empty")
        return Answer(Kind.UNKNOWN, "not a key that this program knows")

    def note(self, key: str, *paths: str | Key) -> None:
        """Say that a setting says what the values at the paths say."""
        names = [".".join(key_of(path)) for path in paths if self.get(path) is not None]
        self.origins[key] = [*self.origins.get(key, []), *names]
        self.answer(Kind.SETTING, f"`{key}`", *paths)
