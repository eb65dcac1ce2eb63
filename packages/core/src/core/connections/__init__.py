"""Connections that fit Lambda: one each per execution environment, deadlines on the client's own clock."""
