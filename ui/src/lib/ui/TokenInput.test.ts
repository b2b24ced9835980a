import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import TokenInput from './TokenInput.svelte';

function show(values: string[], suggest?: (typed: string) => Promise<{ value: string; label: string }[]>) {
  let onchange = vi.fn();
  render(TokenInput, {
    values,
    label: 'To',
    removeLabel: (value: string) => `Remove ${value}`,
    wellFormed: (value: string) => value.includes('@'),
    suggest,
    onchange,
  });
  return { onchange, input: screen.getByRole('combobox', { name: 'To' }), user: userEvent.setup() };
}

it('makes a token of what is typed, at Enter, at a comma after an address, and on leaving', async () => {
  let { onchange, input, user } = show([]);
  await user.type(input, 'a@b.example{Enter}');
  await user.type(input, 'c@d.example,');
  await user.type(input, 'e@f.example');
  await user.tab();
  await vi.waitFor(() =>
    expect(onchange).toHaveBeenLastCalledWith(['a@b.example', 'c@d.example', 'e@f.example']),
  );
});

it('keeps a comma inside quotes and splits a pasted list', async () => {
  let { onchange, input, user } = show([]);
  await user.click(input);
  await user.paste('"Vogt, Petra" <p@x.example>; b@y.example');
  await user.keyboard('{Enter}');
  expect(onchange).toHaveBeenLastCalledWith(['"Vogt, Petra" <p@x.example>', 'b@y.example']);
});

it('takes the last one back with Backspace and any with its button', async () => {
  let { onchange, input, user } = show(['a@b.example', 'c@d.example', 'e@f.example']);
  await user.click(input);
  await user.keyboard('{Backspace}');
  expect(onchange).toHaveBeenLastCalledWith(['a@b.example', 'c@d.example']);
  await user.click(screen.getByRole('button', { name: 'Remove a@b.example' }));
  expect(onchange).toHaveBeenLastCalledWith(['c@d.example']);
});

it('offers what it finds; Enter takes the first', async () => {
  let { onchange, input, user } = show([], async () => [{ value: 'Petra <p@x.example>', label: 'Petra' }]);
  await user.type(input, 'pe');
  await screen.findByRole('option', { name: 'Petra' });
  await user.keyboard('{Enter}');
  expect(onchange).toHaveBeenLastCalledWith(['Petra <p@x.example>']);
});
