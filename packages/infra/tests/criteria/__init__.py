"""The acceptance criteria of stories 1.2 to 1.6 and 1.8 as checks of templates, and a test for each.

A check yields what it finds wrong, nothing where all is right: the mutation tests call the same checks.

Shown elsewhere, where something runs: that index templates and the snapshots' retention reach OpenSearch (1.5.5, 1.5.8)
by the tests of `db.provisioning`; the answer of the health check (1.8.6) by those of `functions.health`; the local stage
(1.8.8) by those of `local`; what `deploy` does (1.8.9) by those of `infra.commands`.
"""
