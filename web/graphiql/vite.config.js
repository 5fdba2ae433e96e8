import { defineConfig } from 'vite';

export default defineConfig({
  base: '/graphiql/',
  publicDir: false,
  build: {
    outDir: '../../graph/static/graphiql',
    emptyOutDir: true,
    // Python renders the page, so there is no HTML entry: it looks the hashed names up in the manifest.
    manifest: 'manifest.json',
    license: { fileName: 'licenses.md' },
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: 'src/main.jsx',
      onLog(level, log, report) {
        // Marks for server rendering and compilers ("use client"), which mean nothing in this page.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') report(level, log);
      },
    },
    target: 'es2022',
    reportCompressedSize: false,
    // Monaco is one large chunk by nature, and it comes from the same machine.
    chunkSizeWarningLimit: 6000,
  },
  worker: { format: 'es' },
});
