import { render, screen } from '@testing-library/svelte';
import { expect, it } from 'vitest';
import MailText from './MailText.svelte';

it('folds the quoted history and leads links outside with their host in sight', () => {
  render(MailText, { text: 'See https://a.example/x.\n\nOn Monday Mara wrote:\n> old words\n> more' });
  expect(screen.getByText('Earlier mail').closest('details')).not.toHaveAttribute('open');
  let link = screen.getByRole('link', { name: 'https://a.example/x' });
  expect(link).toHaveAttribute('target', '_blank');
  expect(link).toHaveAttribute('title', 'a.example – /x');
});

it('shows markup as the text it is', () => {
  render(MailText, { text: '<img src=x onerror=alert(1)> <b>bold</b>' });
  expect(screen.getByText(/<b>bold<\/b>/)).toBeInTheDocument();
  expect(document.querySelector('img, b')).toBeNull();
});
