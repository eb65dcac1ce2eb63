"""`GET /health`: proves that the stage is connected."""
