"""The acceptance criteria of stories 1.2 to 1.6 and 1.8 as checks of templates, and a test for each.

A check yields what it finds wrong, nothing where all is right: the mutation tests call the same checks.
"""
