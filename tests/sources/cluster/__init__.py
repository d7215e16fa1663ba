"""What is true of a cluster, whatever the evidence."""
