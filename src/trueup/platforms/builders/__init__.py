"""The rule sets that platforms call: one per builder."""
