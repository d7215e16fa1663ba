"""Requests to the API server of a cluster: connection, pages, and which parts of the answers are kept."""
