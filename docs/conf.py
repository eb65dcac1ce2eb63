"""How the documentation is built: Sphinx, with pages in Markdown."""

project = "mocstack"
author = "the mocstack team"
extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "mocstack"
exclude_patterns = ["_build"]
