"""Furnishes a new Tryton database for the tests.

    prepare_tryton.py CONFIG DATABASE

One company of our own that keeps its books in euros, and one employee: who owns a deal is an employee in Tryton.
"""

import datetime
import decimal
import sys

from trytond import config


def main(config_file, database):
    config.update_etc(config_file)

    from trytond.pool import Pool
    from trytond.transaction import Transaction

    Pool.start()
    pool = Pool(database)
    with Transaction().start(database, 0, readonly=True):
        pool.init()
    with Transaction().start(database, 0, context={"active_test": False}) as transaction:
        furnish(pool)
        transaction.commit()


def furnish(pool):
    rate = {"date": datetime.date(2020, 1, 1), "rate": decimal.Decimal(1)}
    euro, _ = pool.get("currency.currency").create(
        [
            {
                "name": name,
                "code": code,
                "numeric_code": number,
                "symbol": sign,
                "digits": 2,
                "rounding": decimal.Decimal("0.01"),
                "rates": [("create", [rate])],
            }
            for name, code, number, sign in [("Euro", "EUR", "978", "€"), ("US Dollar", "USD", "840", "$")]
        ]
    )
    email = {"type": "email", "value": "seller@example.com"}
    ours, seller = pool.get("party.party").create(
        [{"name": "Our Company"}, {"name": "Test Seller", "contact_mechanisms": [("create", [email])]}]
    )
    [company] = pool.get("company.company").create([{"party": ours.id, "currency": euro.id}])
    [employee] = pool.get("company.employee").create([{"party": seller.id, "company": company.id}])
    users = pool.get("res.user")
    users.write(
        users.search([("login", "=", "admin")]),
        {
            "companies": [("add", [company.id])],
            "company": company.id,
            "employees": [("add", [employee.id])],
            "employee": employee.id,
        },
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
