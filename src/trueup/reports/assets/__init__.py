"""The style and script of the HTML pages: package data, put into every page whole."""
