"""ClamAV, by the protocol of its daemon."""
