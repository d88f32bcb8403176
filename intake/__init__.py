"""Complaint intake: channels in, supervision queues inside, connectors out (docs/architecture.md)."""
