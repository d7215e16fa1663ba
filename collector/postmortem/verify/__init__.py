"""Looks up every time, number and name of a draft in the evidence."""
