"""Forms of returns, a module per topic."""
