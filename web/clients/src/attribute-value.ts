// Never run: that `tsc --strict` compiles it shows what the generated types promise a front end.
import { type FragmentType, graphql, unmask } from '../generated/gql/index.js';
import type { AttributeValueInput, SetAttributeMutation } from '../generated/gql/graphql.js';

export const AttributeText = graphql(`
  fragment AttributeText on AttributeValue {
    __typename
    ... on TextValue { text }
    ... on NumberValue { number }
    ... on BooleanValue { boolean }
    ... on DateValue { date }
    ... on DateTimeValue { dateTime }
    ... on EmailValue { email }
    ... on PhoneValue { phone }
    ... on UrlValue { url }
    ... on SelectValue { option { label } }
    ... on MultiSelectValue { options { label } }
    ... on LanguageValue { language }
  }
`);

/** Every member of the union, each with the type of its own field: a new member does not compile until it is shown. */
export function textOf(masked: FragmentType<typeof AttributeText>): string {
  const value = unmask(AttributeText, masked);
  switch (value.__typename) {
    case 'TextValue':
      return value.text.trim();
    case 'NumberValue':
      return value.number.toFixed(2);
    case 'BooleanValue':
      return value.boolean ? 'yes' : 'no';
    case 'DateValue':
      return value.date.slice(0, 10);
    case 'DateTimeValue':
      return new Date(value.dateTime).toISOString();
    case 'EmailValue':
      return `mailto:${value.email.toLowerCase()}`;
    case 'PhoneValue':
      return `tel:${value.phone.toLowerCase()}`;
    case 'UrlValue':
      return new URL(value.url).href;
    case 'SelectValue':
      return value.option.label.trim();
    case 'MultiSelectValue':
      return value.options.map(({ label }) => label.trim()).join(', ');
    case 'LanguageValue':
      return value.language.toLowerCase();
    default:
      return neither(value);
  }
}

function neither(value: never): never {
  throw new Error(`Not a member of the union: ${JSON.stringify(value)}`);
}

export const SetAttribute = graphql(`
  mutation SetAttribute($input: ContactAttributeSetInput!) {
    contactAttributeSet(input: $input) {
      __typename
      ... on ContactAttributeSetSuccess { contact { id version } }
      ... on Conflict { current { __typename id } }
      ... on UserError { code message path }
    }
  }
`);

/** Every ending of a mutation: all but the success have what `UserError` promises. */
export function toldBy({ contactAttributeSet: ending }: SetAttributeMutation): string {
  if (ending.__typename === 'ContactAttributeSetSuccess') return `version ${ending.contact.version.toFixed()}`;
  const at: string = ending.path.join('.');
  return `${ending.code satisfies string} at ${at}: ${ending.message.trim()}`;
}

export const given: AttributeValueInput[] = [
  { text: 'Writes about trains.' },
  { number: 4 },
  { multiSelect: [] },
  // @ts-expect-error a value of two types at once
  { text: 'four', number: 4 },
  // @ts-expect-error a value of no type
  {},
  // @ts-expect-error a value of another type than its key says
  { number: '4' },
  // @ts-expect-error null is not a value: contactAttributeClear empties
  { text: null },
];
