"""Incidents that the product is measured on: how they are made, and how well it reads them."""
