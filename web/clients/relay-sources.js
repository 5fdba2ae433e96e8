// Writes what Relay compiles into `generated/relay`: the schema, a module for each operation of `web/operations`, and
// the modules of `src/relay`.
//
// Relay reads operations from `graphql` tags in modules only, and insists on names there: an operation is called like
// its module and ends in Query, Mutation or Subscription; a fragment begins with the module's name and an underscore.
// In the tabs of GraphiQL such names would be noise, so they are given here. A fragment comes along with each operation
// that uses it, because its name ties it to one module.
import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { Kind, parse, print, separateOperations, visit } from 'graphql';

const here = import.meta.dirname;
const operations = path.join(here, '../operations');
const target = path.join(here, 'generated/relay');

const capitalized = (word) => word[0].toUpperCase() + word.slice(1);
const name = (value) => ({ kind: Kind.NAME, value });

/** Where a fragment may not fit the type, Relay wants it under a name of its own, which is null then. */
const alias = (value) => ({
  kind: Kind.DIRECTIVE,
  name: name('alias'),
  arguments: [{ kind: Kind.ARGUMENT, name: name('as'), value: { kind: Kind.STRING, value } }],
});

/** The module's name and its text, for a document of one operation and the fragments it uses. */
function moduleOf(document) {
  const operation = document.definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  const suffix = capitalized(operation.operation);
  const module = capitalized(operation.name.value.replace(new RegExp(`(?<=.)${suffix}$`), ''));
  const nameOf = (fragment) => name(`${module}_${fragment.name.value}`);
  let spreads = 0;
  const renamed = visit(document, {
    OperationDefinition: (node) => ({ ...node, name: name(`${module}${suffix}`) }),
    FragmentDefinition: (node) => ({ ...node, name: nameOf(node) }),
    FragmentSpread: (node) => {
      spreads += 1;
      return { ...node, name: nameOf(node), directives: [...node.directives, alias(`fragment${spreads}`)] };
    },
  });
  const tags = renamed.definitions.map((each) => `graphql\`\n${print(each)}\n\`;\n`);
  return { module, text: tags.join('\n') };
}

rmSync(target, { recursive: true, force: true });
mkdirSync(path.join(target, 'artifacts'), { recursive: true });
copyFileSync(path.join(here, '../../schema.graphql'), path.join(target, 'schema.graphql'));
cpSync(path.join(here, 'src/relay'), target, { recursive: true });

for (const file of readdirSync(operations).filter((each) => each.endsWith('.graphql'))) {
  const document = parse(readFileSync(path.join(operations, file), 'utf8'));
  for (const single of Object.values(separateOperations(document))) {
    const { module, text } = moduleOf(single);
    // Two operations of one name would overwrite each other unseen.
    writeFileSync(path.join(target, `${module}.ts`), text, { flag: 'wx' });
  }
}
