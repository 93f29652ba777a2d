"""The names of the customers that orders, quotes and e-mails belong to, where the shop's records are in this database.

Only for hiding them from those who teach the assistant; nobody is shown them.
"""

from typing import Collection

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from shop.models import CustomerRow, OrderRow, QuoteRow, ReturnRow


def customer_names(session: Session, numbers: Collection[str], emails: Collection[str]) -> list[str]:
    """First names and surnames; nothing where the shop's records are elsewhere.

    Args:
        numbers: of orders, returns and quotes.
        emails: as customers wrote them.
    """
    of_returns = select(ReturnRow.order_number).where(ReturnRow.number.in_(numbers))
    orders = select(OrderRow.email).where(or_(OrderRow.number.in_(numbers), OrderRow.number.in_(of_returns)))
    quotes = select(QuoteRow.email).where(QuoteRow.number.in_(numbers))
    asked = or_(
        CustomerRow.email.in_([email.lower() for email in emails]),
        CustomerRow.email.in_(orders),
        CustomerRow.email.in_(quotes),
    )
    found = session.execute(select(CustomerRow.first_name, CustomerRow.last_name).where(asked))
    return [name for row in found for name in row]
