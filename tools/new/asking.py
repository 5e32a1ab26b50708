"""Answers to the questions: from options, from a terminal, or the defaults; each is checked at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, cast

import settings
from settings import Settings, SettingsError
from settings.reading.keys import KEYS, SECRETS
from tools.errors import ToolError
from tools.local.images import UNBUILT
from tools.new.questions import QUESTIONS, Question, first_sentence
from tools.steps import console, say

_SEALED: Final = {"secure": "v1:abc="}
"""Stands for a secret that is set later."""


@dataclass(frozen=True, kw_only=True)
class Answers:
    """The answers so far."""

    given: Mapping[str, str]
    """By the name of their question."""
    values: Mapping[str, object] = field(default_factory=dict[str, object])
    """What they set, by key."""
    comments: Mapping[str, str] = field(default_factory=dict[str, str])
    """Comments, by key."""
    places: frozenset[str] = frozenset()
    """Keys, and parts of keys, that were decided: a mistake there is one of the answers."""

    def with_answer(self, question: Question, answer: str) -> "Answers":
        """Return the answers with another one."""
        own = question.values(answer)
        values = self.values
        for path, value in own.items():
            values = _with(values, path, value)
        comments = {_key(path): first_sentence(path) for path in own}
        if answer in question.choices and own:
            comments[_key(next(iter(own)))] = f"{question.ask} {question.choices[answer].text}".replace("`", "")
        return Answers(
            given={**self.given, question.name: answer},
            values=values,
            comments={**self.comments, **comments},
            places=self.places | {question.name, *question.decides, *own},
        )

    @property
    def mistakes(self) -> list[str]:
        """The mistakes of the answers, in the words of the settings; what is still to be asked is none."""
        return [
            mistake
            for mistake in _mistakes(self.values)
            if any(_is_part(mistake.partition(": ")[0], place) for place in self.places)
        ]

    @property
    def secrets(self) -> list[str]:
        """Secrets that the stack needs."""
        keys = {mistake.partition(":")[0] for mistake in _mistakes(self.values)}
        return [key for key in KEYS if key in keys & SECRETS]  # in the order of the settings

    def settings(self) -> Settings:
        """Return the settings, as if the secrets were set.

        Raises:
            SettingsError: They have mistakes.
        """
        built = UNBUILT if self.given["where"] == "local" else {}  # by `make up`
        return settings.parse({**built, **self.values, **dict.fromkeys(self.secrets, _SEALED)})


def answered(stack: str, options: Mapping[str, str], *, interactive: bool) -> Answers:
    """Return the answers to all questions.

    Args:
        stack: Name of the stack.
        options: Answers that are given already, by the name of their question.
        interactive: Whether somebody answers the others, and wrong ones again. If not, the others have their default.

    Raises:
        ToolError: Without somebody, answers are missing or wrong: all of them are listed.
        EOFError, KeyboardInterrupt: The person ended the input.
    """
    answers = Answers(given={"stack": stack})
    mistakes: list[str] = []
    for question in QUESTIONS:
        if question.when(answers.given):
            answers, wrong = _answer(question, answers, options, interactive=interactive)
            mistakes += [f"--{question.name}: {mistake}" for mistake in wrong]
    if not mistakes:
        unused = [name for name in options if name not in answers.given]
        mistakes = [f"--{name}: does not go with the other answers; remove it" for name in unused]
    if mistakes:
        raise ToolError("\n".join([f"Pulumi.{stack}.yaml is not written:", *(f"  * {one}" for one in mistakes)]))
    return answers


def _answer(
    question: Question, answers: Answers, options: Mapping[str, str], *, interactive: bool
) -> tuple[Answers, list[str]]:
    answer = options.get(question.name)
    while True:
        if answer is None:
            answer = _read(question, answers) if interactive else question.default(answers.given)
        found, wrong = _tried(question, answer, answers)
        if not wrong or not interactive:
            return found, wrong
        for mistake in wrong:
            say(f"  {mistake}")
        answer = None


def _tried(question: Question, answer: str, answers: Answers) -> tuple[Answers, list[str]]:
    """Return the answers with another one, and its mistakes."""
    if question.choices and answer not in question.choices:
        names = ", ".join(question.choices)
        return answers, [f"{answer!r} is none of the answers: {names}" if answer else f"is not answered: {names}"]
    found = answers.with_answer(question, answer)
    return found, [mistake for mistake in found.mistakes if mistake not in answers.mistakes]


def _read(question: Question, answers: Answers) -> str:
    """Ask on the terminal; an empty answer is the default."""
    default = question.default(answers.given)
    say(f"\n{question.text}")
    # Only those that go with the other answers.
    offered = [name for name in question.choices if not _tried(question, name, answers)[1]]
    for name in offered:
        say(f"  {name:<16} {question.choices[name].text}")
    shown = f" [{default}]" if default in offered or (default and not offered) else ""
    return console.input(f"{question.name}{shown}: ", markup=False).strip() or default


def _mistakes(values: Mapping[str, object]) -> tuple[str, ...]:
    try:
        settings.parse(values)
    except SettingsError as error:
        return error.mistakes
    return ()


def _key(path: str) -> str:
    """Return the key of a path, such as `endpoint.gateway` of `endpoint.gateway.name`."""
    return next((key for key in KEYS if path == key or path.startswith(f"{key}.")), path)


def _with(values: Mapping[str, object], path: str, value: object) -> dict[str, object]:
    """Return the values with another one; a part of a map is added to it."""
    key = _key(path)
    if key == path:
        return {**values, key: value}
    part = path.removeprefix(f"{key}.")
    return {**values, key: {**cast("dict[str, object]", values.get(key, {})), part: value}}


def _is_part(place: str, key: str) -> bool:
    return place == key or place.startswith((f"{key}.", f"{key}["))
