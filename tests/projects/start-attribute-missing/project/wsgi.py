"""What gunicorn looks for when only a module is named."""

from app import app as application

__all__ = ["application"]
