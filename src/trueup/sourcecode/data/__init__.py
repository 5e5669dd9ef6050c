"""Data rows on servers, each with its source and the day it was checked."""
