// What an agent does at a window: the words of the screens in one place.
import { until } from './webdriver.mjs';
import { PASSWORD } from './server.mjs';

/** The control that belongs to a label; the same label may stand there several times. */
export const field = (label, n = 1) => `//*[@id=(//label[normalize-space(.)='${label}'])[${n}]/@for]`;
export const button = (text) => `//button[normalize-space(.)='${text}']`;
export const says = (text) => `//*[text()[contains(., '${text}')]]`;
/** A ticket in the list. */
export const row = (subject) => `//*[@role='option'][contains(., '${subject}')]`;
/** The sync chip, while it says so. */
export const chip = (text) => `//*[@aria-label='Views and queues']//*[contains(@class, 'chip')][contains(., '${text}')]`;

/** From the first start to the form that connects. */
export async function openConnect(window) {
  await window.click("//button[contains(., 'Connect to my team')]");
  await window.see(field('Address of the server'));
  // WebKit gives the focus to it with a frame that it draws: whoever types before that types elsewhere.
  await window.run('await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
}

/** Fills the form and sends it. */
export async function sendConnect(window, address, login, password = PASSWORD) {
  await window.fill(field('Address of the server'), address);
  await window.fill(field('Login'), login);
  await window.fill(field('Password'), password);
  await window.click(button('Connect'));
}

/** Connects a new desk to the server at this address. */
export async function connectTo(window, address, login) {
  await openConnect(window);
  await sendConnect(window, address, login);
  await window.see("//*[@aria-label='Views and queues']", 30_000);
}

/** Opens a ticket of the list of all. */
export async function openTicket(window, subject) {
  await window.run(`location.hash = '#/all'`);
  // What has just changed moves up: a row may go from under the pointer, and then another one is open.
  await until(`${subject} to be open`, async () => {
    await window.click(row(subject));
    return window.see(`//h1[contains(., '${subject}')]`, 4000).then(() => true, () => false);
  });
}

/** Answers the open ticket: what is there of greeting and quote stays. */
export async function writeAnswer(window, text) {
  let box = "//textarea[@aria-label='Write your answer']";
  await window.click("//button[@aria-label='Reply' or normalize-space(.)='Reply']");
  await write(window, box, text);
  await window.click("//button[starts-with(normalize-space(.), 'Send')][not(@aria-label)]");
  await window.see(`//article[contains(., '${text}')]`);
}

/** Writes a note for colleagues. */
export async function writeNote(window, text) {
  await window.click(button('Note'));
  await write(window, "//textarea[contains(@aria-label, 'Note for colleagues')]", text);
  await window.click("//button[starts-with(normalize-space(.), 'Save')][not(@aria-label)]");
}

async function write(window, box, text) {
  await window.see(box);
  await until('the composer', () => window.run(`return document.querySelector('.send .main')?.disabled === false`));
  await window.type(box, text);
  await until('the text', () => window.run(`return document.activeElement.value?.includes(args[0])`, text));
}
