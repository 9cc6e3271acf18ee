"""Models, one file a subject; Django looks for them here."""

from equipoise_web.records.adjustment import AdjustmentRecord, Comment, RulingRecord
from equipoise_web.records.api_token import ApiToken
from equipoise_web.records.audit import AuditEntry, AuditHead, WriteReceipt
from equipoise_web.records.exception_mark import ExceptionMark
from equipoise_web.records.gathering import CorrectionRecord, DeliveryRecord, MonthDraft, SealedSnapshot
from equipoise_web.records.grant import Grant
from equipoise_web.records.grid import GridStep, GridViewRecord, Mention
from equipoise_web.records.invitation import Invitation
from equipoise_web.records.job import Job
from equipoise_web.records.outbox import OutboxMessage, Webhook
from equipoise_web.records.published_plan import AnsweredQuestion, PublishedPlan
from equipoise_web.records.scenario import ScenarioEntry, ScenarioRecord
from equipoise_web.records.visit import Visit

__all__ = [
    "AdjustmentRecord",
    "AnsweredQuestion",
    "ApiToken",
    "AuditEntry",
    "AuditHead",
    "Comment",
    "CorrectionRecord",
    "DeliveryRecord",
    "ExceptionMark",
    "Grant",
    "GridStep",
    "GridViewRecord",
    "Invitation",
    "Job",
    "Mention",
    "MonthDraft",
    "OutboxMessage",
    "PublishedPlan",
    "RulingRecord",
    "ScenarioEntry",
    "ScenarioRecord",
    "SealedSnapshot",
    "Visit",
    "Webhook",
    "WriteReceipt",
]
