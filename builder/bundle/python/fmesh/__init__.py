"""What a Python handler may import: the error whose text its caller may read, and the errors of calls it makes."""

from .errors import MeshError, PublicError

__all__ = ["MeshError", "PublicError"]
