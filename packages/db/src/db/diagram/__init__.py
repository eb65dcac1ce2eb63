"""The schema as an entity diagram, made from the models: in Mermaid, which GitHub draws, and drawn as SVG.

`python -m db.diagram` prints it in Mermaid; `python -m db.diagram docs/entities.md` brings the page up to date that
shows it.
"""

from .entities import Attribute, Entity, Reference, entities, references
from .mermaid import entity_diagram
from .page import PageError, in_page
from .picture import PLACES, entity_picture

__all__ = [
    "PLACES",
    "Attribute",
    "Entity",
    "PageError",
    "Reference",
    "entities",
    "entity_diagram",
    "entity_picture",
    "in_page",
    "references",
]
