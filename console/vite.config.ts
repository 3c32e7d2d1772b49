import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { first } from './first/plugin.ts';

/**
 * What is loaded together is one file: a page of sixty small ones waits for sixty answers. Catalogues are waited for by
 * the scripts that show them, so what catalogues import (`language`) must not wait itself.
 */
const GROUPS = [
  {
    name: 'language',
    test: /(?:console\/src\/ui\/(?:language|numbers)|contracts\/api\/permissions)\.ts$/,
    priority: 5,
  },
  {
    name: 'vendor',
    test: /node_modules\/(?:preact|@tanstack|wouter|regexparam|use-sync-external-store)\/|preload-helper/,
    priority: 3,
  },
  {
    name: 'frame',
    test: /console\/src\/(?:api\/|plain\/plain|plain\/strings\/strings|(?:session|url)\.ts$|ui\/(?:dialog|fields|flyout|hooks|icons|language-choice|severity|shortcuts|states|strings|theme|time|toaster)[./-])/,
    priority: 2,
  },
  { name: 'list', test: /console\/src\/ui\/(?:list|virtual-rows)/, priority: 2 },
  {
    name: 'desk',
    test: /console\/src\/(?!.*\/strings\/)(?:asset-marks\/|clocks\/(?:clock-|queries|strings\.ts)|verdict\/|export\/|incidents\/(?:actions|order|strings\.ts)|procedures\/(?:open-steps|procedure-queries|strings\.ts)|ui\/chips)/,
    priority: 1,
  },
];

/** `npm run build -w console` writes the static console that the API serves at `/`. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/',
  plugins: [react(), first()],
  resolve: {
    // Preact speaks React's language in a tenth of its size: with React no page is within the budget of script.
    alias: [
      { find: /^react$/, replacement: 'preact/compat' },
      { find: /^react-dom$/, replacement: 'preact/compat' },
      { find: /^react-dom\/client$/, replacement: 'preact/compat/client' },
      { find: /^react\/jsx-(?:dev-)?runtime$/, replacement: 'preact/jsx-runtime' },
    ],
  },
  build: {
    outDir: fileURLToPath(new URL('../dist/console', import.meta.url)),
    emptyOutDir: true,
    target: 'es2023',
    // Inlined assets would need `data:` in the content security policy.
    assetsInlineLimit: 0,
    // The polyfill is only for browsers that lack the rest of what the console needs, too.
    modulePreload: { polyfill: false },
    sourcemap: false,
    rolldownOptions: {
      output: {
        codeSplitting: { groups: GROUPS },
      },
    },
  },
  server: { port: 5173, proxy: { '/api': 'http://127.0.0.1:8080' } },
});
