"""The 12345 hotline: wire format, calls, signatures, local counterpart."""
