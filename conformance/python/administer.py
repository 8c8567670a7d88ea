"""Calls each operation of the control API with the official SDK for Python; see ../README.md."""

import base64
import datetime
import gzip
import json
import sys
import time

import openai

# Ids of what the calls before have made, by kind.
made = {}


def keep(kind, value):
    made[kind] = value.id
    return value


def first(values):
    return next(iter(values))


def create_service_account(organization):
    account = keep("account", organization.projects.service_accounts.create(made["project"], name="job"))
    keep("key", account.api_key)


def find_user(organization):
    made["user"] = first(user for user in organization.users.list(limit=1) if user.email == made["email"]).id


def own(organization, method, path, body=None):
    """Sends a request of an operation that the SDK has no method for."""
    options = {"security": {"admin_api_key_auth": True}}
    send = getattr(organization._client, method)
    return send(path, cast_to=object, options=options, **({} if body is None else {"body": body}))


def grant_credit(organization):
    path = f"/organization/credits/project/{made['project']}"
    made["credit"] = own(organization, "post", path, {"amount_nano_usd": 5_000_000_000})["id"]


def create_own_key(organization):
    """Joins the project as the owner of the admin key, who then may have a key of it."""
    project = made["project"]
    owner = next(user for user in organization.users.list(limit=100) if user.email != made["email"])
    organization.projects.users.create(project, user_id=owner.id, role="member")
    own(organization, "post", f"/organization/projects/{project}/api_keys", {"name": "laptop", "expires_in_seconds": 600})


def store_chat(organization):
    """Sends a prompt with a key of its own of the project, which stores its history, and finds what was stored."""
    project = made["project"]
    account = organization.projects.service_accounts.create(project, name="chatter")
    client = openai.OpenAI(api_key=account.api_key.value, base_url=organization._client.base_url, max_retries=0)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        # Gateways hold the choice of the project within a second: until then nothing is stored.
        client.chat.completions.create(
            model="phi-3-mini", messages=[{"role": "user", "content": "List three fruits"}], max_tokens=8
        )
        page = own(organization, "get", f"/organization/projects/{project}/chats?owner_id={account.id}&limit=1")
        if page["data"]:
            made["chat"] = page["data"][0]["id"]
            return
        time.sleep(1)
    raise TimeoutError("no generation of the project was stored within 60 s")


def chat_path():
    return f"/organization/projects/{made['project']}/chats/{made['chat']}"


SPEND_LIMIT = {"currency": "USD", "interval": "month", "threshold_amount": 5000}
SPEND_ALERT = {
    **SPEND_LIMIT,
    "notification_channel": {"type": "email", "recipients": ["oncall@example.com"]},
}


def create_webhook(organization):
    """Its address is never reached: the name is reserved. A revoked key is its first event."""
    made["webhook"] = own(organization, "post", "/organization/webhooks", {"url": "https://hooks.example.com"})["id"]
    account = organization.projects.service_accounts.create(made["project"], name="revoked")
    organization.projects.api_keys.delete(account.api_key.id, project_id=made["project"])


def backfill_usage(organization):
    """One request of the hour before, which no gateway has shipped."""
    made["hour"] = int(time.time()) // 3600 * 3600 - 3600
    made["ended_at"] = made["hour"] + 60
    ended = datetime.datetime.fromtimestamp(made["ended_at"], datetime.timezone.utc)
    event = {
        "id": f"req_conformance_{made['ended_at']}",
        "endedAt": ended.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "route": "/v1/completions",
        "model": "conformance",
        "status": 200,
        "isBatch": False,
        **{name: 10 for name in ("inputTokens", "outputTokens", "costNanoUsd", "chargeNanoUsd", "inputChargeNanoUsd")},
        **{name: 0 for name in ("inputCachedTokens", "inputCacheWriteTokens", "reasoningTokens")},
    }
    made["request"] = event["id"]
    content = base64.b64encode(gzip.compress(json.dumps(event, separators=(",", ":")).encode() + b"\n")).decode()
    segment = f"{ended.strftime('%Y%m%dT%H%M%S')}000Z-conformance-000001"
    return own(organization, "post", "/organization/usage/backfills", {"segment": segment, "content": content, "apply": True})


def amend_usage(organization):
    return own(
        organization,
        "post",
        "/organization/usage/adjustments",
        {"request_id": made["request"], "ended_at": made["ended_at"], "reason": "conformance"},
    )


def deliveries_of_webhook(organization):
    """The function that sends notices runs each minute."""
    for _ in range(180):
        page = own(organization, "get", f"/organization/webhooks/{made['webhook']}/deliveries")
        if page["data"]:
            made["delivery"] = page["data"][0]["id"]
            return page
        time.sleep(1)
    raise AssertionError("no delivery was made within three minutes")


def since():
    """An hour ago, in Unix seconds."""
    return int(time.time()) - 3600


# In an order in which they all succeed, by the operation's id.
CALLS = {
    "listUsers": find_user,
    "retrieveUser": lambda o: o.users.retrieve(made["user"]),
    "updateUser": lambda o: o.users.update(made["user"], role="reader"),
    "createProject": lambda o: keep("project", o.projects.create(name="search")),
    "listProjects": lambda o: first(o.projects.list(limit=1, include_archived=True)),
    "retrieveProject": lambda o: o.projects.retrieve(made["project"]),
    "updateProject": lambda o: o.projects.update(made["project"], name="find"),
    "createProjectUser": lambda o: o.projects.users.create(made["project"], user_id=made["user"], role="member"),
    "listProjectUsers": lambda o: first(o.projects.users.list(made["project"])),
    "retrieveProjectUser": lambda o: o.projects.users.retrieve(made["user"], project_id=made["project"]),
    "updateProjectUser": lambda o: o.projects.users.update(made["user"], project_id=made["project"], role="owner"),
    "createProjectRole": lambda o: keep(
        "project_role", o.projects.roles.create(made["project"], role_name="keys", permissions=["api_keys.write"])
    ),
    "listProjectRoles": lambda o: first(o.projects.roles.list(made["project"], limit=1, order="desc")),
    "retrieveProjectRole": lambda o: o.projects.roles.retrieve(made["project_role"], project_id=made["project"]),
    "updateProjectRole": lambda o: o.projects.roles.update(
        made["project_role"], project_id=made["project"], role_name="key keepers"
    ),
    "createProjectUserRole": lambda o: o.projects.users.roles.create(
        made["user"], project_id=made["project"], role_id=made["project_role"]
    ),
    "listProjectUserRoles": lambda o: first(o.projects.users.roles.list(made["user"], project_id=made["project"])),
    "retrieveProjectUserRole": lambda o: o.projects.users.roles.retrieve(
        made["project_role"], project_id=made["project"], user_id=made["user"]
    ),
    "deleteProjectUserRole": lambda o: o.projects.users.roles.delete(
        made["project_role"], project_id=made["project"], user_id=made["user"]
    ),
    "createGroup": lambda o: keep("group", o.groups.create(name="team")),
    "createProjectGroup": lambda o: o.projects.groups.create(made["project"], group_id=made["group"], role="member"),
    "listProjectGroups": lambda o: first(o.projects.groups.list(made["project"])),
    "retrieveProjectGroup": lambda o: o.projects.groups.retrieve(made["group"], project_id=made["project"]),
    "createProjectGroupRole": lambda o: o.projects.groups.roles.create(
        made["group"], project_id=made["project"], role_id=made["project_role"]
    ),
    "listProjectGroupRoles": lambda o: first(o.projects.groups.roles.list(made["group"], project_id=made["project"])),
    "retrieveProjectGroupRole": lambda o: o.projects.groups.roles.retrieve(
        made["project_role"], project_id=made["project"], group_id=made["group"]
    ),
    "deleteProjectGroupRole": lambda o: o.projects.groups.roles.delete(
        made["project_role"], project_id=made["project"], group_id=made["group"]
    ),
    "deleteProjectGroup": lambda o: o.projects.groups.delete(made["group"], project_id=made["project"]),
    "deleteProjectRole": lambda o: o.projects.roles.delete(made["project_role"], project_id=made["project"]),
    "deleteProjectUser": lambda o: o.projects.users.delete(made["user"], project_id=made["project"]),
    "createServiceAccount": create_service_account,
    "listServiceAccounts": lambda o: first(o.projects.service_accounts.list(made["project"])),
    "retrieveServiceAccount": lambda o: o.projects.service_accounts.retrieve(
        made["account"], project_id=made["project"]
    ),
    "updateServiceAccount": lambda o: o.projects.service_accounts.update(
        made["account"], project_id=made["project"], name="night job"
    ),
    "createServiceAccountKey": lambda o: o.projects.service_accounts.api_keys.create(
        made["account"], project_id=made["project"], name="second", expires_in_seconds=60
    ),
    "listProjectApiKeys": lambda o: first(o.projects.api_keys.list(made["project"], owner_project_access="any")),
    "retrieveProjectApiKey": lambda o: o.projects.api_keys.retrieve(made["key"], project_id=made["project"]),
    "updateProjectApiKey": lambda o: o.projects.api_keys.update(
        made["key"], project_id=made["project"], scopes=["api.all.read"], expires_in_seconds=600
    ),
    "rotateProjectApiKey": lambda o: own(
        o, "post", f"/organization/projects/{made['project']}/api_keys/{made['key']}/rotate", {"overlap_seconds": 60}
    ),
    "createProjectApiKey": create_own_key,
    "createOperatorKey": lambda o: own(o, "post", "/organization/operator_keys"),
    "createObserverKey": lambda o: own(o, "post", "/organization/observer_keys"),
    "createLogKey": lambda o: own(o, "post", "/organization/log_keys"),
    "retrieveAccessDecision": lambda o: own(
        o,
        "get",
        f"/organization/access_decisions?principal_type=user&principal_id={made['user']}&operation=createProject",
    ),
    "retrieveServiceAlarms": lambda o: own(o, "get", "/organization/service_alarms"),
    "listOwnApiKeys": lambda o: own(o, "get", "/organization/own_api_keys"),
    "deleteProjectApiKey": lambda o: o.projects.api_keys.delete(made["key"], project_id=made["project"]),
    "deleteServiceAccount": lambda o: o.projects.service_accounts.delete(made["account"], project_id=made["project"]),
    "listLimits": lambda o: own(o, "get", "/organization/limits?limit=1"),
    "updateLimits": lambda o: own(
        o,
        "post",
        f"/organization/limits/project/{made['project']}",
        {"limits": [{"metric": "requests", "window": "minute", "max": 60}]},
    ),
    "retrieveLimits": lambda o: own(o, "get", f"/organization/limits/project/{made['project']}"),
    "listRateLimits": lambda o: keep(
        "rate_limit", first(o.projects.rate_limits.list_rate_limits(made["project"], limit=1))
    ),
    "updateRateLimit": lambda o: o.projects.rate_limits.update_rate_limit(
        made["rate_limit"], project_id=made["project"], max_tokens_per_1_minute=6000
    ),
    "deleteLimits": lambda o: own(o, "delete", f"/organization/limits/project/{made['project']}"),
    "grantCredit": grant_credit,
    "listCreditBalances": lambda o: own(o, "get", "/organization/credits?limit=1"),
    "retrieveCredits": lambda o: own(o, "get", f"/organization/credits/project/{made['project']}"),
    "listCreditMovements": lambda o: own(o, "get", f"/organization/credits/project/{made['project']}/ledger"),
    "revokeCredit": lambda o: own(
        o, "post", f"/organization/credits/project/{made['project']}/{made['credit']}/revoke"
    ),
    "endCredits": lambda o: own(o, "delete", f"/organization/credits/project/{made['project']}"),
    "createWebhook": create_webhook,
    "listWebhooks": lambda o: own(o, "get", "/organization/webhooks?limit=1"),
    "retrieveWebhook": lambda o: own(o, "get", f"/organization/webhooks/{made['webhook']}"),
    "rotateWebhookSecret": lambda o: own(o, "post", f"/organization/webhooks/{made['webhook']}/rotate_secret", {}),
    "testWebhook": lambda o: own(o, "post", f"/organization/webhooks/{made['webhook']}/test"),
    "listWebhookDeliveries": deliveries_of_webhook,
    "resendWebhookDelivery": lambda o: own(
        o, "post", f"/organization/webhooks/{made['webhook']}/deliveries/{made['delivery']}/resend"
    ),
    "deleteWebhook": lambda o: own(o, "delete", f"/organization/webhooks/{made['webhook']}"),
    "updateBillingCustomer": lambda o: own(
        o, "post", f"/organization/projects/{made['project']}/billing_customer", {"customer_id": "cus_conformance"}
    ),
    "retrieveBillingCustomer": lambda o: own(o, "get", f"/organization/projects/{made['project']}/billing_customer"),
    "listBillingCustomers": lambda o: own(o, "get", "/organization/billing_customers?limit=1"),
    "deleteBillingCustomer": lambda o: own(
        o, "delete", f"/organization/projects/{made['project']}/billing_customer"
    ),
    "updateModelPermissions": lambda o: o.projects.model_permissions.update(
        made["project"], mode="allow_list", model_ids=["tiny"]
    ),
    "retrieveModelPermissions": lambda o: o.projects.model_permissions.retrieve(made["project"]),
    "deleteModelPermissions": lambda o: o.projects.model_permissions.delete(made["project"]),
    "createProjectSpendAlert": lambda o: keep(
        "project_alert", o.projects.spend_alerts.create(made["project"], **SPEND_ALERT)
    ),
    "listProjectSpendAlerts": lambda o: first(o.projects.spend_alerts.list(made["project"], limit=1)),
    "retrieveProjectSpendAlert": lambda o: o.projects.spend_alerts.retrieve(
        made["project_alert"], project_id=made["project"]
    ),
    "updateProjectSpendAlert": lambda o: o.projects.spend_alerts.update(
        made["project_alert"], project_id=made["project"], **SPEND_ALERT
    ),
    "deleteProjectSpendAlert": lambda o: o.projects.spend_alerts.delete(
        made["project_alert"], project_id=made["project"]
    ),
    "createSpendAlert": lambda o: keep("alert", o.spend_alerts.create(**SPEND_ALERT)),
    "listSpendAlerts": lambda o: first(o.spend_alerts.list(limit=1, order="desc")),
    "retrieveSpendAlert": lambda o: o.spend_alerts.retrieve(made["alert"]),
    "updateSpendAlert": lambda o: o.spend_alerts.update(made["alert"], **SPEND_ALERT),
    "deleteSpendAlert": lambda o: o.spend_alerts.delete(made["alert"]),
    "updateProjectSpendLimit": lambda o: o.projects.spend_limit.update(made["project"], **SPEND_LIMIT),
    "retrieveProjectSpendLimit": lambda o: o.projects.spend_limit.retrieve(made["project"]),
    "deleteProjectSpendLimit": lambda o: o.projects.spend_limit.delete(made["project"]),
    "updateSpendLimit": lambda o: o.spend_limit.update(**SPEND_LIMIT),
    "retrieveSpendLimit": lambda o: o.spend_limit.retrieve(),
    "deleteSpendLimit": lambda o: o.spend_limit.delete(),
    "listCompletionsUsage": lambda o: o.usage.completions(start_time=since(), group_by=["project_id", "model"]),
    "listModerationsUsage": lambda o: o.usage.moderations(start_time=since(), bucket_width="1h"),
    "listEmbeddingsUsage": lambda o: o.usage.embeddings(start_time=since(), bucket_width="1h"),
    "listCosts": lambda o: o.usage.costs(start_time=since(), group_by=["line_item"]),
    "createUsageBackfill": backfill_usage,
    "createUsageAdjustment": amend_usage,
    "listUsageAdjustments": lambda o: own(
        o, "get", f"/organization/usage/adjustments?start_time={made['hour']}&limit=1"
    ),
    "createUsageRecount": lambda o: own(
        o, "post", "/organization/usage/recounts", {"start_time": made["hour"], "width": "1h"}
    ),
    "retrieveDataRetention": lambda o: o.data_retention.retrieve(),
    "updateDataRetention": lambda o: o.data_retention.update(retention_type="modified_abuse_monitoring"),
    "updateProjectDataRetention": lambda o: o.projects.data_retention.update(made["project"], retention_type="none"),
    "retrieveProjectDataRetention": lambda o: o.projects.data_retention.retrieve(made["project"]),
    "listChats": store_chat,
    "createHistoryAccess": lambda o: own(
        o,
        "post",
        f"/organization/projects/{made['project']}/history_access",
        {"reason": "a support case", "expires_in_seconds": 900},
    ),
    "retrieveChat": lambda o: own(o, "get", chat_path()),
    "deleteChat": lambda o: own(o, "delete", chat_path()),
    "retrieveProjectRetention": lambda o: own(o, "get", f"/organization/projects/{made['project']}/retention"),
    "updateProjectRetention": lambda o: own(
        o, "post", f"/organization/projects/{made['project']}/retention", {"files": None}
    ),
    "archiveProject": lambda o: o.projects.archive(made["project"]),
    "createErasure": lambda o: own(o, "post", "/organization/erasures", {"subject_id": made["project"]}),
    "listErasures": lambda o: own(o, "get", "/organization/erasures?limit=1"),
    "retrieveErasure": lambda o: own(o, "get", f"/organization/erasures/{made['project']}"),
    "createLegalHold": lambda o: own(
        o, "post", "/organization/legal_holds", {"subject_id": made["account"], "reason": "a case in court"}
    ),
    "listLegalHolds": lambda o: own(o, "get", "/organization/legal_holds?limit=1"),
    "deleteLegalHold": lambda o: own(o, "delete", f"/organization/legal_holds/{made['account']}"),
    "listGroups": lambda o: first(o.groups.list(limit=1, order="desc")),
    "retrieveGroup": lambda o: o.groups.retrieve(made["group"]),
    "updateGroup": lambda o: o.groups.update(made["group"], name="crew"),
    "createGroupUser": lambda o: o.groups.users.create(made["group"], user_id=made["user"]),
    "listGroupUsers": lambda o: first(o.groups.users.list(made["group"])),
    "retrieveGroupUser": lambda o: o.groups.users.retrieve(made["user"], group_id=made["group"]),
    "deleteGroupUser": lambda o: o.groups.users.delete(made["user"], group_id=made["group"]),
    "createRole": lambda o: keep(
        "role", o.roles.create(role_name="support", permissions=["users.read"], description="helps")
    ),
    "listRoles": lambda o: first(o.roles.list(limit=1, order="desc")),
    "retrieveRole": lambda o: o.roles.retrieve(made["role"]),
    "updateRole": lambda o: o.roles.update(made["role"], permissions=["users.read", "users.write"]),
    "createUserRole": lambda o: o.users.roles.create(made["user"], role_id=made["role"]),
    "listUserRoles": lambda o: first(o.users.roles.list(made["user"])),
    "retrieveUserRole": lambda o: o.users.roles.retrieve(made["role"], user_id=made["user"]),
    "deleteUserRole": lambda o: o.users.roles.delete(made["role"], user_id=made["user"]),
    "createGroupRole": lambda o: o.groups.roles.create(made["group"], role_id=made["role"]),
    "listGroupRoles": lambda o: first(o.groups.roles.list(made["group"])),
    "retrieveGroupRole": lambda o: o.groups.roles.retrieve(made["role"], group_id=made["group"]),
    "deleteGroupRole": lambda o: o.groups.roles.delete(made["role"], group_id=made["group"]),
    "deleteRole": lambda o: o.roles.delete(made["role"]),
    "deleteGroup": lambda o: o.groups.delete(made["group"]),
    "deleteUser": lambda o: o.users.delete(made["user"]),
    "createInvite": lambda o: keep("invite", o.invites.create(email="new@example.com", role="reader")),
    "listInvites": lambda o: first(o.invites.list()),
    "retrieveInvite": lambda o: o.invites.retrieve(made["invite"]),
    "deleteInvite": lambda o: o.invites.delete(made["invite"]),
    "createAdminApiKey": lambda o: keep("admin_key", o.admin_api_keys.create(name="job")),
    "listAdminApiKeys": lambda o: first(o.admin_api_keys.list(order="desc")),
    "retrieveAdminApiKey": lambda o: o.admin_api_keys.retrieve(made["admin_key"]),
    "deleteAdminApiKey": lambda o: o.admin_api_keys.delete(made["admin_key"]),
    "listAuditLogs": lambda o: first(
        o.audit_logs.list(event_types=["project.created", "invite.sent"], effective_at={"gte": 1})
    ),
}


def main():
    given = json.load(sys.stdin)
    made["email"] = given["email"]
    client = openai.OpenAI(
        admin_api_key=given["key"],
        base_url=f"{given['baseUrl']}/v1",
        max_retries=0,
        # A response that lacks a field of the SDK's type, or has another type in it, is an error.
        _strict_response_validation=True,
    )
    for operation, call in CALLS.items():
        result = {"id": operation}
        try:
            call(client.admin.organization)
        except Exception as error:  # each failure is one operation's
            result["error"] = f"{type(error).__name__}: {error}"
        print(json.dumps(result), flush=True)


main()
