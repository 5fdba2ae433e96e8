// What the server tells the page: see graph/graphiql.py.
export const config = JSON.parse(document.getElementById('contact-graph-config').textContent);

/** The text of the headers editor that presents `token`, with the other headers that `text` has. */
export function headersFor(token, text = '{}') {
  if (!token) return undefined;
  let others = [];
  try {
    others = Object.entries(JSON.parse(text)).filter(([name]) => name.toLowerCase() !== 'authorization');
  } catch {
    // Half-typed headers could not be sent anyway.
  }
  return JSON.stringify({ Authorization: `Bearer ${token}`, ...Object.fromEntries(others) }, null, 2);
}

/** The demo token that a text of the headers editor holds. */
export function tokenIn(headers) {
  return config.tokens.find(({ token }) => headers.includes(token))?.token;
}
