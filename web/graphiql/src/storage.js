import { fingerprint } from './examples.js';

const PREFIX = 'contact-graph:';
const TABS = 'graphiql:tabState';
const SESSION = [TABS, 'graphiql:query', 'graphiql:variables'];
const HISTORY = ['graphiql:queries', 'graphiql:favorites'];

/**
 * What GraphiQL keeps in the browser, apart from other projects that share the origin of a development machine.
 * The history keeps headers, and so would keep tokens: they are left out when it is written, and when it is
 * read back each entry gets `headers`, those of this page load.
 */
export function createStorage(headers) {
  const local = localStorageIfAllowed();
  if (!local) return null;
  dropOtherSessions(local);
  return {
    getItem: (key) => withHistoryHeaders(key, local.getItem(nameOf(key)), headers),
    setItem: (key, value) => local.setItem(nameOf(key), withHistoryHeaders(key, value, undefined)),
    removeItem: (key) => local.removeItem(nameOf(key)),
    clear: () => ownKeys(local).forEach((key) => local.removeItem(key)),
    get length() {
      return ownKeys(local).length;
    },
  };
}

/** Whether the tabs of an earlier visit are there to be opened again. */
export function hasSession(storage) {
  return Boolean(storage?.getItem(TABS));
}

function localStorageIfAllowed() {
  try {
    return window.localStorage;
  } catch {
    return null; // The browser forbids it: everything works, and nothing is kept.
  }
}

function nameOf(key) {
  return SESSION.includes(key) ? `${PREFIX}${key}:${fingerprint}` : `${PREFIX}${key}`;
}

function ownKeys(local) {
  return Object.keys(local).filter((key) => key.startsWith(PREFIX));
}

function dropOtherSessions(local) {
  const current = SESSION.map(nameOf);
  ownKeys(local)
    .filter((name) => SESSION.some((key) => name.startsWith(PREFIX + key)) && !current.includes(name))
    .forEach((name) => local.removeItem(name));
}

function withHistoryHeaders(key, value, headers) {
  if (!value || !HISTORY.includes(key)) return value;
  return JSON.stringify(JSON.parse(value), (name, each) =>
    Array.isArray(each) ? each.map((entry) => ({ ...entry, headers })) : each,
  );
}
