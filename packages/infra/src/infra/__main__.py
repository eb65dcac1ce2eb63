"""`python -m infra COMMAND STAGE`: what the nox sessions of the cloud run."""

import sys

from .cli import main

sys.exit(main(sys.argv[1:]))
