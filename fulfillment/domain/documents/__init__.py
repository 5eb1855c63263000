"""The floor's documents: what they say (`content`) and where it stands on paper. Pure.

`slips`, `customs`, `labels` and `lists` turn content into pages of `core.sheets`; the same pages
become PDF and ZPL. Their words go through the `gettext` they are given.
"""
