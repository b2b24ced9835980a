import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { defineConfig } from 'vite';

let path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

export default defineConfig({
  plugins: [
    paraglideVitePlugin({
      project: './project.inlang',
      outdir: './src/lib/paraglide',
      strategy: ['globalVariable', 'baseLocale'],
      isServer: 'false',
    }),
    svelte(),
  ],
  resolve: { alias: { $lib: path('./src/lib'), $views: path('./src/views') } },
  build: { target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 900 },
  server: {
    port: 5173,
    // The host stays the page's own: the server asks that origin and host agree.
    proxy: { '/api': { target: process.env.DOCKET_URL ?? 'http://127.0.0.1:8377', changeOrigin: false } },
  },
});
