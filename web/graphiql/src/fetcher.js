import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { getIntrospectionQuery } from 'graphql';

// With @oneOf, so that the editors know which inputs take exactly one member.
const introspection = getIntrospectionQuery({
  inputValueDeprecation: true,
  oneOf: true,
  schemaDescription: true,
  specifiedByUrl: true,
});

/** Queries and mutations by HTTP, subscriptions by WebSocket with the same headers as connection parameters. */
export function createFetcher(endpoint, token) {
  const socket = new URL(endpoint, window.location.href);
  socket.protocol = socket.protocol.replace('http', 'ws');
  const fetcher = createGraphiQLFetcher({
    url: endpoint,
    subscriptionUrl: socket.href,
    enableIncrementalDelivery: false,
  });
  return (params, options) => {
    if (params.operationName !== 'IntrospectionQuery') return fetcher(params, options);
    // GraphiQL asks for the schema before its headers editor is there.
    const headers = options?.headers ?? (token ? { Authorization: `Bearer ${token}` } : {});
    return fetcher({ ...params, query: introspection }, { ...options, headers });
  };
}
