#!/usr/bin/python3
"""An SMTP server that keeps what it gets: smtpd.py FOLDER

Writes its port to descriptor 3. Each mail becomes FOLDER/N.json: {"from", "to": [...], "data"}.
"""

import asyncio
import json
import os
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP


class Keep:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.count = 0

    async def handle_DATA(self, _server, _session, envelope):
        self.count += 1
        mail = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "data": envelope.original_content.decode("utf-8", "surrogateescape"),
        }
        beside = self.folder / f"{self.count}.part"
        beside.write_text(json.dumps(mail))
        beside.rename(self.folder / f"{self.count}.json")
        return "250 kept"


async def main():
    keep = Keep(sys.argv[1])
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(keep, hostname="smtp.test"), "127.0.0.1", 0)
    os.write(3, f"{server.sockets[0].getsockname()[1]}\n".encode())
    await server.serve_forever()


asyncio.run(main())
