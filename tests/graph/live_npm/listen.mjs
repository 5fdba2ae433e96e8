// Listens with the client of a library: node listen.mjs ws|sse <url> <token> contactChanged <contact id>
//                                    or: node listen.mjs ws|sse <url> <token> queueChanged [<team id>]
// Prints one line of JSON for each answer, and for each error with which a subscription ends. Goes on where it was
// whenever the connection is lost: the libraries connect again by themselves, and send the request as it is by then.
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import WebSocket from 'ws';

const [transport, url, token, field, id] = process.argv.slice(2);

const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
const again = { retryAttempts: Infinity, retry: () => new Promise((resolve) => setTimeout(resolve, 100)) };
const client =
  transport === 'ws'
    ? createWsClient({
        url: url.replace('http', 'ws'),
        webSocketImpl: WebSocket,
        connectionParams: { Authorization: `Bearer ${token}` },
        shouldRetry: () => true,
        retryAttempts: again.retryAttempts,
        retryWait: again.retry,
      })
    : createSseClient({
        url,
        headers: { Authorization: `Bearer ${token}` },
        retryAttempts: again.retryAttempts,
        retry: again.retry,
      });

// A query over the same connection first, as a panel would.
const viewer = await new Promise((resolve, reject) => {
  client.subscribe({ query: '{ viewer { name } }' }, { next: resolve, error: reject, complete: () => {} });
});
say(viewer.data);

const queries = {
  contactChanged: `subscription ($id: ID!, $after: String) { contactChanged(id: $id, after: $after) {
    cursor kind event { ... on NoteAddedEvent { note { body } } } } }`,
  queueChanged: `subscription ($id: ID, $after: String) { queueChanged(team: $id, after: $after) {
    cursor kind conversationId conversation { externalId teams { name } } } }`,
};
const request = { query: queries[field], variables: { id: id ?? null, after: null } };
client.subscribe(request, {
  next: ({ data, errors }) => {
    if (data?.[field]) request.variables.after = data[field].cursor;
    say(errors ? { codes: errors.map((each) => each.extensions.code) } : data[field]);
  },
  error: (error) => say({ codes: Array.isArray(error) ? error.map((each) => each.extensions.code) : String(error) }),
  complete: () => say({ complete: true }),
});
