"""What the connectors to other government systems share: access, field map, one signed JSON call, a local counterpart."""
