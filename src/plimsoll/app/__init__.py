"""Use cases: one function a question a user asks; the model-file schema."""
