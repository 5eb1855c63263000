"""What changes returns, refunds and exchanges."""
