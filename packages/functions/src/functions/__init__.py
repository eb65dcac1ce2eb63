"""The Lambda functions: the manifest that declares them, and a folder for each."""
