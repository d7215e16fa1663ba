"""Asking the API server of a cluster: connection, pages, and what is kept of the answers."""
