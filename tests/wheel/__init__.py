"""Checks what users get: the wheel and the sdist, installed away from the repository. `make wheel-check` runs it."""
