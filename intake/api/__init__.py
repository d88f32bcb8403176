"""JSON for citizens, staff programs and other authorities (docs/openapi.json)."""
