"""A folder for PYTHONPATH: its `sitecustomize` keeps a lock tool from starting anything that could run others' code."""
