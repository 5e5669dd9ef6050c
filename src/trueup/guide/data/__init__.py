"""Data of the report: categories of distributions, and what is done and seen on each platform."""
