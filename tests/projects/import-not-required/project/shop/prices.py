"""What things cost."""

PRICES = {"apple": 3}
