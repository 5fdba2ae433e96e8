import { useGraphiQL } from '@graphiql/react';
import { useEffect, useRef } from 'react';

import { config, headersFor, tokenIn } from './config.js';

const REMEMBERED = 'contact-graph:asker';

/** The token of whoever was chosen last time: by label, because tokens are new at each start of the server. */
export function rememberedToken() {
  let label = null;
  try {
    label = localStorage.getItem(REMEMBERED);
  } catch {
    // The browser forbids it: the first one asks.
  }
  return config.tokens.find((each) => each.label === label)?.token ?? config.token;
}

function remember(token) {
  try {
    localStorage.setItem(REMEMBERED, config.tokens.find((each) => each.token === token).label);
  } catch {
    // The browser forbids it: the choice holds until the page is left.
  }
}

/** The product's name and, in demo mode, who asks. The headers editor shows the token and stays the truth. */
export function Asker({ token, onChoose }) {
  const headerEditor = useGraphiQL((state) => state.headerEditor);
  // The choice as the editor's listener must see it: at once, not after the next render.
  const chosen = useRef(token);

  useEffect(() => {
    const listener = headerEditor?.onDidChangeModelContent(({ isFlush }) => {
      const headers = headerEditor.getValue();
      const held = tokenIn(headers);
      if (!held || held === chosen.current) return;
      // Another tab or an entry of the history was opened (flush), or a token was pasted by hand.
      if (isFlush) headerEditor.setValue(headers.replaceAll(held, chosen.current));
      else choose(held);
    });
    return () => listener?.dispose();
  }, [headerEditor]);

  function choose(next) {
    chosen.current = next;
    remember(next);
    onChoose(next);
  }

  function present(next) {
    choose(next);
    headerEditor.setValue(headersFor(next, headerEditor.getValue()));
  }

  return (
    <>
      {config.tokens.length > 1 && (
        <label className="asker">
          Ask as
          <select value={token} disabled={!headerEditor} onChange={(event) => present(event.target.value)}>
            {config.tokens.map((each) => (
              <option key={each.token} value={each.token}>
                {each.label}
              </option>
            ))}
          </select>
        </label>
      )}
      <span className="product">Contact Graph</span>
    </>
  );
}
