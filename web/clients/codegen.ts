import type { CodegenConfig } from '@graphql-codegen/cli';

const config: CodegenConfig = {
  schema: '../../schema.graphql',
  // The operations as GraphiQL shows them, and what `src` says in its own `graphql` tags.
  documents: ['../operations/*.graphql', 'src/*.ts'],
  generates: {
    'generated/gql/': {
      preset: 'client',
      presetConfig: { fragmentMasking: { unmaskFunctionName: 'unmask' } },
      config: {
        // A scalar that is not listed is refused, instead of becoming `any`, which would switch the types off.
        strictScalars: true,
        scalars: {
          // By itself it takes numbers too, which no id here is.
          ID: 'string',
          Date: 'string',
          DateTime: 'string',
          EmailAddress: 'string',
          LanguageTag: 'string',
          PhoneNumber: 'string',
          URL: 'string',
        },
        enumsAsTypes: true,
        useTypeImports: true,
      },
    },
  },
};

export default config;
