"""One file per log rule."""
