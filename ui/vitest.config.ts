import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

// The messages are compiled before (`npm run messages`), so the compiler and its watcher stay out of here.
export default defineConfig({
  plugins: [svelte(), svelteTesting()],
  resolve: { alias: { $lib: path('./src/lib'), $views: path('./src/views') } },
  test: { environment: 'jsdom', include: ['src/**/*.test.ts'], setupFiles: ['./vitest.setup.ts'] },
});
