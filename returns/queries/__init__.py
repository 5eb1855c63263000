"""What screens read about returns."""
