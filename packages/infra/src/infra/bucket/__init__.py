"""The bucket of a stage, and the CDN before it where that is switched on."""

from .bucket import Bucket

__all__ = ["Bucket"]
