import { Command, InvalidArgumentError } from "commander";
import {
  CreateWebhook,
  Webhook,
  WebhookDeleted,
  WebhookDelivery,
  WebhookEventType,
  WebhookWithSecret,
} from "../../contracts/notices/webhooks.ts";
import { textTable } from "../terminal/text-table.ts";
import { UserError } from "../terminal/user-error.ts";
import { allPages } from "./all-pages.ts";
import { type ControlOptions, type ControlTools, controlClient, withControlOptions } from "./control-endpoint.ts";
import { isoOf } from "./time-text.ts";

interface CreateOptions extends ControlOptions {
  readonly events?: string;
  readonly description?: string;
}

const WEBHOOKS = "/v1/organization/webhooks";
/** The fields that the commands read; a newer release may send more. */
const ReadWebhook = Webhook.strip();
const ReadSecret = WebhookWithSecret.strip();
const ReadDelivery = WebhookDelivery.strip();

/** `sluice webhooks …`: an organisation's own addresses that are told of events, over the control API. */
export function webhooksCommand(tools: ControlTools): Command {
  const webhooks = new Command("webhooks").description(
    "tell your own programs of budgets, spend, credit and ended keys",
  );
  withControlOptions(webhooks.command("list"))
    .description("list the webhooks")
    .action((options: ControlOptions) => list(options, tools));
  withControlOptions(webhooks.command("create <url>"))
    .description("make a webhook at an https address; its secret is shown once")
    .option("--events <types>", `${WebhookEventType.options.join(", ")}, with commas between (default: all)`)
    .option("--description <text>", "what it is for")
    .action((url: string, options: CreateOptions) => create(url, options, tools));
  withControlOptions(webhooks.command("rotate <webhook>"))
    .description("replace the secret; the one before signs beside it for a while")
    .option("--overlap-seconds <seconds>", "for so long both sign: 0 to 604800 (default: a day)", wholeNumber)
    .action((id: string, options: ControlOptions & { readonly overlapSeconds?: number }) => rotate(id, options, tools));
  withControlOptions(webhooks.command("delete <webhook>"))
    .description("end a webhook; what waits for it is not sent")
    .action((id: string, options: ControlOptions) => remove(id, options, tools));
  withControlOptions(webhooks.command("deliveries <webhook>"))
    .description("list what was sent or waits, of the last 30 days, newest first")
    .action((id: string, options: ControlOptions) => deliveries(id, options, tools));
  withControlOptions(webhooks.command("resend <webhook> <delivery>"))
    .description("send a delivery again, within a minute, with the same event id")
    .action((id: string, delivery: string, options: ControlOptions) => resend(id, delivery, options, tools));
  withControlOptions(webhooks.command("test <webhook>"))
    .description("send an event of the type webhook.test to this webhook, within two minutes")
    .action((id: string, options: ControlOptions) => sendTest(id, options, tools));
  return webhooks;
}

async function list(options: ControlOptions, tools: ControlTools): Promise<void> {
  const all = await allPages(controlClient(options, tools), WEBHOOKS, ReadWebhook);
  if (options.json === true) return tools.print(JSON.stringify(all, null, 2));
  if (all.length === 0) return tools.print("There are no webhooks; make one with `sluice webhooks create URL`.");
  tools.print(
    textTable([
      ["WEBHOOK", "URL", "EVENTS", "CREATED", "DESCRIPTION"],
      ...all.map(({ id, url, events, created_at: at, description }) => [
        id,
        url,
        events === null ? "all" : events.join(","),
        isoOf(at),
        description ?? "",
      ]),
    ]),
  );
}

async function create(url: string, options: CreateOptions, tools: ControlTools): Promise<void> {
  const events = options.events?.split(",").map((name) => name.trim());
  const unknown = events?.find((name) => !WebhookEventType.options.some((type) => type === name));
  if (unknown !== undefined)
    throw new UserError(`--events must be some of ${WebhookEventType.options.join(", ")}, got '${unknown}'.`);
  if (!CreateWebhook.shape.url.safeParse(url).success)
    throw new UserError(`'${url}' must be an https address, such as https://hooks.example.com/sluice.`);
  const body = {
    url,
    ...(events === undefined ? {} : { events }),
    ...(options.description === undefined ? {} : { description: options.description }),
  };
  const made = await controlClient(options, tools).call({ method: "POST", path: WEBHOOKS, body }, ReadSecret);
  if (options.json === true) return tools.print(JSON.stringify(made, null, 2));
  tools.print(`${made.id} is told of events. Its secret is shown here alone:\n${made.secret}`);
}

async function rotate(
  id: string,
  options: ControlOptions & { readonly overlapSeconds?: number },
  tools: ControlTools,
): Promise<void> {
  const { overlapSeconds } = options;
  const body = overlapSeconds === undefined ? {} : { overlap_seconds: overlapSeconds };
  const call = { method: "POST", path: `${pathOf(id)}/rotate_secret`, body } as const;
  const made = await controlClient(options, tools).call(call, ReadSecret);
  if (options.json === true) return tools.print(JSON.stringify(made, null, 2));
  const until = made.previous_secret_expires_at;
  const before =
    until === null ? "the one before signs no more" : `the one before signs beside it until ${isoOf(until)}`;
  tools.print(`${id} has a new secret, which is shown here alone; ${before}:\n${made.secret}`);
}

async function remove(id: string, options: ControlOptions, tools: ControlTools): Promise<void> {
  const call = { method: "DELETE", path: pathOf(id) } as const;
  const deleted = await controlClient(options, tools).call(call, WebhookDeleted.strip());
  if (options.json === true) return tools.print(JSON.stringify(deleted, null, 2));
  tools.print(`${id} is deleted.`);
}

async function deliveries(id: string, options: ControlOptions, tools: ControlTools): Promise<void> {
  const all = await allPages(controlClient(options, tools), `${pathOf(id)}/deliveries`, ReadDelivery);
  if (options.json === true) return tools.print(JSON.stringify(all, null, 2));
  if (all.length === 0) return tools.print(`Nothing was sent to ${id} in the last 30 days.`);
  tools.print(
    textTable([
      ["DELIVERY", "EVENT", "TYPE", "STATUS", "ATTEMPTS", "UPDATED", "NEXT ATTEMPT", "ERROR"],
      ...all.map((one) => [
        one.id,
        one.event_id,
        one.event_type,
        one.status,
        String(one.attempts),
        isoOf(one.updated_at),
        one.next_attempt_at === null ? "" : isoOf(one.next_attempt_at),
        one.error ?? "",
      ]),
    ]),
  );
}

async function resend(id: string, delivery: string, options: ControlOptions, tools: ControlTools): Promise<void> {
  const path = `${pathOf(id)}/deliveries/${encodeURIComponent(delivery)}/resend`;
  const sent = await controlClient(options, tools).call({ method: "POST", path }, ReadDelivery);
  if (options.json === true) return tools.print(JSON.stringify(sent, null, 2));
  tools.print(`${delivery} is sent again within a minute; \`sluice webhooks deliveries ${id}\` shows the result.`);
}

async function sendTest(id: string, options: ControlOptions, tools: ControlTools): Promise<void> {
  const call = { method: "POST", path: `${pathOf(id)}/test` } as const;
  const sent = await controlClient(options, tools).call(call, ReadWebhook);
  if (options.json === true) return tools.print(JSON.stringify(sent, null, 2));
  tools.print(
    `A test event goes to ${sent.url} within two minutes; \`sluice webhooks deliveries ${id}\` shows the result.`,
  );
}

function pathOf(id: string): string {
  return `${WEBHOOKS}/${encodeURIComponent(id)}`;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,7}$/.test(text)) throw new InvalidArgumentError("It must be a whole number.");
  return Number(text);
}
