import { MAX_BILLING_PERIODS } from "../../../../contracts/billing/records.ts";
import type { RecordOf } from "../../../../contracts/control/records.ts";
import { type BillingPeriod, customerOf, withPeriod } from "../../../../domain/billing/billing-periods.ts";
import type { Change } from "../../../../domain/tenancy/changes.ts";
import { unixSeconds } from "../../../../domain/tenancy/unix-seconds.ts";
import { auditEvent, type ControlCall, type ControlHandler, change, page } from "../../call/control-call.ts";
import { ControlError } from "../../call/control-error.ts";
import { refuseArchived } from "../projects.ts";

type CustomerRecord = RecordOf<"billingCustomer">;
type OfProject = Pick<ControlCall<"retrieveBillingCustomer">, "store" | "caller" | "records" | "organization">;

/** In the order of the projects' ids. */
export const listBillingCustomers: ControlHandler<"listBillingCustomers"> = async (call) => {
  requireOperator(call);
  const { after, limit } = call.query;
  const range = { kind: "billingCustomer", limit, ...(after === undefined ? {} : { after }) } as const;
  const { records, hasMore } = await call.store.list(call.caller.organizationId, range);
  return {
    body: page(
      records.map((record) => shown(record, call.nowMs)),
      hasMore,
    ),
  };
};

export const retrieveBillingCustomer: ControlHandler<"retrieveBillingCustomer"> = async (call) => {
  const record = await stored(call);
  if (record === undefined) throw none(call);
  return { body: shown(record, call.nowMs), version: record.version };
};

/** The usage of hours that have begun stays the customer's who had them. */
export const updateBillingCustomer: ControlHandler<"updateBillingCustomer"> = async (call) => {
  const { body, records, nowMs } = call;
  const project = records.project_id;
  refuseArchived(project);
  const before = await stored(call);
  const record = changed(before, project.id, { customerId: body.customer_id, from: body.from }, nowMs);
  const event = auditEvent("billing_customer.updated", { id: project.id, changes_requested: body }, project);
  return change(call, event, [write(before, record)], { body: shown(record, nowMs), version: record.version });
};

/** From the next hour on nothing of the project is reported. */
export const deleteBillingCustomer: ControlHandler<"deleteBillingCustomer"> = async (call) => {
  const project = call.records.project_id;
  const before = await stored(call);
  if (before === undefined) throw none(call);
  const record = changed(before, project.id, { customerId: null }, call.nowMs);
  const event = auditEvent("billing_customer.deleted", { id: project.id }, project);
  return change(call, event, [write(before, record)], {
    body: { object: "organization.billing_customer.deleted", id: project.id, deleted: true },
  });
};

function stored(call: OfProject): Promise<CustomerRecord | undefined> {
  requireOperator(call);
  const { store, caller, records } = call;
  return store.get(caller.organizationId, { kind: "billingCustomer", ids: [records.project_id.id] });
}

/** @throws {ControlError} in any other organisation: its owners could make the operator's customers pay */
function requireOperator({ caller, organization }: Pick<OfProject, "caller" | "organization">): void {
  if (caller.organizationId === organization) return;
  throw new ControlError(
    "invalid_request",
    "Customers in Stripe are the operator's: only projects of the operator's organisation have one.",
    { rule: "not-operator" },
  );
}

function none({ records }: Pick<OfProject, "records">): ControlError {
  return new ControlError(
    "not_found",
    `The project '${records.project_id.id}' has no customer in Stripe; set one with POST to this path.`,
    { rule: "no-billing-customer" },
  );
}

function changed(
  before: CustomerRecord | undefined,
  id: string,
  period: { readonly customerId: string | null; readonly from?: number | undefined },
  nowMs: number,
): CustomerRecord {
  const now = unixSeconds(nowMs);
  const periods = withPeriod(before?.periods ?? [], period, now);
  if ("earliest" in periods)
    throw new ControlError(
      "invalid_request",
      `from is ${period.from}, and must be ${periods.earliest} or later, in Unix seconds: usage of hours before is reported already or can't be reported any more; send a later one, or leave it out.`,
      { param: "from" },
    );
  if (periods.length > MAX_BILLING_PERIODS)
    throw new ControlError(
      "invalid_request",
      `The project's customer changed ${MAX_BILLING_PERIODS} times within the days that can be reported, which is the most; change it again later.`,
    );
  return {
    kind: "billingCustomer",
    version: (before?.version ?? 0) + 1,
    id,
    periods: periods.map((one: BillingPeriod) => ({ ...one })),
    updatedAt: now,
  };
}

function write(before: CustomerRecord | undefined, record: CustomerRecord): Change {
  return before === undefined ? { action: "create", record } : { action: "replace", record, version: before.version };
}

function shown({ id, periods, updatedAt }: CustomerRecord, nowMs: number) {
  return {
    object: "organization.billing_customer" as const,
    id,
    customer_id: customerOf(periods, unixSeconds(nowMs)) ?? null,
    periods: periods.map(({ customerId, from }) => ({ customer_id: customerId, from })),
    updated_at: updatedAt,
  };
}
