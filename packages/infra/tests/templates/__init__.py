"""What the tests of the templates share: stages synthesized once a run, read as CloudFormation reads them."""
