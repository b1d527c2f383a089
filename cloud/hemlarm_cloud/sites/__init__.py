"""Whom the centre serves: sites and their people, who may decide what, keys, passwords, accounts, the audit log."""
