"""Fills the template of a postmortem: the default, or a team's own, which can only access the facts."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from collector.bounded_file import content
from collector.errors import UsageError

if TYPE_CHECKING:
    import jinja2

DEFAULT_TEMPLATE = Path(__file__).parent / "templates" / "postmortem.md.j2"


class Template(Struct, frozen=True):
    """A template that was parsed without errors."""

    compiled: "jinja2.Template"
    culprit: str
    """The option or setting that named the template, and its path; error messages begin with it."""

    def filled(self, facts: Mapping[str, object]) -> str:
        """The text of the postmortem. Raises UsageError, which names the template and the line."""
        from jinja2 import TemplateError

        try:
            return self.compiled.render(facts)
        except TemplateError as error:
            raise _refusal(self.culprit, _line(error), error.message or type(error).__name__) from None
        except (
            ArithmeticError, LookupError, MemoryError, RecursionError, TypeError, ValueError, AttributeError
        ) as error:  # fmt: skip
            # Faulty expressions of a template raise Python's own errors.
            raise _refusal(self.culprit, _line(error), f"{type(error).__name__}: {error}") from None


def read_template(file: Path | None, culprit: str) -> Template:
    """The template in `file`, or the default. Raises UsageError with `culprit` and, if known, the line."""
    from jinja2 import StrictUndefined, TemplateSyntaxError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    # No autoescape: the facts are already escaped as Markdown.
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False)
    try:
        return Template(environment.from_string(content(file or DEFAULT_TEMPLATE, culprit).decode()), culprit)
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise _refusal(culprit, line, "is not UTF-8 text; save the file as UTF-8") from None
    except TemplateSyntaxError as error:
        raise _refusal(culprit, error.lineno, error.message or "is no template") from None
    except RecursionError:
        raise UsageError(f"{culprit}: is nested too deep") from None


def _line(error: Exception) -> int:
    """The line of the template that raised the error, or 0. Jinja puts the template's lines into the traceback."""
    line, frame = 0, error.__traceback__
    while frame is not None:
        if frame.tb_frame.f_code.co_filename == "<template>":
            line = frame.tb_lineno
        frame = frame.tb_next
    return line


def _refusal(culprit: str, line: int, reason: str) -> UsageError:
    return UsageError(f"{culprit}: line {line}: {reason}" if line else f"{culprit}: {reason}")
