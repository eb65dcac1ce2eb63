"""The handlers that the bench runs beside ours. Each is copied alone into a bundle and imports nothing of ours."""
