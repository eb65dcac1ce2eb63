"""The two stacks themselves, beyond the numbers of the criteria."""

from templates.model import Templates

from .finding import Findings, differs


def protected(templates: Templates) -> Findings:
    """Termination protection: both stacks have it where data is kept, and neither where a stage comes and goes."""
    expected = templates.config.sizing != "dev"
    for part, given in templates.written.protected.items():
        yield from differs(f"the termination protection of the {part} stack", given, expected)
