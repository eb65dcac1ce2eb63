"""The commands of the cloud: a module for each nox session, and what they share."""
