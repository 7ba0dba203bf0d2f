"""How the trail of rotations reads. See accounts.selectors.sentences."""

from django.utils.translation import gettext_lazy as _

from accounts.selectors.sentences import AREAS, LABELS, NOUNS, POINTS, SENTENCES

NOUNS.update(
    {
        "handover.rotationexemption": _("an exemption from rotation"),
        "handover.rotationreminder": _("a reminder of rotation"),
        "handover.filegap": _("a gap in a file"),
    }
)
AREAS.update(
    {
        "rotation": _("Rotation"),
        "rotation_exemptions": _("Exemptions from rotation"),
        "rotation_gaps": _("Files after rotation"),
        "rotation_rules": _("Rules of rotation"),
    }
)
POINTS["second contact"] = "accounts.person"
LABELS["second contact"] = _("second contact")


def decided_exemption(reader, entry):
    after = (entry.changes.get("state") or [None, ""])[-1]
    if after == "refused":
        return _("%(who)s refused an exemption from rotation of %(customer)s"), {}
    return _("%(who)s approved an exemption from rotation of %(customer)s"), {}


def task_of_rotation(reader, entry):
    """What a rotation brings, and takes with it where it comes to nothing."""
    dropped = (entry.changes.get("state") or [None, ""])[-1] == "dropped"
    return SENTENCES["tasks.drop" if dropped else "tasks.plan"], {}


# The verbs in which a rotation is scheduled, carried out, or comes to nothing.
for verb in ("changesets.propose", "changesets.cancel", "approvals.approve", "approvals.accept",
             "approvals.decline", "changeset_run.begin", "changeset_run.finish", "changeset_undo.settle"):  # fmt: skip
    SENTENCES[verb, "crm.task"] = task_of_rotation

SENTENCES.update(
    {
        "rotation.plan": _("%(who)s drafted a rotation of customers: %(customers)s"),
        "rotation.swap": _("%(who)s drafted a swap of two books: %(customers)s"),
        "rotation_exemptions.ask": _(
            "%(who)s asked for an exemption from rotation of %(customer)s until %(until)s"
        ),
        "rotation_exemptions.decide": decided_exemption,
        "rotation_exemptions.change_second_contact": _(
            "%(who)s named another second contact of %(customer)s"
        ),
        "rotation_exemptions.end": _("%(who)s ended an exemption from rotation of %(customer)s"),
        "rotation_gaps.note": _("%(who)s recorded how complete the file of %(customer)s was"),
        "rotation_rules.change": _("%(who)s changed the rules of rotation: %(fields)s"),
    }
)
