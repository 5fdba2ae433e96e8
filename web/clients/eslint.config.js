// What graphql-eslint thinks of the schema and of the panel's operations. It has to be run from the root of the
// repository, where both of them are: ESLint looks at no file outside the folder that it is run in.
import { readFileSync } from 'node:fs';

import plugin from '@graphql-eslint/eslint-plugin';
import { buildSchema, isObjectType } from 'graphql';

const SCHEMA = 'schema.graphql';
const OPERATIONS = 'web/operations/*.graphql';

// Parts of something that has an id, and without one of their own: a normalized cache keeps them inside it. A new type
// without an `id` is refused until somebody has decided that it is one of these, and not a Node.
const PARTS = [
  'AttributeChange',
  'AttributeDefinitionImpact',
  'AttributeGroupCondition',
  'AttributeRules',
  'ChannelCriterion',
  'ContactChange',
  'ContactExport',
  'ContactMergeCandidate',
  'ContactMergeConflict',
  'ContactMergeMoves',
  'ContactMergePreview',
  'ContactValidation',
  'CrmCandidate',
  'CrmConflict',
  'CrmHealth',
  'CrmIdentityAlias',
  'DirectoryCrm',
  'GroupCriterion',
  'HttpCrm',
  'HubSpotCrm',
  'IdentitySnapshot',
  'LocalizedText',
  'NetworkInfo',
  'PageInfo',
  'PossibleDuplicate',
  'PossibleDuplicateContradiction',
  'PossibleDuplicateReason',
  'Provenance',
  'QueueChange',
  'TopicCriterion',
  'UnmergeContradiction',
  'VipGroupCondition',
  'VipStatus',
];
const PART_SUFFIXES = ['Connection', 'Counts', 'Edge', 'Entry', 'Event', 'Success', 'Value'];

function errorsOfMutations() {
  const schema = buildSchema(readFileSync(SCHEMA, 'utf8'));
  return Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'UserError'))
    .map(({ name }) => name);
}

const common = {
  languageOptions: {
    parser: plugin.parser,
    parserOptions: { graphQLConfig: { schema: SCHEMA, documents: OPERATIONS } },
  },
  plugins: { '@graphql-eslint': plugin },
};

export default [
  {
    ...common,
    files: [SCHEMA],
    rules: {
      ...plugin.configs['flat/schema-recommended'].rules,
      ...plugin.configs['flat/schema-relay'].rules,
      '@graphql-eslint/input-name': ['error', { checkInputType: true, caseSensitiveInputType: false }],
      '@graphql-eslint/no-scalar-result-type-on-mutation': 'error',
      // A connection has `nodes` beside its `edges`, and a list that is short by nature (the options of an attribute)
      // is no connection: lists of what is no edge are meant. What happened and what was before, such as a version of a
      // value, has a place in its list but is nothing to ask for again by an id.
      '@graphql-eslint/relay-edge-types': ['error', { listTypeCanWrapOnlyEdgeType: false, shouldImplementNode: false }],
      '@graphql-eslint/require-description': [
        'error',
        {
          types: true,
          rootField: true,
          FieldDefinition: true,
          InputValueDefinition: true,
          EnumValueDefinition: true,
          // The only directive in the file is GraphQL's own `@oneOf`, which graphql-core prints without its description.
          DirectiveDefinition: false,
        },
      ],
      '@graphql-eslint/require-nullable-fields-with-oneof': 'error',
      '@graphql-eslint/strict-id-in-types': [
        'error',
        { exceptions: { types: [...PARTS, ...errorsOfMutations()], suffixes: PART_SUFFIXES } },
      ],
    },
  },
  {
    ...common,
    files: [OPERATIONS],
    rules: {
      ...plugin.configs['flat/operations-recommended'].rules,
      // `id` wherever there is one is what a normalized cache needs.
      '@graphql-eslint/require-selections': 'error',
    },
  },
];
