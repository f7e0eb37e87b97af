"""Inbound, thin: parse, one flow call, render, acknowledge."""
