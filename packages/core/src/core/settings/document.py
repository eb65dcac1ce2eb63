"""The variables of a stage as the table in docs/environment.md; `python -m core.settings` prints it."""

from .schema import Variable, variable_name, variables
from .stage import SIZINGS

# The columns of the stages are those of SIZINGS; a laptop needs nothing.
_HEAD = """\
| variable | what it must be | what it is for | local | dev, personal | staging | production |
|---|---|---|---|---|---|---|
"""


def render_table() -> str:
    """Return the table in Markdown."""
    return _HEAD + "".join(_row(field, variable) for field, variable in variables().items())


def _row(field: str, variable: Variable) -> str:
    needs = " | ".join("required" if sizing in variable.required else _otherwise(variable) for sizing in SIZINGS)
    return f"| `{variable_name(field)}` | {variable.form} | {variable.purpose} | not read | {needs} |\n"


def _otherwise(variable: Variable) -> str:
    return f"required {variable.needed}" if variable.needed else "optional"
