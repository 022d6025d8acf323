"""The example application that the demo drives: a small HTTP service with a real cost per request. Imports no room."""
