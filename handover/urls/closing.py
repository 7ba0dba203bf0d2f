"""Addresses of what ends a case: documents, things, knowledge, signatures, interview, certificate."""

from django.urls import path

from handover.views import closing, documents, follow_ups, interviews, knowledge, sign_offs

CASE = "departures/<int:pk>"

urlpatterns: list = [
    path(f"{CASE}/documents", documents.index, name="documents"),
    path(f"{CASE}/documents/new", documents.create, name="document-new"),
    path(f"{CASE}/documents/expect", documents.expect, name="documents-expect"),
    path(f"{CASE}/documents/<int:document>", documents.tick, name="document-tick"),
    path(f"{CASE}/held", documents.held, name="held"),
    path(f"{CASE}/held/new", documents.add_thing, name="thing-new"),
    path(f"{CASE}/held/<int:thing>", documents.take_back, name="thing"),
    path(f"{CASE}/write-up", knowledge.write_up, name="write-up"),
    path(f"{CASE}/apprenticeship", knowledge.apprenticeship, name="apprenticeship"),
    path(f"{CASE}/team-talk", knowledge.team_talk, name="team-talk"),
    path(f"{CASE}/sign-offs", sign_offs.index, name="sign-offs"),
    path(f"{CASE}/sign-offs/<int:sign_off>", sign_offs.detail, name="sign-off"),
    path(f"{CASE}/sign-offs/<slug:signer>/sign", sign_offs.sign, name="sign"),
    path(f"{CASE}/sign-offs/<slug:signer>/missing", sign_offs.missing, name="sign-missing"),
    path(f"{CASE}/witness", sign_offs.witness, name="witness"),
    path(f"{CASE}/interview", interviews.interview, name="interview"),
    path(f"{CASE}/interview/loss", interviews.judge_loss, name="interview-loss"),
    path("departures/interviews", interviews.themes, name="interview-themes"),
    path(f"{CASE}/certificate", closing.certificate, name="certificate"),
    path(f"{CASE}/certificate.pdf", closing.certificate_file, name="certificate-file"),
    path(f"{CASE}/evidence.zip", closing.evidence, name="evidence"),
    path(f"{CASE}/close", closing.close, name="close"),
    path(f"{CASE}/outcome", closing.outcome, name="outcome"),
    path("follow-ups", follow_ups.index, name="follow-ups"),
    path("follow-ups/<int:pk>", follow_ups.detail, name="follow-up"),
]
