"""Writes a Timeline: one module per format, each a pure function from a Timeline to text."""
