"""The studio: a person's view of the tables in a browser, to look things up and to put them right.

It is for a database on the same machine. It connects as the role that functions have, so that it reaches rows and
nothing else, answers only to the names it is told, takes writes from its own pages alone, and loads nothing from
anywhere else. `docs/decisions/studio.md` says why it is built on starlette-admin.
"""

from .app import studio

__all__ = ["studio"]
