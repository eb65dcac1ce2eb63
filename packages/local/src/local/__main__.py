"""`python -m local COMMAND`: what most nox sessions run."""

import sys

from .cli import main

sys.exit(main(sys.argv[1:]))
