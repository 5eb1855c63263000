"""The carrier that needs no contract and no network: own numbers, own labels."""
