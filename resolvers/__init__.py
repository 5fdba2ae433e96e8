"""How a field gets its answer and what a mutation does: plain async functions over domain values.

Never hears of GraphQL or of MongoDB's names. May import domain, persistence and crm.
"""
