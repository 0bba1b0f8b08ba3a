"""Lets people edit both sides of a real Tryton at random while syncs run, are killed and start again.

    soak_tryton.py RELAIS FOLDER [--minutes 60] [--seed 1]

RELAIS is the program; FOLDER takes the server and the workspace, and is emptied first. Every edit writes a value that
nobody wrote before. People in the CRM write only over what they have just read (Tryton's _timestamp); what a person on our
side overwrote is in the journal. Meanwhile `relais sync` runs again and again, one in six is killed, and the server is
killed every few minutes. At the end everything has to come to rest, and then

  * both sides hold the same;
  * every value that was written is there, or was overwritten by an edit that saw it, or is in the conflict log.

FOLDER/edits.jsonl tells who wrote what, when, and over what. Prints counts as one JSON document; exit 1 if a value was lost, if the sides differ or if no rest was found.
"""

import argparse
import base64
import csv
import http.client
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
KINDS = {"phone": "phone", "mobile": "mobile_phone", "website": "website"}


class Refused(Exception):
    """The server answered with an error."""


class Tryton:
    """The server process, and somebody's session with it."""

    def __init__(self, folder):
        made = subprocess.run(
            [os.path.join(HERE, "start_tryton.sh"), folder], capture_output=True, text=True, check=True
        ).stdout
        names = dict(re.findall(r"export (\w+)=(\S+)", made))
        self.folder = folder
        self.base = names["RELAIS_TRYTON_BASE"]
        self.login = names["RELAIS_TRYTON_LOGIN"]
        self.password = names["RELAIS_TRYTON_PASSWORD"]
        self.pid = int(names["RELAIS_TRYTON_PID"])
        self.local = threading.local()
        self.up = threading.Event()
        self.up.set()

    def restart(self, pause):
        self.up.clear()
        os.kill(self.pid, signal.SIGKILL)
        time.sleep(pause)
        trytond = next(
            os.path.join(self.folder, name, "bin", "trytond")
            for name in sorted(os.listdir(self.folder))
            if name.startswith("venv-")
        )
        log = open(os.path.join(self.folder, "server.log"), "ab")
        self.process = subprocess.Popen(
            [trytond, "-c", os.path.join(self.folder, "trytond.conf"), "-d", "crm", "wire"],
            stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
        )
        self.pid = self.process.pid
        for _ in range(300):
            try:
                self.rpc("common.server.version", [], None)
                break
            except (OSError, Refused):
                time.sleep(0.1)
        self.up.set()

    def stop(self):
        os.kill(self.pid, signal.SIGKILL)

    def rpc(self, method, parameters, session):
        body = json.dumps({"id": 1, "method": method, "params": parameters}).encode()
        request = urllib.request.Request(self.base + "/rpc/", body, {"Content-Type": "application/json"})
        if session:
            request.add_header("Authorization", "Session " + session)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                document = json.load(answer)
        except http.client.HTTPException as error:
            raise ConnectionError("the server died in the middle of its answer") from error
        if document.get("error"):
            raise Refused(str(document["error"])[:300])
        return document["result"]

    def call(self, method, *parameters, stamps=None):
        """Calls a model's method; logs in again where the session is gone."""
        context = {"company": 1, "language": "en", "active_test": False}
        if stamps:
            context["_timestamp"] = stamps
        for attempt in range(2):
            if not getattr(self.local, "session", None):
                user, key, *_ = self.rpc("common.db.login", [self.login, {"password": self.password}, "en"], None)
                self.local.session = base64.b64encode(f"{self.login}:{user}:{key}".encode()).decode()
            try:
                return self.rpc("model." + method, [*parameters, context], self.local.session)
            except urllib.error.HTTPError as error:
                if error.code not in (401, 403) or attempt:
                    raise
                self.local.session = None


class Tags:
    """Values that nobody wrote before, with what each of them overwrote."""

    def __init__(self, log):
        self.log = open(log, "w", buffering=1)
        self.lock = threading.Lock()
        self.last = 0
        self.written = {}
        self.seen = set()

    def next(self, field):
        with self.lock:
            self.last += 1
            number = self.last
        if field in ("phone", "mobile"):
            value = f"+336{number:08d}"
        elif field == "website":
            value = f"https://t{number}.example"
        elif field == "amount":
            value = str(number)
        elif field == "company_name":
            value = f"Company {number}"
        else:
            value = f"Person {number}"
        return value

    def wrote(self, value, where, saw):
        with self.lock:
            self.written[value] = where
            print(json.dumps({"at": time.time(), "wrote": value, "where": where, "saw": saw}), file=self.log)
            if saw:
                self.seen.add(saw)


def plain(value):
    """A value as both sides would write it."""
    if value is None:
        return ""
    if isinstance(value, dict) and "decimal" in value:
        value = value["decimal"]
    text = " ".join(str(value).split())
    if text.startswith("+"):
        return text.replace(" ", "")
    if re.fullmatch(r"\d+\.\d+", text):
        text = text.rstrip("0").rstrip(".")
    return text


class Workspace:
    """The workspace and the program."""

    def __init__(self, relais, folder, tryton):
        self.relais = relais
        self.folder = folder
        self.environment = dict(os.environ, TRYTON_PASSWORD=tryton.password)
        self.run("init", "--connector", "tryton")
        with open(os.path.join(folder, "Config", "relais.yaml"), "w") as file:
            file.write(
                "store: relais.sqlite\nconnections:\n  tryton:\n    connector: tryton\n    mappings: tryton\n"
                f"    base_url: {tryton.base}\n"
                f"    credentials: {{ login: {tryton.login}, password: \"${{env:TRYTON_PASSWORD}}\" }}\n"
                "    breaker: { floor: 100000, percent: 100 }\n"
            )

    def start(self, *arguments):
        return subprocess.Popen(
            [self.relais, *arguments, "--workspace", self.folder], env=self.environment,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )

    def run(self, *arguments, allowed=(0, 3)):
        process = self.start(*arguments)
        out, err = process.communicate(timeout=600)
        if process.returncode not in allowed:
            raise RuntimeError(f"relais {' '.join(arguments)}: exit {process.returncode}: {out[-500:]}{err[-500:]}")
        return out

    def json(self, *arguments):
        return json.loads(self.run(*arguments, "--json"))

    def take_in(self, name, object, key, rows):
        path = os.path.join(self.folder, name)
        with open(path, "w", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=sorted({column for row in rows for column in row}))
            writer.writeheader()
            writer.writerows(rows)
        self.run("import", path, "--object", object, "--key", key, allowed=(0, 1, 3, 69))


class Soak:
    def __init__(self, relais, folder, seed, minutes):
        self.folder = folder
        self.random = random.Random(seed)
        self.end = time.monotonic() + minutes * 60
        self.tryton = Tryton(os.path.join(folder, "tryton"))
        self.workspace = Workspace(relais, os.path.join(folder, "workspace"), self.tryton)
        self.tags = Tags(os.path.join(folder, "edits.jsonl"))
        self.contacts, self.companies, self.deals = [], [], []
        self.counts = {
            "crm_edits": 0, "crm_refused_as_stale": 0, "crm_interrupted": 0, "crm_may_have_arrived": 0, "local_edits": 0, "syncs": 0,
            "syncs_killed": 0, "server_kills": 0, "decisions": 0, "created_in_crm": 0, "created_here": 0, "exits": {},
        }
        self.failures = []

    # What people do in the CRM.

    def make_person(self, number):
        email, name = f"p{number}@soak.example", self.tags.next("name")
        mechanisms = [{"type": "email", "value": email}]
        values = {"name": name}
        for field in KINDS:
            value = self.tags.next(field)
            mechanisms.append({"type": field, "value": value})
            values[field] = value
        self.tryton.call("party.party.create", [{"name": name, "contact_mechanisms": [["create", mechanisms]]}])
        for field, value in values.items():
            self.tags.wrote(value, ("crm", email, field), None)
        self.contacts.append(email)
        self.counts["created_in_crm"] += 1

    def edit_person(self, dice):
        email = dice.choice(self.contacts)
        rows = self.tryton.call(
            "party.contact_mechanism.search_read",
            [["value", "=", email], ["type", "=", "email"]], 0, 1, None, ["party"],
        )
        if not rows:
            return
        party = rows[0]["party"]
        if dice.random() < 0.4:
            read = self.tryton.call("party.party.read", [party], ["name", "_timestamp"])[0]
            time.sleep(dice.random() * 0.2)
            value = self.tags.next("name")
            shown = value if dice.random() < 0.7 else "  " + value.replace(" ", "  ")
            self.tags.wrote(value, ("crm", email, "name"), None)
            self.write("party.party", read, {"name": shown}, value, plain(read["name"]))
        else:
            self.edit_mechanism(dice, party, email, dice.choice(sorted(KINDS)))

    def edit_mechanism(self, dice, party, owner, field):
        rows = self.tryton.call(
            "party.contact_mechanism.search_read", [["party", "=", party], ["type", "=", field], ["active", "=", True]],
            0, 1, [["sequence", "ASC NULLS FIRST"], ["id", "ASC"]], ["value", "_timestamp"],
        )
        value = self.tags.next(field)
        time.sleep(dice.random() * 0.2)
        if rows:
            self.tags.wrote(value, ("crm", owner, field), None)
            shown = value
            if field in ("phone", "mobile") and dice.random() < 0.3:
                shown = value[:3] + " " + value[3:]
            self.write("party.contact_mechanism", rows[0], {"value": shown}, value, plain(rows[0]["value"]))

    def edit_deal(self, dice):
        name = dice.choice(self.deals)
        rows = self.tryton.call(
            "sale.opportunity.search_read", [["description", "=", name]], 0, 1, None, ["amount", "_timestamp"]
        )
        if not rows:
            return
        time.sleep(dice.random() * 0.2)
        value = self.tags.next("amount")
        self.tags.wrote(value, ("crm", name, "amount"), None)
        self.write(
            "sale.opportunity", rows[0], {"amount": {"__class__": "Decimal", "decimal": value}}, value,
            plain(rows[0]["amount"]),
        )

    def write(self, model, read, values, value, saw):
        stamps = {f"{model},{read['id']}": read["_timestamp"]}
        try:
            self.tryton.call(model + ".write", [read["id"]], values, stamps=stamps)
        except Refused as refusal:
            with self.tags.lock:
                del self.tags.written[value]
            kind = "crm_refused_as_stale" if "Concurrency" in str(refusal) else "crm_interrupted"
            self.counts[kind] += 1
            return
        except OSError:
            # Nobody knows whether it arrived: ask, as a person would.
            field = next(iter(values))
            now = plain(self.ask(model, read["id"], field))
            self.counts["crm_interrupted"] += 1
            if now != value:
                with self.tags.lock:
                    del self.tags.written[value]
                    # A third value: ours may have arrived and been replaced. If it did, then over what its writer had read.
                    if now != saw:
                        self.tags.seen.add(saw)
                        self.counts["crm_may_have_arrived"] += 1
                return
        self.tags.wrote(value, self.tags.written[value], saw)
        self.counts["crm_edits"] += 1

    def ask(self, model, id, field):
        """Reads a field once the server is up and has ended what it was doing."""
        while True:
            self.tryton.up.wait()
            time.sleep(1)
            try:
                return self.tryton.call(model + ".read", [id], [field])[0][field]
            except OSError:
                pass

    def salesperson(self, seed):
        dice = random.Random(seed)
        while time.monotonic() < self.end:
            self.tryton.up.wait()
            try:
                choice = dice.random()
                if choice < 0.01 and len(self.contacts) < 150:
                    self.make_person(f"{seed}-{self.tags.next('amount')}")
                elif choice < 0.65:
                    self.edit_person(dice)
                elif choice < 0.85:
                    self.edit_deal(dice)
                else:
                    name = dice.choice(self.companies)
                    rows = self.tryton.call("party.party.search_read", [["name", "=", name]], 0, 1, None, ["id"])
                    if rows:
                        self.edit_mechanism(dice, rows[0]["id"], name, "phone")
            except (OSError, Refused):
                self.counts["crm_interrupted"] += 1
                time.sleep(0.2)
            time.sleep(dice.random() * 0.8)

    # What people do here.

    def marketer(self, seed):
        dice = random.Random(seed)
        while time.monotonic() < self.end:
            choice = dice.random()
            if choice < 0.7:
                rows, columns = [], dice.choice([["full_name"], ["phone", "website"], ["mobile_phone"], ["full_name", "phone"]])
                chosen = dice.sample(self.contacts, min(len(self.contacts), dice.randint(1, 4)))
                if dice.random() < 0.05 and len(self.contacts) < 150:
                    email = f"h{self.tags.next('amount')}@soak.example"
                    chosen.append(email)
                    self.contacts.append(email)
                    self.counts["created_here"] += 1
                for email in chosen:
                    rows.append({"email": email, **{column: self.local(email, column) for column in columns}})
                self.workspace.take_in(f"edit-{seed}.csv", "contact", "email", rows)
            elif choice < 0.85:
                name = dice.choice(self.deals)
                self.workspace.take_in(f"edit-{seed}.csv", "deal", "name", [{"name": name, "amount": self.local(name, "amount")}])
            else:
                name = dice.choice(self.companies)
                self.workspace.take_in(f"edit-{seed}.csv", "company", "name", [{"name": name, "phone": self.local(name, "phone")}])
            time.sleep(dice.random() * 2)

    def local(self, owner, column):
        field = {"full_name": "name", "mobile_phone": "mobile"}.get(column, column)
        value = self.tags.next(field)
        self.tags.wrote(value, ("here", owner, field), None)
        self.counts["local_edits"] += 1
        return value

    def decide(self, everything=False):
        for conflict in self.workspace.json("conflicts", "list", "--limit", "100000")["conflicts"]:
            if everything or self.random.random() < 0.3:
                side = self.random.choice(["local", "remote"])
                self.workspace.run("conflicts", "resolve", str(conflict["id"]), "--take", side)
                self.counts["decisions"] += 1

    # The hour.

    def furnish(self):
        for number in range(40):
            self.make_person(number)
        with self.tags.lock:
            self.tags.last += 1
        category = self.tryton.call("party.category.create", [{"name": "Company"}])[0]
        for number in range(10):
            name, phone = f"Firm {number} of many", self.tags.next("phone")
            self.tryton.call("party.party.create", [{
                "name": name, "categories": [["add", [category]]],
                "contact_mechanisms": [["create", [{"type": "phone", "value": phone}]]],
            }])
            self.tags.wrote(phone, ("crm", name, "phone"), None)
            self.companies.append(name)
        for number in range(20):
            name, amount = f"Deal {number} of many", self.tags.next("amount")
            self.tryton.call(
                "sale.opportunity.create",
                [{"description": name, "amount": {"__class__": "Decimal", "decimal": amount}}],
            )
            self.tags.wrote(amount, ("crm", name, "amount"), None)
            self.deals.append(name)
        self.workspace.run("connect")
        self.workspace.run("sync", "--approve")

    def sync(self, lethal):
        process = self.workspace.start("sync", "--json")
        if lethal and self.random.random() < 1 / 6:
            time.sleep(self.random.random() * 1.5)
            if process.poll() is None:
                process.kill()
                self.counts["syncs_killed"] += 1
        out, err = process.communicate(timeout=600)
        self.counts["syncs"] += 1
        exit = str(process.returncode)
        self.counts["exits"][exit] = self.counts["exits"].get(exit, 0) + 1
        if process.returncode not in (0, 3, 69, -9):
            self.failures.append({"exit": process.returncode, "error": err[-800:], "out": out[-400:]})
        return process.returncode, out

    def hour(self):
        people = [threading.Thread(target=self.salesperson, args=(seed,), daemon=True) for seed in (101, 102)]
        people.append(threading.Thread(target=self.marketer, args=(201,), daemon=True))
        for person in people:
            person.start()
        next_kill = time.monotonic() + 60
        while time.monotonic() < self.end:
            if time.monotonic() > next_kill:
                next_kill = time.monotonic() + 60 + self.random.random() * 240
                threading.Timer(self.random.random(), self.tryton.restart, [self.random.random() * 4]).start()
                self.counts["server_kills"] += 1
            self.sync(lethal=True)
            if self.random.random() < 0.3:
                self.decide()
            time.sleep(self.random.random() * 3)
        for person in people:
            person.join()
        self.tryton.up.wait()

    def rest(self):
        """Syncs until one has nothing to do."""
        for attempt in range(12):
            code, out = self.sync(lethal=False)
            if code == 0:
                report = json.loads(out)
                if not self.writes(report):
                    return attempt
            self.decide(everything=True)
            # An answer that never came is looked up once the server must show what it holds.
            time.sleep(20)
        self.failures.append({"restless": out[-2000:]})

    @staticmethod
    def writes(report):
        text = json.dumps(report)
        return [key for key in ("created", "updated", "pushed", "pulled", "unknown", "in_flight")
                if any(int(n) for n in re.findall(rf'"{key}"\s*:\s*(\d+)', text))]

    # What has to be true at the end.

    def sides(self):
        """(owner, field) -> (here, in the CRM)."""
        held = {}
        for email in self.contacts:
            here = self.show(email)
            party = self.tryton.call(
                "party.contact_mechanism.search_read", [["value", "=", email], ["type", "=", "email"]], 0, None, None, ["party"]
            )
            if len(party) != 1:
                self.failures.append({"contact": email, "times_in_crm": len(party)})
                continue
            party = party[0]["party"]
            held[email, "name"] = (here.get("full_name"), self.tryton.call("party.party.read", [party], ["name"])[0]["name"])
            for field, column in KINDS.items():
                held[email, field] = (here.get(column), self.mechanism(party, field))
        for name in self.companies:
            party = self.tryton.call("party.party.search", [["name", "=", name]], 0, None, None)
            held[name, "phone"] = (self.show(name).get("phone"), self.mechanism(party[0], "phone"))
        for name in self.deals:
            deal = self.tryton.call("sale.opportunity.search_read", [["description", "=", name]], 0, None, None, ["amount"])
            if len(deal) != 1:
                self.failures.append({"deal": name, "times_in_crm": len(deal)})
            held[name, "amount"] = (self.show(name).get("amount"), deal[0]["amount"])
        return {key: (plain(a), plain(b)) for key, (a, b) in held.items()}

    def mechanism(self, party, field):
        rows = self.tryton.call(
            "party.contact_mechanism.search_read", [["party", "=", party], ["type", "=", field], ["active", "=", True]],
            0, 1, [["sequence", "ASC NULLS FIRST"], ["id", "ASC"]], ["value"],
        )
        return rows[0]["value"] if rows else None

    def record(self, owner):
        if "@" in owner:
            return owner
        found = [row for row in self.workspace.json("record", "find", owner)["records"] if owner in json.dumps(row)]
        if len(found) != 1:
            self.failures.append({"record": owner, "times_here": len(found)})
        return found[0]["record"]

    def show(self, owner):
        return self.workspace.json("record", "show", self.record(owner))["properties"]

    def verdict(self):
        held = self.sides()
        for key, (here, there) in sorted(held.items()):
            if here != there:
                self.failures.append({"differs": key, "here": here, "crm": there})
        logged = set()
        for state in ("open", "decided", "settled"):
            for conflict in self.workspace.json("conflicts", "list", "--state", state, "--limit", "1000000")["conflicts"]:
                logged.update(plain(conflict[name]) for name in ("local_value", "remote_value"))
        # What a person here overwrote is what the journal says was there.
        imported = set()
        for owner in [*self.contacts, *self.companies, *self.deals]:
            timeline = self.workspace.json("record", "timeline", self.record(owner))
            for entry in timeline["timeline"]:
                if entry["by"].startswith("import:"):
                    imported.update(plain(change["old"]) for change in entry["changes"])
        final = {value for pair in held.values() for value in pair}
        lost = {
            value: where for value, where in self.tags.written.items()
            if value not in final and value not in self.tags.seen and value not in imported and value not in logged
        }
        for value, where in sorted(lost.items()):
            self.failures.append({"lost": value, "where": where})
        self.counts.update(
            values_written=len(self.tags.written), in_final_state=len(final & set(self.tags.written)),
            in_conflict_log=len(logged & set(self.tags.written)), fields_compared=len(held),
        )


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("relais")
    arguments.add_argument("folder")
    arguments.add_argument("--minutes", type=float, default=60)
    arguments.add_argument("--seed", type=int, default=1)
    asked = arguments.parse_args()
    shutil.rmtree(os.path.join(asked.folder, "workspace"), ignore_errors=True)
    os.makedirs(os.path.join(asked.folder, "workspace"))
    soak = Soak(os.path.abspath(asked.relais), asked.folder, asked.seed, asked.minutes)
    try:
        soak.furnish()
        soak.hour()
        soak.counts["syncs_to_rest"] = soak.rest()
        soak.verdict()
    finally:
        soak.tryton.stop()
    print(json.dumps({"counts": soak.counts, "failures": soak.failures}, indent=2))
    return 1 if soak.failures else 0


if __name__ == "__main__":
    sys.exit(main())
