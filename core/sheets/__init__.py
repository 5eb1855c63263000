"""Sheets of paper: described once as elements, drawn as PDF for any printer or ZPL for labels.

`elements` and `wording` are pure; `fonts`, `pdf` and `zpl` draw. Everything is measured in dots of
203 per inch, origin at the top left.
"""
