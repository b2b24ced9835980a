// Two people at two desktops and one server. One loses the network, both answer the same customer: nothing is sent twice unseen.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import test from 'node:test';
import { ask } from './api.mjs';
import { button, chip, connectTo, openTicket, row, says, writeAnswer, writeNote } from './agent.mjs';
import { ARTEFACTS, withDesk } from './desk.mjs';
import { PASSWORD as MAIL_PASSWORD, startDovecot } from './dovecot.mjs';
import { openLine } from './line.mjs';
import { head, parts } from './mime.mjs';
import { ADDRESS, startServer } from './server.mjs';
import { startSmtp } from './smtp.mjs';
import { until } from './webdriver.mjs';

const CUSTOMER = 'carla@customer.test';
const SCANNERS = 'The scanners in hall 3 lose their connection';
const INVOICE = 'The invoice was charged twice';
const TONER = 'Toner for floor 3';
const UNDO_SECONDS = 1;

const mail = (subject, id) => `From: Carla Customer <${CUSTOMER}>
To: Helpdesk <${ADDRESS}>
Date: ${new Date().toUTCString().replace('GMT', '+0000')}
Message-ID: <${id}@customer.test>
Subject: ${subject}
Content-Type: text/plain; charset=utf-8

Could somebody have a look, please?

Carla
`;

/** Runs `test` with a server, a line to it for each of two windows, and these mails in the list of both. */
function withTeam(test) {
  return withDesk({ keyring: true }, (anas) =>
    withDesk({ keyring: true }, async (bens) => {
      await mkdir(ARTEFACTS, { recursive: true });
      let smtp = await startSmtp(anas);
      let mailbox = await startDovecot(anas);
      let server = await startServer(anas, { ana: 'Ana Agent', ben: 'Ben Berg' });
      await server.change('mail_rules', { undo_seconds: UNDO_SECONDS });
      await server.sendBy({ imap: mailbox.port, smtp: smtp.port, password: MAIL_PASSWORD });
      for (let [subject, id] of [[SCANNERS, 'scanner-1'], [INVOICE, 'invoice-1'], [TONER, 'toner-1']]) {
        await mailbox.deliver(ADDRESS, mail(subject, id));
      }
      let lines = [await openLine(server.port), await openLine(server.port)];
      try {
        let ana = await connected(anas, lines[0], 'ana');
        let ben = await connected(bens, lines[1], 'ben');
        await test({ anas, ana, ben, line: lines[0], smtp, mailbox, server });
      } finally {
        for (let line of lines) await line.close();
      }
    }),
  );
}

async function connected(desk, line, login) {
  let window = await desk.window();
  await connectTo(window, line.url, login);
  for (let subject of [SCANNERS, INVOICE, TONER]) await window.see(row(subject), 30_000);
  await window.see(chip('Up to date'));
  assert.equal((await ask(window, 'GET', '/session')).secrets, 'keyring');
  return window;
}

/** What the agents wrote to the customer, without the automatic answers. */
async function answers(smtp) {
  let all = (await smtp.mails()).filter(({ raw }) => !/^Auto-Submitted: auto/im.test(head(raw)));
  return all.map(({ to, raw }) => ({ to, text: parts(raw)['text/plain'] }));
}
const answerWith = (smtp, text) => smtp.mail(text, ({ raw }) => parts(raw)['text/plain']?.includes(text));

test('one is offline, both answer the same customer: the second mail is held, seen beside the first, and decided', () =>
  withTeam(async ({ anas, ana, ben, line, smtp, mailbox, server }) => {
    await line.cut();
    await ana.see(chip('Offline since'), 30_000);
    await workOffline(anas, ana);

    await openTicket(ben, SCANNERS);
    await writeAnswer(ben, 'I moved the access point to channel 44.');
    await openTicket(ben, INVOICE);
    await writeAnswer(ben, 'The second charge goes back today.');
    await answerWith(smtp, 'channel 44');
    await answerWith(smtp, 'goes back today');

    await comeBack(anas, ana, line);
    assert.equal((await answers(smtp)).length, 2, 'nothing of hers has left before she has seen his');

    // Side by side; Escape decides later, and the chip goes on saying so.
    await openTicket(ana, SCANNERS);
    await ana.see(says('Held back'));
    await ana.screenshot(anas.picture('team-5-held'));
    assert.equal(await ana.find(button('Send anyway')), undefined, 'it is offered beside both texts alone');
    await ana.click(button('Compare'));
    await sees(ana, 'Your reply', 'We look into it tomorrow.');
    await sees(ana, 'What happened since', 'I moved the access point to channel 44.');
    await ana.see(says('Ben Berg answered the customer'));
    await ana.screenshot(anas.picture('team-6-compare'));
    await ana.press('Escape');
    await ana.miss("//*[@role='dialog']");
    await ana.see(chip('2 need you'));

    await ana.click(button('Compare'));
    await ana.click(button('Send anyway'));
    let hers = await answerWith(smtp, 'We look into it tomorrow.');
    assert.deepEqual(hers.to, [CUSTOMER]);
    assert.match(head(hers.raw), /^In-Reply-To: <scanner-1@customer\.test>/im);
    await ana.see(chip('1 needs you'));

    await openTicket(ana, INVOICE);
    await ana.click(button('Compare'));
    await sees(ana, 'What happened since', 'The second charge goes back today.');
    await ana.click("//*[@role='dialog']//button[starts-with(normalize-space(.), 'Keep as internal note')]");
    await ana.see("//article[contains(., 'Please send us both numbers.')][contains(., 'Internal') or contains(@class, 'note')]");
    await ana.miss(chip('need'));
    await ana.see(chip('Up to date'));
    await ana.screenshot(anas.picture('team-7-decided'));

    // A mail that went out would be there by now: what comes in after it has been answered.
    await mailbox.deliver(ADDRESS, mail('The last one', 'last-1'));
    await smtp.mail('the last acknowledgement', ({ raw }) => /The last one/.test(head(raw)));
    let sent = await answers(smtp);
    assert.deepEqual(sent.map(({ to }) => to), [[CUSTOMER], [CUSTOMER], [CUSTOMER]]);
    for (let text of ['channel 44', 'goes back today', 'look into it tomorrow']) {
      assert.equal(sent.filter((one) => one.text.includes(text)).length, 1, text);
    }
    await sameOnAll(server, ana, ben);
  }));

/** Everything shows at once, and says that it waits. */
async function workOffline(desk, ana) {
  await openTicket(ana, SCANNERS);
  await writeAnswer(ana, 'We look into it tomorrow.');
  await ana.see(says('Waits for the network'));
  await openTicket(ana, INVOICE);
  await writeAnswer(ana, 'Please send us both numbers.');
  await openTicket(ana, TONER);
  await writeNote(ana, 'Two are in the cupboard.');
  await ana.see("//article[contains(., 'Two are in the cupboard.')]", 2000);
  await ana.click("//button[starts-with(normalize-space(.), 'Close')]");
  await ana.click("//*[@role='menuitem'][contains(., 'closed successful')]");
  await ana.see(button('Reopen'), 2000);
  await ana.screenshot(desk.picture('team-1-offline'));
  await ana.click(chip('Offline since'));
  await ana.see("//dd[contains(., '4')]");
  await ana.screenshot(desk.picture('team-2-panel'));
  await ana.press('Escape');
}

/** The line is back: first "sending" while a push is under way, then what needs her. */
async function comeBack(desk, ana, line) {
  line.hold('POST /api/v1/sync/push');
  await line.mend();
  await ana.see(chip('Sending 1 of 4'), 60_000);
  await ana.screenshot(desk.picture('team-3-sending'));
  line.release();
  await ana.see(chip('2 need you'), 60_000);
  await ana.screenshot(desk.picture('team-4-needs-you'));
}

const sees = (window, side, text) => window.see(`//section[@aria-label='${side}'][contains(., '${text}')]`);

/** Both desktops show what stands on the server. */
async function sameOnAll(server, ...windows) {
  let { rows } = await server.ask('ana', 'GET', '/tickets?view=all');
  for (let { id } of rows) {
    let theirs = shape(await server.ask('ana', 'GET', `/tickets/${id}`));
    for (let window of windows) {
      await until(`${theirs.title} to be the same`, async () => {
        let mine = shape(await ask(window, 'GET', `/tickets/${id}`).catch(() => ({})));
        return JSON.stringify(mine) === JSON.stringify(theirs);
      });
    }
  }
}
const shape = ({ number, title, state_id, owner_id, locked, articles }) => ({
  number,
  title,
  state_id,
  owner_id,
  locked,
  articles: articles?.map((one) => [one.id, one.text, one.visible_to_customer, one.delivery?.state]),
});
