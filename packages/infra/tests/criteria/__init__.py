"""The acceptance criteria of stories 1.2 to 1.6 and 1.8 as checks of templates, and a test for each.

A check yields what it finds wrong, nothing where all is right: the mutation tests call the same checks.

Shown elsewhere, where something runs: that the index templates reach OpenSearch (1.5.5) by the tests of
`db.provisioning`; the answer of the health check (1.8.6) by those of `functions.health`; the local stage (1.8.8) by
those of `local`; what `deploy` does (1.8.9) by those of `infra.commands`. Of snapshots (1.5.8) a template says nothing:
the service takes them each hour and keeps them for 14 days by itself.
"""
