"""What is true of a Kubernetes cluster whatever the evidence: its objects, and facts about them. No I/O."""
