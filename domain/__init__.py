"""Frozen values and pure rules. No input or output, no framework.

May import the standard library and the value libraries (phonenumbers, email-validator).
"""
