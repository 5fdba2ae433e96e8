import { HISTORY_PLUGIN } from '@graphiql/plugin-history';
import { GraphiQL } from 'graphiql';
import { useState } from 'react';

import { Asker, rememberedToken } from './Asker.jsx';
import { config, headersFor } from './config.js';
import { defaultTabs } from './examples.js';
import { createFetcher } from './fetcher.js';
import { createStorage, hasSession } from './storage.js';

const firstToken = rememberedToken();
const headers = headersFor(firstToken);
const tabs = defaultTabs(headers);
const storage = createStorage(headers);
const plugins = [HISTORY_PLUGIN];

export function App() {
  const [token, setToken] = useState(firstToken);
  const [fetcher] = useState(() => createFetcher(config.endpoint, firstToken));
  return (
    <GraphiQL
      fetcher={fetcher}
      storage={storage}
      plugins={plugins}
      defaultTabs={tabs}
      defaultHeaders={headers}
      // GraphiQL fills the first tab's query by itself, but not its variables.
      initialVariables={hasSession(storage) ? undefined : tabs[0]?.variables}
      defaultEditorToolsVisibility="variables"
      // A token of the last run must not come back: headers live in memory, and a reload presets the fresh token.
      shouldPersistHeaders={false}
      inputValueDeprecation
      schemaDescription
    >
      <GraphiQL.Logo>
        <Asker token={token} onChoose={setToken} />
      </GraphiQL.Logo>
    </GraphiQL>
  );
}
