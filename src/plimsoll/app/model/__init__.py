"""The model file: one YAML document that describes a system, read into the types of the pure packages."""

from plimsoll.app.model.loading import DEFAULT_FILE, Model, load_model, model_from_text

__all__ = ["DEFAULT_FILE", "Model", "load_model", "model_from_text"]
