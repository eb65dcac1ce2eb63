"""The architecture as a picture, read from the templates of the three stages.

`python -m infra.diagram docs/images/architecture.svg` draws it anew.
"""

from .architecture import Architecture, Arrow, Subnet, Thing, architecture
from .picture import draw

__all__ = ["Architecture", "Arrow", "Subnet", "Thing", "architecture", "draw"]
