"""Changes that are not released yet; see README.md of this folder."""
