"""Fills a postmortem's template: ours, or a team's own, which can reach nothing but the facts."""

from collections.abc import Mapping
from pathlib import Path

from collector.errors import UsageError

OURS = Path(__file__).parent / "templates" / "postmortem.md.j2"


def filled(template: Path | None, facts: Mapping[str, object]) -> str:
    """The text of the postmortem. Raises UsageError, which names the template and the line."""
    from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    name = template or OURS
    # The facts are Markdown already, escaped by us.
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False)
    try:
        return environment.from_string(name.read_bytes().decode()).render(facts)
    except UnicodeDecodeError:
        raise UsageError(f"--template {name}: is not in UTF-8; save it as UTF-8") from None
    except OSError as error:
        raise UsageError(f"--template {name}: cannot be read ({error.strerror or type(error).__name__})") from None
    except TemplateSyntaxError as error:
        raise UsageError(f"--template {name}: line {error.lineno}: {error.message}") from None
    except TemplateError as error:
        raise UsageError(f"--template {name}: {error.message or type(error).__name__}") from None
    except (ArithmeticError, LookupError, MemoryError, RecursionError, TypeError, ValueError, AttributeError) as error:
        # What the expressions of a template do wrong, Python raises.
        raise UsageError(f"--template {name}: {type(error).__name__}: {error}") from None
