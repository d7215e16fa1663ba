"""A cluster as far as tests play it: one client of the API server, and kubelets that follow a script."""
