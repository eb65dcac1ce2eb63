"""Changing what a link says."""

from typing import Final

from templates.edit import Edit

_FUNCTION: Final = "AWS::Lambda::Function"


def link(edit: Edit, name: str, old: str, new: str) -> None:
    """Change the text of a link of the health function, which is joined of parts."""
    variables = edit.one(_FUNCTION, "-health")["Environment"]["Variables"]
    parts = variables[f"LINK_{name}"]["Fn::Join"][1]
    variables[f"LINK_{name}"]["Fn::Join"][1] = [
        part.replace(old, new) if isinstance(part, str) else part for part in parts
    ]
