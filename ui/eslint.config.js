import js from '@eslint/js';
import globals from 'globals';
import svelte from 'eslint-plugin-svelte';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

// Domain folders stay apart; views compose them.
const domains = ['list', 'ticket', 'composer', 'rail', 'settings', 'mailbox', 'start', 'outbox', 'palette'];
const apart = domains.map((domain) => ({
  files: [`src/lib/${domain}/**`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: domains
          .filter((other) => other !== domain)
          .map((other) => ({
            group: [`$lib/${other}/*`, `$views/*`],
            message: 'Domain folders do not import each other: compose in a view.',
          })),
      },
    ],
  },
}));

export default ts.config(
  { ignores: ['dist', 'node_modules', 'src/lib/paraglide', 'src/lib/api/schema.ts', 'public'] },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  { languageOptions: { globals: { ...globals.browser, ...globals.node } } },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
  {
    rules: {
      'prefer-const': 'off',
      'no-undef': 'off',
      'svelte/no-navigation-without-resolve': 'off',
      // Sets and maps here are replaced, never changed in place, or are no state at all.
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },
  {
    files: ['src/lib/ui/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [...domains, 'api', 'state'].map((d) => `$lib/${d}/*`) },
      ],
    },
  },
  ...apart,
);
