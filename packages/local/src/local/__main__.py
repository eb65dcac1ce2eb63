"""`python -m local COMMAND`: what the nox sessions dev, invoke, shell, reset and stop run."""

import sys

from .cli import main

sys.exit(main(sys.argv[1:]))
