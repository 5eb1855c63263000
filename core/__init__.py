"""No business nouns: jobs, events, audit, numbers, money, permissions, interface kit."""
