"""What must hold beyond the criteria: permissions, names, limits, replacement, linters, and that checks can fail."""
