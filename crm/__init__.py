"""The connectors to customer-relationship systems, over HTTP. May import domain."""
