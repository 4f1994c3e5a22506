"""What each script of the product answers on a simulated host: one function a script, returning the shape of its fact."""
