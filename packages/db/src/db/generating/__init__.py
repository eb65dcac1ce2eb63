"""Writing revisions from the models: Alembic's autogeneration, and what it does not see."""

from .errors import FileThereError, GeneratingError, MessageError, RevisionDoesNotRunError
from .generate import Generated, NothingChanged, generate

__all__ = [
    "FileThereError",
    "Generated",
    "GeneratingError",
    "MessageError",
    "NothingChanged",
    "RevisionDoesNotRunError",
    "generate",
]
