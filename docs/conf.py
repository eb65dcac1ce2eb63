"""How the documentation is built: Sphinx, with pages in Markdown."""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from db.diagram import entity_diagram, picture
from db.models import Base

project = "mocstack"
author = "the mocstack team"
extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence"]
myst_fence_as_directive = ["mermaid"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "mocstack"
exclude_patterns = ["_build"]


class EntityDiagram(SphinxDirective):
    """The diagram of the models, which GitHub draws by Mermaid; here it is a picture, and no page loads a script."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the picture, in a frame that scrolls where it is wider than the page."""
        if "\n".join(self.content).strip() != entity_diagram(Base.metadata).strip():
            raise self.error("this is not what the models say: `uv run python -m db.diagram docs/entities.md`")
        self.env.note_dependency(picture.__file__)
        drawn = picture.entity_picture(Base.metadata)
        return [nodes.raw("", f'<div style="overflow-x: auto">{drawn}</div>', format="html")]


def setup(app: Sphinx) -> None:
    """Have Sphinx show the diagram."""
    app.add_directive("mermaid", EntityDiagram)
