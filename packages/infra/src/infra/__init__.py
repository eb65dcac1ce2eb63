"""The AWS side: what is built and deployed."""
