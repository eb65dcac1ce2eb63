"""Provisioning: run by a deployment as a custom resource before everything else, and by hand."""
