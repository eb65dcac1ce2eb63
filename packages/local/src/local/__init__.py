"""The local stage: the whole application on a laptop, on genuine engines, without Docker."""
