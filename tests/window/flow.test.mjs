// The whole way: a first start, a customer's mail, an answer, a closed ticket. Real mailbox, real SMTP server.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import test from 'node:test';
import { ask } from './api.mjs';
import { ARTEFACTS, withDesk } from './desk.mjs';
import { PASSWORD, startDovecot } from './dovecot.mjs';
import { head, parts } from './mime.mjs';
import { startSmtp } from './smtp.mjs';
import { until } from './webdriver.mjs';

const ADDRESS = 'support@desk.test';
const CUSTOMER = 'carla@customer.test';
const SUBJECT = 'The printer on floor 3 smells of smoke';
const MAIL = `From: Carla Customer <${CUSTOMER}>
To: Helpdesk <${ADDRESS}>
Date: ${new Date().toUTCString().replace('GMT', '+0000')}
Message-ID: <smoke-1@customer.test>
Subject: ${SUBJECT}
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="b"

--b
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Hello,

since this morning the printer next to the kitchen smells of smoke.
Could somebody have a look, please? Grüße

Carla
--b
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: 8bit

<p>Hello,</p><p>since this morning the printer next to the kitchen <b style="color:#b00">smells of smoke</b>.<br>
Could somebody have a look, please? Grüße</p><p>Carla</p><script>document.title = 'taken over'</script>
<img src="https://tracker.customer.test/pixel.png" alt="">
--b--
`;

/** The control that belongs to a label; the same label may stand there several times. */
const field = (label, n = 1) => `//*[@id=(//label[normalize-space(.)='${label}'])[${n}]/@for]`;
const button = (text) => `//button[normalize-space(.)='${text}']`;
const says = (text) => `//*[text()[contains(., '${text}')]]`;
const row = `//*[@role='option'][contains(., '${SUBJECT}')]`;

async function choose(window, select, value) {
  await window.see(select);
  await window.run(
    `let select = document.evaluate(args[0], document, null, XPathResult.FIRST_ORDERED_NODE_TYPE).singleNodeValue;
     select.value = args[1];
     select.dispatchEvent(new Event('change', { bubbles: true }));`,
    select,
    value,
  );
}

async function firstStart(desk, window, mailbox, smtp) {
  await window.see(says('Start a desk on this computer'));
  await window.screenshot(desk.picture('1-first-start'));
  await window.click("//button[contains(., 'Start a desk on this computer')]");
  await window.fill(field('Your name'), 'Ana Agent');
  await window.fill(field('Your e-mail address'), ADDRESS);
  await window.fill(field('Name of the desk'), 'Helpdesk');
  await window.click(button('Continue'));

  await window.fill(field('Mailbox address'), ADDRESS);
  await window.fill(field('Password'), 'wrong');
  await server(window, 'Incoming (IMAP)', 1, mailbox.port);
  await server(window, 'Outgoing (SMTP)', 2, smtp.port);
  await window.click(button('Test the connection'));
  await window.see(says('not this password'), 30_000);
  await window.fill(field('Password'), PASSWORD);
  await window.click(button('Test the connection'));
  await window.see(says('Receiving works'), 30_000);
  await window.see(says('Sending works'));
  await window.screenshot(desk.picture('2-mailbox'));
  await window.click(button('Start the desk'));
  await window.see("//*[@aria-label='Views and queues']");
}

async function server(window, host, n, port) {
  await window.fill(field(host), '127.0.0.1');
  await choose(window, field('Security', n), 'plain');
  await window.fill(field('Port', n), String(port));
  await window.fill(field('User', n), ADDRESS);
}

test('a mail becomes a ticket, an agent answers it, the customer gets the answer', () =>
  withDesk({ dunst: true }, async (desk) => {
    await mkdir(ARTEFACTS, { recursive: true });
    let mailbox = await startDovecot(desk);
    let smtp = await startSmtp(desk, { user: ADDRESS, password: PASSWORD });
    await mailbox.deliver(ADDRESS, MAIL.replace(SUBJECT, 'An old mail').replace('smoke-1', 'old-1'));
    let window = await desk.window();

    await firstStart(desk, window, mailbox, smtp);
    await until('the mailbox to be connected', async () => {
      let [status] = await ask(window, 'GET', '/mailboxes');
      return ['connected', 'polling'].includes(status?.status);
    });

    // The mail arrives: seen without a reload, acknowledged, announced.
    let arrived = Date.now();
    await mailbox.deliver(ADDRESS, MAIL);
    await window.see(row, 15_000);
    console.log(`in the list after ${Date.now() - arrived} ms`);
    await window.screenshot(desk.picture('3-unassigned'));
    assert.equal(await window.find(says('An old mail')), undefined, 'what lay there before became a ticket');
    let acknowledged = await smtp.mail('the acknowledgement', (mail) => mail.to.includes(CUSTOMER));
    assert.match(acknowledged.raw, /^Auto-Submitted: auto-replied/im);
    assert.equal(acknowledged.from, '', 'an automatic answer has an empty envelope sender');
    let announced = await until('the native notification', async () => {
      let all = await desk.notifications();
      return all.length && all;
    });
    assert.ok(JSON.stringify(announced).includes('Carla') || JSON.stringify(announced).includes('printer'), JSON.stringify(announced));

    // Taken and answered.
    await window.click(row);
    await window.click("//button[normalize-space(.)='Take it']");
    await window.see("//button[normalize-space(.)='Release']");
    await window.screenshot(desk.picture('4-ticket'));
    await window.click("//button[@aria-label='Reply' or normalize-space(.)='Reply']");
    let box = "//textarea[@aria-label='Write your answer']";
    await until('the composer', () => window.run(`return document.querySelector('.send .main')?.disabled === false`));
    await window.type(box, 'Please switch it off. A technician is on the way.\n');
    await until('the text', () => window.run(`return document.activeElement.value?.includes('on the way')`));
    await window.screenshot(desk.picture('5-reply'));
    await window.click("//button[starts-with(normalize-space(.), 'Send')][not(@aria-label)]");
    let answer = await smtp.mail('the answer', (mail) => parts(mail.raw)['text/plain']?.includes('technician is on the way'), 40_000);
    assertAnswer(answer);
    await window.screenshot(desk.picture('6-sent'));

    // Closed.
    let [{ number }] = (await ask(window, 'GET', '/tickets?view=all')).rows.filter((one) => one.title === SUBJECT);
    await window.click("//button[starts-with(normalize-space(.), 'Close')]");
    await window.click("//*[@role='menuitem'][contains(., 'closed successful')]");
    let closed = await until('the ticket to be closed', async () => {
      let { rows } = await ask(window, 'GET', '/tickets?view=closed');
      return rows.find((one) => one.number === number);
    });
    await window.screenshot(desk.picture('7-closed'));
    assert.equal(closed.title, SUBJECT);

    // Killed and started again: everything is still there, and nothing was sent twice.
    let sent = (await smtp.mails()).length;
    await desk.kill(window);
    window = await desk.window('--data', desk.data, `docket://ticket/${number}`);
    await window.see(`//h1[contains(., "${SUBJECT}")]`);
    let { articles } = await ask(window, 'GET', `/tickets/${number}`);
    assert.deepEqual(articles.map((article) => article.sender), ['customer', 'system', 'agent']);
    assert.equal((await smtp.mails()).length, sent);
    assert.equal(await window.run('return document.title.includes("taken over")'), false);
  }));

// RFC 5322 and 2046: threaded to the customer's mail, text and HTML, with the ticket's number and the quoted mail.
function assertAnswer({ from, to, raw }) {
  let unfolded = head(raw);
  let { 'text/plain': text, 'text/html': html } = parts(raw);
  assert.equal(from, ADDRESS);
  assert.deepEqual(to, [CUSTOMER]);
  assert.match(unfolded, /^Subject: .*\[Ticket#\d+\].*printer on floor 3/im);
  assert.match(unfolded, /^In-Reply-To: <smoke-1@customer\.test>/im);
  assert.match(unfolded, /^References: .*<smoke-1@customer\.test>/im);
  assert.match(unfolded, /^Message-ID: <[^>]+@[^>]+>/im);
  assert.doesNotMatch(unfolded, /^Auto-Submitted: (?!no)/im);
  assert.match(text, /^Hello Carla Customer,\r?\n\r?\nPlease switch it off/);
  assert.match(text, /^> .*smells of smoke/m);
  assert.match(html, /Please switch it off/);
  assert.match(html, /<blockquote/);
}
