"""A handler that does nothing: what the runtime alone takes."""


def handler(_event: object, _context: object) -> dict[str, object]:
    """Answer an empty object."""
    return {}
