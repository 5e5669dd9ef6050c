"""The builders' own test cases, read in place: see tests/conformance/_cases.py."""
