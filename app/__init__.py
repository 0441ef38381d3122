"""The service: HTTP, pages and words around the engine."""
