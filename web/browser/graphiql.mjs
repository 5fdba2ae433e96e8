// node graphiql.mjs <URL of the GraphiQL page> <folder for screenshots>
// Uses the page as a front-end developer would, in a browser that may reach nothing but this machine.
// Prints one line of JSON; ends with 1 and the failures in it when anything is not as it should be.
import { mkdirSync } from 'node:fs';
import path from 'node:path';

import { chromium } from 'playwright-core';

const [url, folder] = process.argv.slice(2);
const TIMEOUT = 30_000;
const failures = [];
const result = { url };

function expect(holds, message) {
  if (!holds) failures.push(message);
}

function isLoopback(address) {
  const { protocol, hostname } = new URL(address);
  return ['data:', 'blob:'].includes(protocol) || ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
}

/** Records what must not happen: a request elsewhere, an error of the page, something the policy refused. */
async function watch(context) {
  await context.route('**/*', (route) => {
    if (isLoopback(route.request().url())) return route.continue();
    failures.push(`asked another machine: ${route.request().url()}`);
    return route.abort();
  });
  context.on('console', (message) => {
    // Chromium reports what the policy refused as an error of the console.
    if (message.type() === 'error') failures.push(`console: ${message.text()}`);
  });
  context.on('weberror', (error) => failures.push(`page: ${error.error()}`));
  context.on('requestfailed', (request) => failures.push(`request failed: ${request.url()}`));
}

const textOf = (page, section) =>
  page.evaluate((name) => {
    // The text of Monaco's model: the screen shows only the lines that fit.
    const editors = globalThis.__MONACO.editor.getEditors();
    return editors.find((editor) => editor.getDomNode().closest(name))?.getValue() ?? '';
  }, section);

async function open(page) {
  await page.goto(url);
  await page.locator('.graphiql-query-editor .view-line').first().waitFor();
  await page.locator('.graphiql-execute-button').waitFor();
}

/** Monaco colours its text some time after it shows it. */
const coloured = (page) =>
  page.waitForFunction(() => {
    const pieces = document.querySelectorAll('.graphiql-query-editor .view-line span[class^=mtk]');
    return new Set([...pieces].map((piece) => piece.className)).size > 2;
  });

async function run(page) {
  await page.locator('.graphiql-execute-button').click();
  await page.waitForFunction(() =>
    globalThis.__MONACO.editor
      .getEditors()
      .some((editor) => editor.getDomNode().closest('.graphiql-response') && editor.getValue().trim()),
  );
  return textOf(page, '.graphiql-response');
}

const headersOf = (page) => textOf(page, '.graphiql-editor-tool .graphiql-editor:nth-child(2)');

async function checkTabs(page) {
  result.tabs = await page.locator('.graphiql-tab-button').allInnerTexts();
  expect(result.tabs.length >= 7, `seven example tabs were expected: ${result.tabs}`);
  expect(!result.tabs.some((title) => title.includes('untitled')), `each example has a name: ${result.tabs}`);
}

async function checkFirstQuery(page) {
  const answer = await run(page);
  result.answerLength = answer.length;
  expect(answer.includes('"data"'), `the answer has no data: ${answer.slice(0, 500)}`);
  expect(!answer.includes('"errors"'), `the answer has errors: ${answer.slice(0, 500)}`);
}

async function checkDocs(page) {
  await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
  const root = page.locator('.graphiql-doc-explorer').getByRole('link', { name: 'Query', exact: true });
  await root.waitFor();
  result.rootType = await root.innerText();
  await page.screenshot({ path: path.join(folder, 'graphiql-docs.png') });
  await page.getByRole('button', { name: 'Hide Documentation Explorer' }).click();
}

/** The language service runs in a worker of the bundle and knows the schema: it marks a field that is not there. */
async function checkWorker(page) {
  await page.getByRole('button', { name: 'New tab' }).click();
  await page.locator('.graphiql-query-editor .view-lines').click();
  await page.keyboard.insertText('query Wrong { noSuchField }');
  await page.waitForFunction(() =>
    globalThis.__MONACO.editor.getModelMarkers({}).some((marker) => marker.message.includes('noSuchField')),
  );
}

/** Who asks is chosen for every tab, and nothing that the browser keeps holds a token. */
async function checkAsker(page) {
  const before = await headersOf(page);
  expect(/"Authorization": "Bearer .+"/.test(before), 'a token is preset in the headers editor');
  const choices = page.locator('.asker option');
  if ((await choices.count()) > 1) {
    result.askers = await choices.allInnerTexts();
    const token = await choices.nth(1).getAttribute('value');
    await page.locator('.asker select').selectOption(token);
    expect((await headersOf(page)).includes(token), 'the chosen token is in the headers');
    await page.locator('.graphiql-tab-button').last().click();
    expect((await headersOf(page)).includes(token), 'the chosen token is in the headers of the other tabs');
  }
  await page.waitForTimeout(1_000); // GraphiQL stores the tabs half a second after a change
  const kept = await page.evaluate(() => JSON.stringify({ ...localStorage }));
  expect(!kept.includes('Bearer'), 'the browser keeps a token, which would be stale after a restart');
  expect(kept.includes('graphiql:tabState'), 'the browser keeps the tabs');
  await open(page);
  expect((await headersOf(page)).includes('Bearer'), 'after a reload, a token is preset again');
}

async function drive(browser) {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, colorScheme: 'light' });
  context.setDefaultTimeout(TIMEOUT);
  await watch(context);
  const page = await context.newPage();
  const [introspected] = await Promise.all([
    page.waitForResponse((response) => response.request().postData()?.includes('IntrospectionQuery')),
    open(page),
  ]);
  expect((await page.title()) === 'Contact Graph', 'the title of the page');
  const schema = await introspected.json();
  result.types = schema.data?.__schema.types.length;
  expect(result.types > 0, `the schema was not loaded: ${JSON.stringify(schema).slice(0, 500)}`);
  await checkTabs(page);
  await checkFirstQuery(page);
  await coloured(page);
  await page.screenshot({ path: path.join(folder, 'graphiql.png') });
  await checkDocs(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  await checkAsker(page);
  await page.locator('.graphiql-tab-button').first().click();
  await page.waitForTimeout(500); // faster than any hand, the run button would still name the last tab's operation
  await run(page);
  await coloured(page);
  await page.screenshot({ path: path.join(folder, 'graphiql-dark.png') });
  await checkWorker(page);
}

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
  ],
});
try {
  await drive(browser);
} catch (error) {
  failures.push(String(error));
} finally {
  await browser.close();
}
console.log(JSON.stringify({ ...result, failures }));
process.exitCode = failures.length ? 1 : 0;
