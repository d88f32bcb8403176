"""Rows, repositories, transactions, sealing."""
