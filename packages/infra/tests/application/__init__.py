"""The application stack's constructs, of a manifest that was made up for these tests: one of every kind of access."""
