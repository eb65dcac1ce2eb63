"""When S3 moves files: what the templates ask for, and what a preflight looks for in a bucket that is reused."""

from typing import Final

COLD_AFTER: Final = 90
"""Days after which a file moves to STANDARD_IA (acceptance 1.6.5). S3 leaves files under 128 KiB where they are."""
