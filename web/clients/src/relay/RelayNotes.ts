// What the panel's front end asks of Relay itself: a list that fetches its own pages, and a note that shows at its head
// as soon as it is written. Relay compiles these only where connections, edges and `node` are as it expects them. Its
// compiler alone reads this file, so nothing is imported.

export const notes = graphql`
  fragment RelayNotes_contact on Contact
  @argumentDefinitions(count: { type: "Int", defaultValue: 20 }, cursor: { type: "String" })
  @refetchable(queryName: "RelayNotesPageQuery") {
    notes(first: $count, after: $cursor) @connection(key: "RelayNotes_notes") {
      edges {
        node {
          ...RelayNotes_note
        }
      }
    }
  }
`;

export const note = graphql`
  fragment RelayNotes_note on ContactNote {
    body
    createdAt
    author {
      name
    }
  }
`;

export const add = graphql`
  mutation RelayNotesAddMutation($input: ContactNoteAddInput!, $connections: [ID!]!) {
    contactNoteAdd(input: $input) {
      __typename
      ... on ContactNoteAddSuccess {
        noteEdge @prependEdge(connections: $connections) {
          node {
            ...RelayNotes_note
          }
        }
      }
      ... on UserError {
        message
      }
    }
  }
`;
