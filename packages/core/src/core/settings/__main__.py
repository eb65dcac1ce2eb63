"""Print the table of docs/environment.md."""

import sys

from .document import render_table

sys.stdout.write(render_table())
