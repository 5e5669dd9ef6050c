"""Rows that checks look up; each has its source and the day it was read."""
