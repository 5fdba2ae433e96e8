"""What callers see: GraphQL types, inputs, results and schema, the HTTP application, settings and commands.

A field body is one await into resolvers and one wrap. May import resolvers and domain; the composition
root alone also persistence and crm.
"""
