"""What the deployment is meant to be: topology, product, what it implies."""
