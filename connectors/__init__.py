"""Leaf library: one folder per outside system, imports nothing of ours."""
