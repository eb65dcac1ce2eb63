"""The commands that a person runs on the local stage."""
