"""TOML rows by platform and builder; every row has its source and the day it was checked."""
