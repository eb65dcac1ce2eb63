"""What stands for an AWS account on a laptop: every ARN and every signature of the local stage says the same."""

ACCOUNT = "000000000000"
"""The account that everything local is in: no real one has this number."""
REGION = "us-east-1"
"""The region that everything local is in."""
