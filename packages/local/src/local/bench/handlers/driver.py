"""A handler that does nothing but load psycopg: what every function with a database loads."""

import psycopg

_driver = psycopg


def handler(_event: object, _context: object) -> dict[str, object]:
    """Answer an empty object."""
    return {}
