#!/usr/bin/env python3
"""Recomputes each figure of `relais demo --json --keep DIR` from the kept store and the CRM's own HTTP.

    check_demo.py RELAIS DIR FIGURES.json

Starts the kept CRM with `relais demo serve DIR`, reads every record over its API, and compares. Exit 1 on a difference.
"""
import json
import re
import sqlite3
import subprocess
import sys
import time
import urllib.request

relais, folder, figures_file = sys.argv[1:4]
figures = json.load(open(figures_file))
configuration = open(f"{folder}/Config/relais.yaml").read()
base = re.search(r"base_url: (\S+)", configuration).group(1)
token = re.search(r"token: (\S+?) ", configuration).group(1)


def get(path):
    request = urllib.request.Request(base + path, headers={"Authorization": f"Bearer {token}"})
    return json.load(urllib.request.urlopen(request, timeout=30))


def everything(kind, properties):
    records, after = [], ""
    while True:
        page = get(f"/crm/v3/objects/{kind}?limit=100&properties={','.join(properties)}{after}")
        records += page["results"]
        following = page.get("paging", {}).get("next", {}).get("after")
        if not following:
            return records
        after = f"&after={following}"


server = subprocess.Popen([relais, "demo", "serve", folder], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
try:
    for _ in range(100):
        try:
            get("/account-info/v3/details")
            break
        except OSError:
            time.sleep(0.1)
    crm = {
        "contacts": everything("contacts", ["relais_id", "email", "lifecyclestage"]),
        "companies": everything("companies", ["relais_id"]),
        "deals": everything("deals", ["relais_id", "dealstage"]),
        "tasks": everything("tasks", ["relais_id", "hs_task_subject"]),
    }
finally:
    server.terminate()
    server.wait()

store = sqlite3.connect(f"file:{folder}/relais.sqlite?mode=ro", uri=True)


def one(sql, *arguments):
    return store.execute(sql, arguments).fetchone()


handed = one("SELECT record, owner, state, deal, task FROM handoff ORDER BY id DESC LIMIT 1")
lead = json.loads(one("SELECT properties FROM record WHERE record = ?", handed[0])[0])


def remote(record, kind):
    found = one(
        "SELECT remote FROM link JOIN object ON object.number = link.object WHERE record = ? AND name = ?", record, kind
    )
    return next(r["properties"] for r in crm[kind] if found and r["id"] == found[0])


ours = ("contacts", "companies", "deals")
recomputed = {
    "pulled": one(
        "SELECT count(*) FROM journal JOIN actor ON actor.number = journal.actor "
        "WHERE kind = 'create' AND actor.name = 'sync:hubspot'"
    )[0],
    "pushed": sum(1 for kind in ours for r in crm[kind] if r["properties"].get("relais_id")),
    "unchanged": one(
        "SELECT count(*) FROM link JOIN object ON object.number = link.object "
        "WHERE object.name IN ('contacts', 'companies', 'deals') AND local_shadow IS NULL AND NOT EXISTS ("
        "SELECT 1 FROM observation o WHERE o.connection = link.connection AND o.object = link.object "
        "AND o.remote = link.remote)"
    )[0],
    "conflicts": {
        "found": one("SELECT count(*) FROM conflict")[0],
        "open": one("SELECT count(*) FROM conflict WHERE state = 'open'")[0],
    },
    "quiet_resync_writes": sum(
        json.loads(one("SELECT counts FROM run WHERE kind = 'sync' ORDER BY number DESC LIMIT 1")[0]).get(name, 0)
        for name in ("created_locally", "updated_locally", "created_remotely", "updated_remotely", "associated")
    ),
    "handoff": {
        "lead": lead["email"],
        "owner": handed[1],
        "crm_stage": remote(handed[0], "contacts")["lifecyclestage"],
        "crm_task": remote(handed[4], "tasks")["hs_task_subject"],
        "won": handed[2] == "won" and remote(handed[3], "deals")["dealstage"] == "closedwon",
    },
}
for name, value in recomputed.items():
    print(f"{'ok   ' if figures.get(name) == value else 'WRONG'} {name}: {figures.get(name)} / recomputed {value}")
sys.exit(0 if figures == recomputed else 1)
