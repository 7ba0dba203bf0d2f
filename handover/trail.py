"""How the trail of handovers reads. See accounts.selectors.sentences."""

from django.utils.translation import gettext_lazy as _

from accounts.selectors.sentences import AREAS, FORMER, LABELS, NOUNS, POINTS, SENTENCES

# Verbs of something else that finish tasks, or have them done again.
SETTLING = (
    "closing.close",
    "follow_ups.save",
    "interviews.save",
    "knowledge.judge",
    "knowledge.tick_step",
    "knowledge.note_talk",
)
STARTING_AGAIN = ("cases.replace_successor", "cases.reopen")
NOUNS.update(
    {
        "handover.departure": _("a departure case"),
        "handover.customerhandover": _("a customer handed over"),
        "handover.handovertask": _("a handover task"),
        "handover.briefanswer": _("an answer in a handover brief"),
        "handover.waiver": _("a waiver"),
        "handover.handoverdocument": _("a line of a document list"),
        "handover.heldthing": _("a channel or a thing"),
        "handover.signoff": _("a signature"),
        "handover.writeup": _("a write-up"),
        "handover.apprenticestep": _("a step of an apprenticeship"),
        "handover.teamtalk": _("a talk with the team"),
        "handover.exitinterview": _("an exit interview"),
        "handover.followup": _("a call after a handover"),
        "handover.seathandover": _("another seat of a leaver"),
    }
)
AREAS.update(
    {
        "departures": _("Departure plans"),
        "cases": _("Departure cases"),
        "added_tasks": _("Tasks added to departure cases"),
        "other_seats": _("Other seats of leavers"),
        "sign_offs": _("Sign-offs of handovers"),
        "documents": _("Documents of handovers"),
        "knowledge": _("What is passed on"),
        "closing": _("Closing cases"),
        "evidence": _("Evidence of departure cases"),
        "final_pay": _("Final pay of leavers"),
        "interviews": _("Exit interviews"),
        "follow_ups": _("Calls after handovers"),
    }
)
FORMER.update(
    {
        "cases.open": "cases.begin",
        "departures.open": "cases.begin",
        "departures.withdraw": "cases.withdraw",
        "departures.reopen": "cases.reopen",
        "departures.replace_successor": "cases.replace_successor",
    }
)
SENTENCES.update(
    {
        "departures.prepare": _("%(who)s made a departure plan for %(person)s"),
        "departures.edit": _("%(who)s changed %(fields)s of a departure case"),
        "departures.give": _("%(who)s chose who takes over customers of a departure case"),
        "departures.edit_task": _("%(who)s changed %(fields)s of a handover task"),
        "departures.drop_task": _("%(who)s left a task out of a departure plan"),
        "other_seats.give": _("%(who)s chose who takes other seats of a leaver"),
        "cases.begin": _("%(who)s opened a departure case"),
        "cases.withdraw": _("%(who)s withdrew a departure case"),
        "cases.reopen": _("%(who)s opened a departure case again"),
        "cases.replace_successor": _(
            "%(who)s chose somebody else to take over customers of a departure case"
        ),
        "added_tasks.add": _("%(who)s added a task to a departure case"),
        "final_pay.decide": _("%(who)s decided the day of a final pay"),
        "evidence.take": _("%(who)s took the evidence of a departure case"),
        "departure_opening.end_secret": _("the confidential time of a departure case ended"),
        "departure_opening.end_access": _("the last working day of a departure case ended"),
        "company_changes.propose": _("%(who)s proposed who takes over customers of a leaver"),
        "company_changes.leave_out": _("%(who)s took customers out of a proposal"),
        "company_changes.cancel": _("%(who)s took a proposal back"),
        "documents.add": _("%(who)s added a document to a handover"),
        ("documents.tick", "crm.document"): _(
            "%(who)s noted who has the paper original of a document of %(customer)s"
        ),
        ("cases.begin", "handover.handoverdocument"): _(
            "%(who)s put a document on the list of a handover"
        ),
        "documents.expect": _("%(who)s put the usual documents on the list of a handover"),
        "documents.tick": _("%(who)s said what became of a document"),
        "documents.add_thing": _("%(who)s noted a channel or a thing that a leaver has"),
        "documents.take_back": _("%(who)s marked a channel or a thing as returned"),
        "sign_offs.sign": _("%(who)s signed a handover"),
        "sign_offs.note_missing": _("%(who)s noted that a handover was not signed"),
        "sign_offs.name_witness": _("%(who)s named the witness of a handover"),
        "knowledge.write": _("%(who)s wrote down what works in the post"),
        "knowledge.judge": _("%(who)s answered a write-up"),
        "knowledge.tick_step": _("%(who)s ticked a step of an apprenticeship"),
        "knowledge.note_talk": _("%(who)s noted the talk with the team"),
        "interviews.save": _("%(who)s kept an exit interview"),
        "interviews.judge_loss": _("%(who)s noted what the loss of somebody means"),
        "follow_ups.save": _("%(who)s saved a call with %(customer)s after a handover"),
        ("closing.close", "handover.departure"): _("%(who)s closed a departure case"),
        ("cases.withdraw", "handover.handovertask"): _("%(who)s let go of a handover task"),
        **dict.fromkeys(
            [(verb, "handover.handovertask") for verb in SETTLING],
            _("%(who)s finished a handover task"),
        ),
        **dict.fromkeys(
            [(verb, "handover.waiver") for verb in ("handover_tasks.reopen", *STARTING_AGAIN)],
            _("%(who)s asked again for what had been waived"),
        ),
        **dict.fromkeys(
            [(verb, "handover.handovertask") for verb in STARTING_AGAIN],
            _("%(who)s opened a handover task again"),
        ),
    }
)
# -- cases: tasks, briefs, introductions --
AREAS.update(
    {
        "handover_tasks": _("Handover tasks"),
        "briefs": _("Handover briefs"),
        "introductions": _("Introductions"),
    }
)
POINTS.update(
    {
        ("handover.handovertask", "activity"): "crm.activity",
        ("handover.customerhandover", "successor"): "accounts.person",
        ("handover.customerhandover", "told_by"): "accounts.person",
        ("handover.customerhandover", "reaction_by"): "accounts.person",
        ("handover.customerhandover", "called_by"): "accounts.person",
    }
)
LABELS.update(
    {
        ("handover.handovertask", "person"): _("who is to do it"),
        ("handover.handovertask", "proof"): _("what shows it"),
        "pay_on": _("day of the final pay"),
        "pay_why": _("where that day comes from"),
        "brief": _("handover brief"),
        "brief_note": _("why it was returned"),
        "told_at": _("customer told"),
        "told_by": _("customer told by"),
        "reaction": _("reaction"),
        "reaction_note": _("note on the reaction"),
        "reaction_by": _("reaction recorded by"),
        "declined": _("how often declined"),
        "called_at": _("call of the service line"),
        "called_by": _("called by"),
        "giver_met_at": _("joint visit confirmed by the leaver"),
        "taker_met_at": _("joint visit confirmed by the receiver"),
        "gate": _("what was waived"),
        "question": _("question"),
        "text": _("answer"),
    }
)
SENTENCES.update(
    {
        "handover_tasks.start": _("%(who)s started a handover task"),
        "handover_tasks.finish": _("%(who)s finished a handover task"),
        "handover_tasks.report": _("%(who)s reported a problem with a handover task"),
        "handover_tasks.give": _("%(who)s gave a handover task to %(person)s"),
        "handover_tasks.reopen": _("%(who)s opened a handover task again"),
        "handover_tasks.waive": _("%(who)s waived what a departure asks for"),
        "briefs.write": _("%(who)s wrote in a handover brief"),
        "briefs.submit": _("%(who)s submitted a handover brief"),
        "briefs.give_back": _("%(who)s returned a handover brief"),
        "briefs.accept": _("%(who)s accepted a handover brief"),
        ("briefs.accept", "handover.handovertask"): _("%(who)s finished a handover task"),
        ("briefs.write", "handover.handovertask"): _("%(who)s started a handover task"),
        ("activities.log", "handover.handovertask"): _("%(who)s finished a handover task"),
        ("activities.confirm", "handover.handovertask"): _("%(who)s finished a handover task"),
        ("activities.log", "handover.customerhandover"): _("%(who)s confirmed a joint visit"),
        ("activities.confirm", "handover.customerhandover"): _("%(who)s confirmed a joint visit"),
        ("introductions.confirm", "handover.handovertask"): _("%(who)s finished a handover task"),
        ("introductions.react", "handover.handovertask"): _(
            "%(who)s reported a problem with a handover task"
        ),
        "introductions.tell": _("%(who)s noted that a customer knows who comes"),
        "introductions.react": _("%(who)s recorded how a customer takes the handover"),
        "introductions.confirm": _("%(who)s confirmed a joint visit"),
        "introductions.call": _("%(who)s noted the call of the service line"),
    }
)
