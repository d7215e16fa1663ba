"""Problems in the settings of a source, described without repeating any value, which may be a secret."""

import re
import typing

from msgspec import Struct
from pydantic import BaseModel, ValidationError

from collector.unknown_names import did_you_mean

_SECRET = re.compile(r"token|passw|secret|credential|api_?key|authorization|bearer", re.IGNORECASE)


class Problem(Struct, frozen=True):
    """One problem in some settings."""

    location: str
    """Dotted path to the key; empty if the problem is about several keys together."""
    problem: str
    allowed: tuple[str, ...] = ()
    """The allowed values or keys, if they can be listed."""

    def __str__(self) -> str:
        """The problem on one line."""
        allowed = f"; allowed: {', '.join(self.allowed)}" if self.allowed else ""
        return f"{self.location}{': ' if self.location else ''}{self.problem}{allowed}"


class SettingsError(Exception):
    """The settings of a source cannot be used."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        """`problems` has at least one item."""
        super().__init__("; and ".join(str(problem) for problem in problems))
        self.problems = problems


def problems(error: ValidationError, model: type[BaseModel]) -> tuple[Problem, ...]:
    """The problems that pydantic found in data for `model`, without the data."""
    return tuple(_problem(part["type"], part["loc"], part["msg"], model) for part in error.errors())


def _problem(type_: str, path: tuple[str | int, ...], message: str, model: type[BaseModel]) -> Problem:
    location = ".".join(str(part) for part in path)
    if type_ == "missing":
        return Problem(location, "missing")
    if type_ == "extra_forbidden":
        allowed = tuple(sorted(_keys(model, path[:-1])))
        if _SECRET.search(str(path[-1])) and "token_env" in allowed:
            return Problem(location, "secrets are not kept here; use token_env, token_file or token_command", allowed)
        return Problem(location, f"unknown key{did_you_mean(str(path[-1]), allowed)}", allowed)
    plain = message.removeprefix("Value error, ").replace("valid dictionary", "table")
    return Problem(location, plain[:1].lower() + plain[1:])


def _keys(model: type[BaseModel], path: tuple[str | int, ...]) -> list[str]:
    """The allowed keys at `path` in data for `model`."""
    for part in path:
        if isinstance(part, str) and part in model.model_fields:
            model = _model_in(model.model_fields[part].annotation) or model
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_in(annotation: object) -> type[BaseModel] | None:
    """The model inside an annotation such as `list[Query] | None`; None if it has none."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in typing.get_args(annotation) if (found := _model_in(part))), None)
