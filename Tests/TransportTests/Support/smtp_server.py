#!/usr/bin/env python3
"""A real SMTP server (aiosmtpd) for the tests of Transport.

    smtp_server.py [--tls starttls|implicit --cert FILE --key FILE] [--user NAME --password WORD]

Prints "PORT n", then one JSON line for each message it takes: from, to, data (base64), tls, user. Ends with its standard
input. Recipients choose what happens: reject@ 550 at RCPT, later@ 451 at RCPT, spam@ 554 and busy@ 452 after the message.
"""
import argparse
import asyncio
import base64
import json
import queue
import ssl
import sys
import threading

from aiosmtpd.smtp import SMTP, AuthResult


# Printed by a thread of its own: a test reads the line of a message after the answer to it, and a pipe takes 64 KB.
lines = queue.SimpleQueue()


def print_lines():
    while True:
        print(lines.get(), flush=True)


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        local = address.split("@")[0]
        if local == "reject":
            return "550 5.1.1 no such user"
        if local == "later":
            return "451 4.7.1 greylisted"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        local = envelope.rcpt_tos[0].split("@")[0]
        if local == "spam":
            return "554 5.7.1 refused as spam"
        if local == "busy":
            return "452 4.3.1 no room"
        line = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "data": base64.b64encode(envelope.original_content).decode(),
            "tls": session.ssl is not None or server.transport.get_extra_info("sslcontext") is not None,
            "user": session.auth_data,
        }
        lines.put(json.dumps(line))
        return "250 2.0.0 queued as 1"


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tls", choices=["starttls", "implicit"])
    parser.add_argument("--cert")
    parser.add_argument("--key")
    parser.add_argument("--user")
    parser.add_argument("--password")
    args = parser.parse_args()
    context = None
    if args.tls:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(args.cert, args.key)

    def authenticate(server, session, envelope, mechanism, data):
        right = data.login == args.user.encode() and data.password == args.password.encode()
        return AuthResult(success=right, handled=right, auth_data=args.user)

    def protocol():
        options = {}
        if args.tls == "starttls":
            options.update(tls_context=context, require_starttls=True)
        if args.user:
            options.update(authenticator=authenticate, auth_required=True, auth_require_tls=args.tls == "starttls")
        return SMTP(Handler(), hostname="mail.test", data_size_limit=40 << 20, **options)

    threading.Thread(target=print_lines, daemon=True).start()
    loop = asyncio.get_running_loop()
    implicit = context if args.tls == "implicit" else None
    server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=implicit)
    print("PORT", server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.buffer.read)
    server.close()


asyncio.run(main())
