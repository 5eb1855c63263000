"""Services of the orders app: the only code that writes its tables."""
