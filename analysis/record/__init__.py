"""The record of a run: what it was made from, whether its files are as recorded, and how two of them differ.

Also the append-only list of the versions of data files. Nothing is opened here.
"""
