const operations = import.meta.glob('../../operations/0*.graphql', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const variables = import.meta.glob('../../operations/0*.variables.json', {
  query: '?raw',
  import: 'default',
  eager: true,
});

const examples = Object.keys(operations)
  .sort()
  .map((path) => ({
    query: operations[path].trimEnd(),
    variables: variables[path.replace(/\.graphql$/, '.variables.json')]?.trimEnd() ?? '',
  }));

/** One tab for each operation that a newcomer meets first: those whose number begins with 0, in its order. */
export function defaultTabs(headers) {
  return examples.map((example) => ({ ...example, headers }));
}

/** Names this set of examples: another release with other examples starts with those, not with the saved ones. */
export const fingerprint = [...JSON.stringify(examples)]
  .reduce((hash, character) => (Math.imul(hash, 31) + character.codePointAt(0)) | 0, 7)
  .toString(36);
