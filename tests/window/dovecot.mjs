// A real mailbox: Dovecot on a free loopback port, one account per name, all with one password.
import { chmod, chown, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:net';
import { until } from './webdriver.mjs';
import { freePort } from './ports.mjs';

/** The password of every account. */
export const PASSWORD = 'open-sesame';

/** Starts Dovecot inside `desk`, which also ends it. */
export async function startDovecot(desk) {
  let folder = join(desk.folder, 'dovecot');
  let port = await freePort();
  let owner = await mailOwner();
  await chmod(desk.folder, 0o711);
  for (let name of ['', 'run', 'state', 'mail']) await mkdir(join(folder, name), { mode: 0o755 });
  await chown(join(folder, 'mail'), owner.uid, owner.gid);
  await writeFile(join(folder, 'dovecot.conf'), config(folder, port, owner));
  let server = desk.start('/usr/sbin/dovecot', ['-F', '-c', join(folder, 'dovecot.conf')]);
  await until('Dovecot to listen', () => listens(port), { of: server });
  return new Mailbox(join(folder, 'mail'), port, owner);
}

// Dovecot gives no mail to root; then it runs as Debian's `nobody`.
async function mailOwner() {
  let { uid, gid, username } = userInfo();
  if (uid !== 0) return { uid, gid, name: username, group: await groupName(gid), login: username };
  let users = await readFile('/etc/passwd', 'utf8');
  let [, id, group] = users.match(/^nobody:[^:]*:(\d+):(\d+):/m).map(Number);
  return { uid: id, gid: group, name: 'nobody', group: await groupName(group), login: 'dovenull' };
}

async function groupName(gid) {
  let groups = await readFile('/etc/group', 'utf8');
  return groups.match(new RegExp(`^([^:]+):[^:]*:${gid}:`, 'm'))[1];
}

const config = (folder, port, { uid, gid, name, group, login }) => `
protocols = imap
listen = 127.0.0.1
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/../dovecot.log
ssl = no
disable_plaintext_auth = no
default_internal_user = ${name}
default_internal_group = ${group}
default_login_user = ${login}
first_valid_uid = ${Math.min(uid, 500)}
mail_location = maildir:${folder}/mail/%u
mailbox_list_index = yes
passdb {
  driver = static
  args = password=${PASSWORD}
}
userdb {
  driver = static
  args = uid=${uid} gid=${gid} home=${folder}/mail/%u allow_all_users=yes
}
service imap-login {
  chroot =
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
`;

function listens(port) {
  return new Promise((answer) => {
    let socket = connect(port, '127.0.0.1');
    socket.once('connect', () => answer(!socket.destroy().connecting));
    socket.once('error', () => answer(false));
  });
}

class Mailbox {
  #count = 0;

  constructor(folder, port, owner) {
    Object.assign(this, { folder, port, owner });
  }

  /** Puts a mail into the account's inbox the way a delivery agent does: written beside, then moved in. */
  async deliver(account, mail) {
    let box = join(this.folder, account);
    for (let part of ['', 'tmp', 'new', 'cur']) {
      await mkdir(join(box, part), { recursive: true });
      await chown(join(box, part), this.owner.uid, this.owner.gid);
    }
    let name = `${Date.now()}.M${++this.#count}.desk.test`;
    await writeFile(join(box, 'tmp', name), mail.replaceAll(/\r?\n/g, '\r\n'));
    await chown(join(box, 'tmp', name), this.owner.uid, this.owner.gid);
    await rename(join(box, 'tmp', name), join(box, 'new', name));
  }
}
