import { describe, expect, it } from 'vitest';
import { guess, portFor } from './guess';

describe('guess', () => {
  it('asks the domain for its servers, encrypted', () => {
    let { imap, smtp } = guess('support@nordlicht.example');
    expect([imap.host, imap.port, imap.security]).toEqual(['imap.nordlicht.example', 993, 'tls']);
    expect([smtp.host, smtp.port, smtp.security]).toEqual(['smtp.nordlicht.example', 465, 'tls']);
    expect(imap.user).toBe('support@nordlicht.example');
  });

  it('knows large houses', () => {
    expect(guess('a@gmx.de').smtp.host).toBe('mail.gmx.net');
    expect(guess('a@web.de').smtp).toMatchObject({ port: 587, security: 'starttls' });
  });
});

describe('portFor', () => {
  it('follows the security but leaves a port of one’s own alone', () => {
    expect(portFor('imap', 'starttls', 993)).toBe(143);
    expect(portFor('smtp', 'tls', 587)).toBe(465);
    expect(portFor('imap', 'plain', 10143)).toBe(10143);
  });
});
