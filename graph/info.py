"""What a field body is given beside its arguments."""

import strawberry

from resolvers.context import Context

Info = strawberry.Info[Context, None]
