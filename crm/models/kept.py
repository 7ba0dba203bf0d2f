"""Rows that are never deleted, save by the undo of the import that made them, within its hours."""

import pgtrigger


def kept(word, *, kind):
    """Trigger that refuses to delete a row, unless the import that made it is being undone.

    word: name of the model. kind: the kind of import that makes such rows.
    """
    return pgtrigger.Trigger(
        name=f"{word}_kept",
        operation=pgtrigger.Delete,
        when=pgtrigger.Before,
        func=f"""
            IF EXISTS (
                SELECT 1 FROM crm_sourcekey k JOIN crm_import i ON i.id = k.made_in_id
                WHERE k.kind = '{kind}' AND k.subject_id = OLD.id
                  AND i.state = 'undoing' AND i.undo_until > clock_timestamp()
            ) THEN
                RETURN OLD;
            END IF;
            RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;
        """,
    )
