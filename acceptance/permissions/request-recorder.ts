import type { Call, Reply } from "../aws-calls/call.ts";
import { CALLER_PRODUCT } from "../tools/tofu.ts";
import { actionOfCall } from "./action-of-call.ts";
import { requestTags, valuesOf } from "./call-values.ts";
import { type ImpliedRequest, impliedRequests, isBucketKey } from "./implied-requests.ts";
import { type CalledResource, resourcesOfCall } from "./resources-of-call.ts";

/** The tag that the deploy role's conditions read. */
const TAG = "Environment";
const CALLER = new RegExp(`${CALLER_PRODUCT}/([\\w-]+)`);
/** Calls that only the testbed's provider makes: with the testbed's credentials it finds its account by them. */
const TESTBED_ONLY: ReadonlySet<string> = new Set(["iam:GetUser"]);

/**
 * Collects the requests that IAM decides about, one line each: action, ARN, and `request-tag` where the call sets the
 * environment's tag, `resource-tag` where the resource has it, `key=value` for other condition keys.
 */
export class RequestRecorder {
  readonly #lines = new Map<string, Set<string>>();
  readonly #tagged = new Set<string>();
  readonly #templates = new Map<string, { readonly profile: string; readonly image: string }>();

  readonly #problems = new Set<string>();

  /** Ignores calls that no stack makes: those of the assertions and of the inventory. Never throws: see `problems`. */
  see(call: Call, reply: Reply): void {
    const who = CALLER.exec(call.headers["user-agent"] ?? "")?.[1];
    if (who === undefined) return;
    try {
      this.#record(who, call, reply);
    } catch (error) {
      this.#problems.add(error instanceof Error ? error.message : String(error));
    }
  }

  /** Calls for which no request could be recorded, each with its remedy. */
  get problems(): readonly string[] {
    return [...this.#problems];
  }

  #record(who: string, call: Call, reply: Reply): void {
    const action = actionOfCall(call);
    if (action === undefined || TESTBED_ONLY.has(action)) return;
    const resources = resourcesOfCall(action, call);
    const setsTag = requestTags(call).includes(TAG);
    for (const { arn, isNew, readsTags } of resources)
      this.#add(who, action, arn, [
        ...(setsTag ? ["request-tag"] : []),
        ...(!isNew && readsTags && this.#tagged.has(arn) ? ["resource-tag"] : []),
        ...ownContext(action, call),
      ]);
    for (const implied of impliedRequests(action, call, resources, this.#templates))
      this.#addImplied(who, implied, setsTag);
    if (reply.status < 300) this.#learn(action, call, reply, resources, setsTag);
  }

  /** Names of the stacks that made a call. */
  get callers(): readonly string[] {
    return [...this.#lines.keys()];
  }

  /** Lines of one caller. */
  linesOf(who: string): readonly string[] {
    return [...(this.#lines.get(who) ?? [])].sort();
  }

  #addImplied(who: string, { action, arn, context = {}, isTagging = false }: ImpliedRequest, setsTag: boolean): void {
    this.#add(who, action, arn, [
      ...(isTagging && setsTag ? ["request-tag"] : []),
      ...(this.#tagged.has(arn) || isBucketKey(arn) ? ["resource-tag"] : []),
      ...Object.entries(context).map(([key, value]) => `${key}=${value}`),
    ]);
  }

  #add(who: string, action: string, arn: string, context: readonly string[]): void {
    const lines = this.#lines.get(who) ?? new Set();
    this.#lines.set(who, lines.add([action, arn, ...context].join(" ")));
  }

  /** Remembers what now has the tag, and what launch templates name. */
  #learn(action: string, call: Call, reply: Reply, resources: readonly CalledResource[], setsTag: boolean): void {
    const text = reply.body.toString("utf8");
    if (action === "ec2:CreateLaunchTemplate") {
      const id = /<launchTemplateId>([^<]+)/.exec(text)?.[1] ?? "";
      const body = call.body.toString("utf8");
      const [, profile = ""] = /instance-profile%2F([\w.-]+)/.exec(body) ?? [];
      this.#templates.set(id, { profile, image: valuesOf(call).get("ImageId")?.[0] ?? "" });
    }
    if (action === "ec2:AssociateRouteTable") {
      const association = /<associationId>([^<]+)/.exec(text)?.[1] ?? "";
      for (const { arn } of resources) this.#tagged.add(arn.replace(/[^/]*$/, association));
    }
    if (!setsTag) return;
    // AWS checks no resource when a pool is made, so that the call names none.
    if (action === "cognito-idp:CreateUserPool") {
      const [, pool = ""] = /"Arn":\s*"(arn:aws:cognito-idp:[^"]+)"/.exec(text) ?? [];
      this.#tagged.add(pool);
      return;
    }
    const request = [...valuesOf(call).values()].flat().join("\n");
    for (const { arn, isNew } of resources) {
      if (!isNew) this.#tagged.add(arn);
      else for (const id of idsLike(arn, text)) this.#tagged.add(arn.replace(/[^/]*$/, id));
    }
    // The rules of a security group are created with the tag, though AWS checks the group alone.
    if (action.startsWith("ec2:AuthorizeSecurityGroup"))
      for (const [, rule = ""] of text.matchAll(/>(sgr-[0-9a-f]+)</g))
        for (const { arn } of resources)
          this.#tagged.add(arn.replace(/:security-group\/[^/]*$/, `:security-group-rule/${rule}`));
    for (const [arn] of text.matchAll(/arn:aws:[\w-]+:[\w-]*:\d*:[^"<\s,]+/g))
      if (!request.includes(arn)) this.#tagged.add(arn);
  }
}

/** Ids of EC2 in a response, of the type of a new resource: `…:vpc/new` has those that begin with `vpc-`. */
function idsLike(arn: string, text: string): readonly string[] {
  const [, type = ""] = /:ec2:.*:([\w-]+)\/new$/.exec(arn) ?? [];
  if (type === "") return [];
  const ids = [...text.matchAll(/>([a-z]+)-([0-9a-f]{8,17})</g)].map(([, start, rest]) => `${start}-${rest}`);
  return ids;
}

/** Condition keys of a call that the deploy role's conditions read. */
function ownContext(action: string, call: Call): readonly string[] {
  const values = valuesOf(call);
  const text = call.body.toString("utf8");
  switch (action) {
    case "iam:AttachRolePolicy":
    case "iam:DetachRolePolicy":
      return [`iam:PolicyARN=${values.get("PolicyArn")?.[0]}`];
    case "kms:DescribeKey":
      return values.get("KeyId")?.[0]?.startsWith("alias/") ? [`kms:RequestAlias=${values.get("KeyId")?.[0]}`] : [];
    case "route53:ChangeResourceRecordSets":
      return [
        ...new Set(
          [...text.matchAll(/<Type>(\w+)</g)].map(([, type]) => `route53:ChangeResourceRecordSetsRecordTypes=${type}`),
        ),
      ];
    case "s3:ListBucket":
      return values.has("prefix") ? [`s3:prefix=${values.get("prefix")?.[0]}`] : [];
    default:
      return [];
  }
}
