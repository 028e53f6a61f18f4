"""The stacks of an issuer, as its plugin ships them now."""

from collections.abc import Sequence

from sqlmodel import col, delete, select

from reviewhub.domain import rubric
from reviewhub.models import Issuer, MicroCredential, Stack, StackItem
from reviewhub.services.ids import public_id
from reviewhub.services.kit import Tx


def write_stacks(tx: Tx, issuer: Issuer, shipped: Sequence[rubric.Stack]) -> bool:
    """Write what changed. Stacks that are no longer shipped are taken down. True if anything changed."""
    assert issuer.id is not None
    rows = {row.slug: row for row in tx.session.exec(select(Stack).where(Stack.issuer_id == issuer.id))}
    changed = False
    for gone in sorted(set(rows) - {stack.slug for stack in shipped}):
        tx.session.execute(delete(StackItem).where(col(StackItem.stack_id) == rows[gone].id))
        tx.session.delete(rows[gone])
        changed = True
    for stack in shipped:
        row = rows.get(stack.slug) or Stack(
            public_id=public_id(), issuer_id=issuer.id, slug=stack.slug, name=""
        )
        if (row.name, row.description) != (stack.name, stack.description):
            row.name, row.description = stack.name, stack.description
            tx.session.add(row)
            tx.session.flush()
            changed = True
        changed |= _write_items(tx, row, issuer.id, stack.items)
    return changed


def _write_items(tx: Tx, row: Stack, issuer_id: int, slugs: Sequence[str]) -> bool:
    assert row.id is not None
    named = select(MicroCredential.slug, MicroCredential.id).where(
        MicroCredential.issuer_id == issuer_id, col(MicroCredential.slug).in_(slugs)
    )
    keys = dict(tx.session.exec(named).all())
    items = select(StackItem).where(StackItem.stack_id == row.id).order_by(col(StackItem.position))
    wanted = [key for slug in slugs if (key := keys.get(slug)) is not None]
    if [item.micro_credential_id for item in tx.session.exec(items)] == wanted:
        return False
    tx.session.execute(delete(StackItem).where(col(StackItem.stack_id) == row.id))
    for position, key in enumerate(wanted, 1):
        tx.session.add(StackItem(stack_id=row.id, micro_credential_id=key, position=position))
    return True
