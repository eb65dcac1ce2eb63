"""The root of the errors of db."""


class DbError(Exception):
    """Anything that db raises by itself. What core and SQLAlchemy raise passes through."""
