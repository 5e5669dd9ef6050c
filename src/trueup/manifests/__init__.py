"""One file per format: text → facts with the lines they stand on."""
