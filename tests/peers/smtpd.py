#!/usr/bin/python3
"""An SMTP server for tests: takes real mail, records it before it answers, and misbehaves when told to.

Reads one JSON object of options from the file named as the first argument:
  record     file that gets one JSON line a mail, synced to disk before the answer; beside it, RECORD.text and
             RECORD.answered get a line "time Message-ID" when a text has arrived, and when it is to be answered
  control    file read again before each decision (see below); may be missing
  auth       {"user": ..., "password": ...} or null
  require_auth, tls ("none", "starttls", "require_starttls", "tls"), certificate, key
  deliver    {"recipient": "maildir"}; owner [uid, gid] or null
Prints {"port": N} when it listens, and ends when its standard input closes.

The control file is JSON:
  stall_before_record_ms, stall_after_record_ms   wait between the end of the text and the answer
  drop       "before_record" or "after_record"    close the connection instead of answering
  refuse     {"recipient": "550 text"}            answer to RCPT
  reject     "554 text"                           answer to the text
  reject_sender "550 text"                        answer to MAIL
  deliver    {"recipient": "maildir"}             further deliveries
"""

import asyncio
import itertools
import json
import os
import re
import socket
import ssl
import sys
import time

from aiosmtpd.smtp import SMTP, AuthResult

COUNTER = itertools.count(1)


class Handler:
    def __init__(self, options):
        self.options = options

    def control(self):
        try:
            with open(self.options["control"], encoding="utf-8") as file:
                return json.load(file)
        except (FileNotFoundError, ValueError):
            return {}

    async def handle_MAIL(self, server, session, envelope, address, mail_options):
        refusal = self.control().get("reject_sender")
        if refusal:
            return refusal
        envelope.mail_from = address
        envelope.mail_options.extend(mail_options)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        refusal = self.control().get("refuse", {}).get(address.lower())
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        control = self.control()
        self.note("text", envelope)
        await asyncio.sleep(control.get("stall_before_record_ms", 0) / 1000)
        if control.get("drop") == "before_record":
            return drop(server)
        if control.get("reject"):
            return control["reject"]
        self.record(envelope)
        self.deliver(envelope, control)
        await asyncio.sleep(control.get("stall_after_record_ms", 0) / 1000)
        if control.get("drop") == "after_record":
            return drop(server)
        self.note("answered", envelope)
        return "250 OK queued"

    def note(self, word, envelope):
        """Keeps how far mails got, for tests that kill a sender while the server stalls."""
        head = envelope.original_content.partition(b"\r\n\r\n")[0]
        found = re.search(rb"^message-id:\s*(\S+)", head, re.IGNORECASE | re.MULTILINE)
        name = found.group(1).decode("latin-1") if found else "-"
        with open(self.options["record"] + "." + word, "a", encoding="utf-8") as file:
            file.write(f"{time.time()} {name}\n")

    def record(self, envelope):
        line = json.dumps(
            {
                "from": sender(envelope),
                "to": envelope.rcpt_tos,
                "raw": envelope.original_content.decode("latin-1"),
                "at": int(time.time() * 1000),
            }
        )
        with open(self.options["record"], "a", encoding="utf-8") as file:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())

    def deliver(self, envelope, control):
        targets = {**self.options.get("deliver", {}), **control.get("deliver", {})}
        for recipient in envelope.rcpt_tos:
            maildir = targets.get(recipient.lower())
            if maildir:
                head = f"Return-Path: <{sender(envelope)}>\r\nDelivered-To: {recipient}\r\n"
                self.drop_into(maildir, head.encode() + envelope.original_content)

    def drop_into(self, maildir, raw):
        name = f"{time.time_ns()}.{os.getpid()}_{next(COUNTER)}.smtpd"
        before = os.path.join(maildir, "tmp", name)
        with open(before, "wb") as file:
            file.write(raw.replace(b"\r\n", b"\n"))
            file.flush()
            os.fsync(file.fileno())
        owner = self.options.get("owner")
        if owner:
            os.chown(before, *owner)
        os.rename(before, os.path.join(maildir, "new", name))


def sender(envelope):
    """The envelope's sender without the brackets of the empty one."""
    return (envelope.mail_from or "").strip("<>")


def drop(server):
    server.transport.abort()
    return "421 closing"


def authenticator(wanted):
    def check(server, session, envelope, mechanism, data):
        good = (
            data.login.decode() == wanted["user"]
            and data.password.decode() == wanted["password"]
        )
        return AuthResult(success=good, handled=False)

    return check


def protocol(options, context):
    wanted = options.get("auth")
    tls = options.get("tls", "none")
    return SMTP(
        Handler(options),
        data_size_limit=120 * 1024 * 1024,
        enable_SMTPUTF8=options.get("smtputf8", False),
        hostname="smtp.test",
        tls_context=context if "starttls" in tls else None,
        require_starttls=tls == "require_starttls",
        authenticator=authenticator(wanted) if wanted else None,
        auth_required=bool(options.get("require_auth")),
        auth_require_tls=False,
        timeout=600,
    )


def context_for(options):
    if options.get("tls", "none") == "none":
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options["certificate"], options["key"])
    return context


async def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        options = json.load(file)
    context = context_for(options)
    loop = asyncio.get_running_loop()
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", options.get("port", 0)))
    wrap = context if options.get("tls") == "tls" else None
    await loop.create_server(lambda: protocol(options, context), sock=listener, ssl=wrap)
    print(json.dumps({"port": listener.getsockname()[1]}), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
