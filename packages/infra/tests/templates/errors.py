"""The root of what the readers of templates raise."""


class UnreadableError(Exception):
    """A template is of a form that a reader does not know, so that nothing can be said of it."""
