"""Renders a Timeline: one module per format, each with a pure function from a Timeline to its content."""
